"""Dates and numbers as exports write them, made seconds since 1970 and plain values.

Part of `formats.base`. What cannot be read is None: the entry stays, without it.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

LARGEST = 253_402_300_800
"The end of the year 9999, in seconds since 1970."

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(r"\d{4}-\d\d?-\d\d?")
_SPELLED = ("%d %b %Y %H:%M", "%d %b %Y, %H:%M", "%d %b %Y, %H:%M:%S", "%d %b %Y %H:%M:%S")


def seconds(value: Any) -> int | None:
    """Give the time that a value means, in seconds since 1970; None if it means none.

    Numbers are seconds, milliseconds or microseconds since 1970, by their size (all that is later
    than the year 9999 is in a smaller unit); texts are such a number, ISO 8601, or
    "30 Nov 2020, 12:05". Without a zone a time is UTC. A day alone is its first second.

    Examples
    --------
    >>> seconds("2021-03-04 05:06"), seconds("1614834360000"), seconds("soon")
    (1614834360, 1614834360, None)
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return _scaled(value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    if _ISO.match(text):
        try:
            return _since(datetime.fromisoformat(text.removesuffix(" UTC").removesuffix("[UTC]")))
        except (ValueError, OverflowError):
            return None
    try:
        return _scaled(float(text))
    except ValueError:
        pass
    for form in _SPELLED:
        try:
            return _since(datetime.strptime(text, form))
        except (ValueError, OverflowError):
            continue
    return None


def milliseconds(value: Any) -> int | None:
    """Give a length in milliseconds as a whole number; None for what is none or negative."""
    number = number_of(value)
    return None if number is None or not 0 <= number < 2**53 else round(number)


def number_of(value: Any) -> float | None:
    """Give a finite number, also of a text with a decimal point or comma; None for others."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value.replace(",", ".") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def length_of(value: Any, *, in_ms: bool = False) -> float | None:
    """Give a duration in seconds, also of "3:45" and "1:02:03"; None for what is none."""
    if isinstance(value, str) and ":" in value:
        parts = [number_of(part) for part in value.split(":")]
        if len(parts) > 3 or any(part is None or part < 0 for part in parts):
            return None
        return float(sum((part or 0) * 60**n for n, part in enumerate(reversed(parts))))
    number = number_of(value)
    if number is None or number <= 0:
        return None
    return number / 1000 if in_ms else number


def _scaled(number: float) -> int | None:
    if not math.isfinite(number):
        return None
    for scale in (1, 1000, 1_000_000):
        if abs(number) < LARGEST * scale:
            return math.floor(number / scale)
    return None


def _since(moment: datetime) -> int:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(seconds=1)
