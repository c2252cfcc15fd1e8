"""Reading the JSON of a service: strict about an answer, lenient about each thing in it.

Sources take answers apart with these few functions. An answer that has not the shape that its
service documents raises `BadInput`, because nothing can be said about what it holds; a field that
is missing or odd in one of many entries is None, and the source decides whether it can do without.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from murecom.crawl.base import Reply
from murecom.errors import BadInput, NotFound, NotReady, Unreachable, Unsupported

_ISRC: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
_MBID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_UNPRINTED: Final = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")


def check(reply: Reply, service: str, refused: str = "") -> None:
    """Pass an answer that is one; say of any other what can be done about it.

    Parameters
    ----------
    reply : Reply
        An answer.
    service : str
        Whose it is, for the message.
    refused : str
        What 403 means here, one sentence and the next step; that it is refused, if empty.

    Raises
    ------
    NotReady
        401: the service does not know who asks.
    NotFound
        404 or 410.
    Unsupported
        403: refused, and so it would be again.
    Unreachable
        429 and 5xx, which the client has already tried to wait for.
    BadInput
        Any other status that is not 200.
    """
    status = reply.status
    if status == 200:
        return
    if status == 401:
        raise NotReady(f"{service} does not accept the log-in. Log in again.")
    if status == 403:
        raise Unsupported(refused or f"{service} refuses that, and says no more. Leave it out.")
    if status in (404, 410):
        raise NotFound(f"{service} has none by that id any more. Leave it out.")
    if status == 429 or status >= 500:
        raise Unreachable(f"{service} answers with status {status}. Try again later.")
    raise BadInput(f"{service} answers with status {status}. Look for a newer version of murecom.")


def odd(service: str, what: str) -> BadInput:
    """Make the error for an answer of another shape; `what` it lacks, as in "no list 'items'"."""
    return BadInput(
        f"{service} answers in another shape than it documents: {what}. "
        "Try again later, or look for a newer version of murecom."
    )


def an_object(data: Any, service: str, key: str | None = None) -> Mapping[str, Any]:
    """Give an object, or the one that it holds under `key`. Raises BadInput if it is none."""
    found = data.get(key) if key is not None and isinstance(data, dict) else data
    if not isinstance(found, dict) or (key is not None and found is data):
        raise odd(service, f"no object {key!r}" if key else "no object")
    return found


def a_list(data: Any, service: str, key: str | None = None) -> list[Any]:
    """Give a list, or the one that an object holds under `key`. Raises BadInput if it is none."""
    found = data if key is None else an_object(data, service).get(key)
    if not isinstance(found, list):
        raise odd(service, f"no list {key!r}" if key else "no list")
    return found


def part(value: Any, key: str) -> Mapping[str, Any]:
    """Give the object that another one holds under `key`; an empty one if there is none."""
    found = value.get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, dict) else {}


def listed(value: Any) -> list[Any]:
    """Give a list as it is, nothing as an empty one, and anything else as a list of it alone."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def text(value: Any) -> str:
    """Give one clean line: no control characters, no halves of characters; "" if it is no text."""
    if not isinstance(value, str):
        return ""
    if "\ud800" <= max(value, default="") <= "\udfff" or _UNPRINTED.search(value):
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        value = _UNPRINTED.sub(" ", value)
    return " ".join(value.split())


def whole(value: Any) -> int | None:
    """Give a whole number that is not negative; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if math.isfinite(value) and 0 <= value < 2**63 else None


def positive(value: Any, unit: float = 1.0) -> float | None:
    """Give a number above zero, divided by `unit`, as 1000 for milliseconds; None if it is none."""
    try:
        found = float(value) / unit if isinstance(value, int | float | str) else 0.0
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and found > 0 else None


def moment(value: Any) -> int | None:
    """Read a date as ISO 8601 writes it, UTC if it says no zone, as seconds since 1970.

    None for what is no date, and for dates before 1970: services write "1970-01-01" or worse
    where they do not know.
    """
    try:
        date = datetime.fromisoformat(value) if isinstance(value, str) else None
        if date is None:
            return None
        found = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
    return int(found) if found > 0 else None


def isrc(value: Any) -> str | None:
    """Give an ISRC in its plain form (ISO 3901: two letters, three characters, seven digits)."""
    found = text(value).replace("-", "").replace(" ", "").upper()
    return found if _ISRC.fullmatch(found) else None


def mbid(value: Any) -> str | None:
    """Give the MusicBrainz identifier that a text is, or that an address ends with."""
    found = text(value).rstrip("/").rpartition("/")[2].lower()
    return found if _MBID.fullmatch(found) else None


def start(task_next: str | None, service: str) -> int:
    """Give where a page begins, as `Page.next` wrote it down.

    Raises
    ------
    BadInput
        It was not written by this version of the source.
    """
    found = whole(task_next or "0")
    if found is None:
        raise BadInput(f"{task_next!r} is no place in a list of {service}. Begin the list again.")
    return found


def follow(link: Any, key: str, here: int, service: str) -> int | None:
    """Give the offset that the link to the next page names; the link itself is not followed.

    Parameters
    ----------
    link : str or None
        What the answer calls its next page.
    key : str
        Name of its parameter.
    here : int
        Offset of this page.
    service : str
        For the message.

    Returns
    -------
    int or None
        None if there is no further page.

    Raises
    ------
    BadInput
        The link names no place, or one that is not further on, where a list would never end.
    """
    if link is None or link == "":
        return None
    values = parse_qs(urlsplit(link).query).get(key, []) if isinstance(link, str) else []
    found = whole(values[0]) if values else None
    if found is None or found <= here:
        raise odd(service, f"its link to the page after {here} leads nowhere")
    return found
