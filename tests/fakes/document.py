"""Holds calls of a fake against the description of its service, so that it cannot drift.

The documents in `openapi/` are OpenAPI 3.1, whose schemas are JSON Schema: each tells where its
facts come from and when they were read. They describe the routes that murecom uses, no others.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from fakes.web import Call

FOLDER = Path(__file__).with_name("openapi")


class Document:
    """The description of one service."""

    def __init__(self, name: str) -> None:
        self.path = FOLDER / f"{name}.json"
        self.content: dict[str, Any] = json.loads(self.path.read_text("utf-8"))
        server = self.content["servers"][0]["url"]
        self.base = re.sub(r"^https://[^/]*", "", server).rstrip("/")

    def faults(self, call: Call) -> list[str]:
        """Tell what of a call the document does not allow: its route, parameters, answer."""
        where = f"{call.method} {call.path} {call.status}"
        operation = self._operation(call)
        if operation is None:
            return [f"{where}: no such route"] if call.status != 404 else []
        found = []
        if call.status == 200:
            known = {p["name"]: p for p in operation.get("parameters", ()) if p["in"] == "query"}
            found += [f"{where}: unknown parameter {name!r}" for name in call.query.keys() - known]
            found += [
                f"{where}: parameter {name!r} is missing"
                for name, parameter in known.items()
                if parameter.get("required") and name not in call.query
            ]
            for name in call.query.keys() & known:
                schema, value = known[name].get("schema", {}), call.query[name]
                plain = int(value) if schema.get("type") == "integer" else value
                found += [f"{where}: {name}: {e}" for e in self._errors(schema, plain)]
        response = operation["responses"].get(str(call.status))
        if response is None:
            return [*found, f"{where}: no such status"]
        if "$ref" in response:
            response = self.content["components"]["responses"][response["$ref"].rpartition("/")[2]]
        if content := response.get("content"):
            schema = content["application/json"]["schema"]
            found += [f"{where}: {e}" for e in self._errors(schema, call.answer)]
        return found

    def _operation(self, call: Call) -> dict[str, Any] | None:
        for path, item in self.content["paths"].items():
            pattern = re.sub(r"\{[^}]*\}", "[^/]+", self.base + path)
            if re.fullmatch(pattern, call.path) and call.method.lower() in item:
                return item[call.method.lower()]
        return None

    def _errors(self, schema: dict[str, Any], value: Any) -> list[str]:
        whole = {**schema, "components": self.content["components"]}
        errors = Draft202012Validator(whole).iter_errors(value)
        return [f"{error.json_path}: {error.message[:200]}" for error in errors]
