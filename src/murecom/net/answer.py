"""What a server answered, whole, and read as JSON when somebody asks for that."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from murecom.errors import BadInput


class Answer:
    """An answer of a server.

    Parameters
    ----------
    status : int
        Status code.
    headers : mapping
        Headers; names are found in any case.
    content : bytes
        The body, unpacked.
    where : str
        Host and path that answered, for messages.
    """

    def __init__(self, status: int, headers: Mapping[str, str], content: bytes, where: str) -> None:
        self.status = status
        self.headers = headers
        self.content = content
        self.where = where
        self._data: tuple[Any] | None = None

    def __repr__(self) -> str:
        return f"Answer({self.status}, {self.where}, {len(self.content)} bytes)"

    @property
    def data(self) -> Any:
        """The JSON of the body; None if it is empty.

        Raises
        ------
        BadInput
            It is no JSON: cut off, a web page, numbers that JSON does not have.
        """
        if self._data is None:
            self._data = (self._read(),)
        return self._data[0]

    def _read(self) -> Any:
        if not self.content.strip():
            return None
        try:
            return json.loads(self.content, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            why = "nested too deeply" if isinstance(error, RecursionError) else "no JSON"
            raise BadInput(
                f"The answer of {self.where} cannot be read: {why}. Try again later, and look "
                "whether the address in the settings is right."
            ) from error

    @property
    def is_quota_spent(self) -> bool:
        """Whether it refuses for good: an error that says so in its body, as Spotify writes it."""
        if not 400 <= self.status < 500:
            return False
        try:
            error = self.data.get("error") if isinstance(self.data, dict) else None
        except BadInput:
            return False
        return isinstance(error, dict) and error.get("reason") == "QUOTA_EXCEEDED"

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait, as a refusal names them (RFC 9110, 10.2.3); None if it does not.

        A date counts from the server's own, so that it does not matter whether our clock is right.
        """
        text = self.headers.get("retry-after", "").strip()
        seconds = _number(text)
        if seconds is None and text:
            now = _date(self.headers.get("date", "")) or time.time()
            then = _date(text)
            seconds = None if then is None else max(then - now, 0.0)
        return _number(self.headers.get("x-ratelimit-reset-in")) if seconds is None else seconds

    @property
    def last_for(self) -> float | None:
        """Seconds for which it is the last one, as ListenBrainz tells in headers; None if not."""
        left = _number(self.headers.get("x-ratelimit-remaining"))
        wait = _number(self.headers.get("x-ratelimit-reset-in"))
        return wait if left is not None and left < 1 else None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def _date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
