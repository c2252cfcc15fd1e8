"""What every part needs: values made fit for a database, raw ids made inner ids, batches."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

import sqlalchemy as sa

from murecom.errors import BadInput, NotFound
from murecom.store import schema
from murecom.store.database import Statement, Work

T = TypeVar("T")

# NUL ends a text in C and PostgreSQL refuses it; half a surrogate pair has no UTF-8 form.
_NO_TEXT = re.compile("[\0\ud800-\udfff]")

_FIND_TRACK = Statement(
    lambda _: sa.select(schema.track.c.pk).where(schema.track.c.id == sa.bindparam("id"))
)


def batches(values: Iterable[T], size: int = 500) -> Iterator[list[T]]:
    """Cut values into lists of at most `size`, below every database's limit of parameters."""
    batch: list[T] = []
    for value in values:
        batch.append(value)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def clean(text: str) -> str:
    """Drop what no database takes as text: NUL and halves of surrogate pairs."""
    if text.isascii() and "\0" not in text:
        return text
    return _NO_TEXT.sub("", text)


def clean_or_none(text: str | None) -> str | None:
    """Do the same for a text that may be unknown."""
    return None if text is None else clean(text)


def number_or_none(value: float | None) -> float | None:
    """Give a finite number, None for what is unknown or not finite."""
    return None if value is None or not math.isfinite(value) else float(value)


def checked_id(track_id: str) -> str:
    """Give the raw id, or say what is wrong with it."""
    source, _, source_id = track_id.partition(":")
    if not source or not source_id or _NO_TEXT.search(track_id) or len(track_id) > 1000:
        raise BadInput(f"'{clean(track_id)[:80]}' is no track id. Write it as source:source_id.")
    return track_id


def inner_id(work: Work, track_id: str) -> int:
    """Give the inner id of a track that must exist.

    Raises
    ------
    NotFound
        No such track.
    """
    pk = work.tracks.get(track_id)
    if pk is None:
        rows = [] if _NO_TEXT.search(track_id) else work.rows(_FIND_TRACK, id=track_id)
        if not rows:
            raise unknown_track(track_id)
        pk = work.tracks[track_id] = int(rows[0][0])
    return pk


def unknown_track(track_id: str) -> NotFound:
    """Say that a track is not there."""
    return NotFound(
        f"No track '{clean(track_id)[:80]}' in the library. Look it up: murecom search TEXT"
    )


def asked(ids: Iterable[str]) -> Iterator[list[str]]:
    """Cut the raw ids that can exist at all into batches, each once."""
    unique = dict.fromkeys(track_id for track_id in ids if not _NO_TEXT.search(track_id))
    return batches(unique)
