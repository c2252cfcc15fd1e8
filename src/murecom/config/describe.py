"""What the settings are, as data: for `config show`, `docs/settings.md` and the example file."""

from __future__ import annotations

import json
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from murecom.config.settings import FOLDERS, SECRET, Section, Settings
from murecom.errors import Unreachable


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `allowed` finishes the sentence "it has to be …"."""

    name: str
    "`section.key`"
    kind: type
    "bool, int, float, str, or tuple for a list."
    of_folders: bool
    is_secret: bool
    allowed: str
    default: Any
    help: str

    @property
    def variable(self) -> str:
        """Give its name in the environment."""
        return "MURECOM_" + self.name.replace(".", "__").upper()

    @property
    def default_text(self) -> str:
        """Give the default as `murecom.toml` writes it; nothing where there is none."""
        if self.default is None:
            return ""
        value = list(self.default) if self.kind is tuple else self.default
        return json.dumps(value, ensure_ascii=False, default=str)


def describe() -> tuple[Setting, ...]:
    """Give all settings, section by section, in the order in which they are written down."""
    return tuple(s for name, section in sections() for s in _settings(name, section))


def flat(settings: Settings) -> dict[str, Any]:
    """Give the value of every setting by `section.key`."""
    values = ((s.name, s.name.split(".")) for s in describe())
    return {name: getattr(getattr(settings, section), key) for name, (section, key) in values}


def sections() -> Iterator[tuple[str, type[Section]]]:
    """Give name and class of every section."""
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            yield name, field.annotation


def example() -> str:
    """Give a `murecom.toml` that names every setting and changes none: values are commented out."""
    parts = ["# Settings of murecom. Take off the # in front of a line to change its value."]
    for name, section in sections():
        parts.append(f"\n# {section.__doc__}\n[{name}]")
        for setting in _settings(name, section):
            key = setting.name.partition(".")[2]
            value = setting.default_text or '""'
            parts.append(f"\n# {setting.help}\n# It has to be {setting.allowed}.")
            parts.append(f"# {key} = {value}")
    return "\n".join(parts) + "\n"


def write_example(path: str | Path) -> Path:
    """Write `example()` to a file, whose old content it replaces, and give the file's path.

    Raises
    ------
    Unreachable
        The file cannot be written.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(example(), encoding="utf-8")
    except OSError as error:
        raise Unreachable(
            f"{path} cannot be written: {error.strerror}. Choose another place."
        ) from error
    return path


def _settings(section: str, fields: type[Section]) -> Iterator[Setting]:
    for key, field in fields.model_fields.items():
        kind = _kind(field.annotation)
        yield Setting(
            name=f"{section}.{key}",
            kind=kind,
            of_folders=FOLDERS in field.metadata,
            is_secret=SECRET in field.metadata,
            allowed=_allowed(field, kind),
            default=field.default,
            help=field.description or "",
        )


def _kind(annotation: Any) -> type:
    if get_origin(annotation) is types.UnionType:  # `str | None`
        annotation = next(a for a in get_args(annotation) if a is not type(None))
    kind = get_origin(annotation) or annotation
    return str if kind is Literal else kind


def _allowed(field: FieldInfo, kind: type) -> str:
    if get_origin(field.annotation) is Literal:
        *others, last = get_args(field.annotation)
        return f"{', '.join(others)} or {last}"
    if kind is tuple:
        return "a list of folders" if FOLDERS in field.metadata else "a list of texts"
    if FOLDERS in field.metadata:
        return "a folder"
    words = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}[kind]
    low = next((m.ge for m in field.metadata if hasattr(m, "ge")), None)
    high = next((m.le for m in field.metadata if hasattr(m, "le")), None)
    if high is not None:
        return f"{words} from {low} to {high}"
    return f"{words}, {low} or more" if low is not None else words
