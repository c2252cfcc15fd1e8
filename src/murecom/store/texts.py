"""Texts about a track: lyrics, comments, titles in other languages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from murecom.errors import BadInput
from murecom.store import schema
from murecom.store.database import Database, Statement, Work
from murecom.store.rows import asked, clean, clean_or_none, inner_id
from murecom.types import TrackId

KINDS = ("lyrics", "comment", "title")
"What a text can be of a track."

NO_WORDS = "zxx"
"Language of lyrics that say: nothing is sung (ISO 639: no linguistic content); the body is empty."

FILE = "file"
"Source of what was read from a music file or beside it."


@dataclass(frozen=True, slots=True)
class Text:
    """One text: `body` as it is to be read, `lang` as `text.language` names it, None if unknown.

    `likes` counts how many people marked a comment; None where nobody could.
    """

    body: str
    lang: str | None = None
    likes: int | None = None
    source: str = FILE


class Texts:
    """The texts of a store; use it as ``store.texts``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, track_id: TrackId, kind: str, texts: Iterable[Text], source: str = FILE) -> None:
        """Give a track texts of a kind, in place of all its earlier ones from this source.

        Parameters
        ----------
        track_id : TrackId
            A track in the store.
        kind : {"lyrics", "comment", "title"}
            What they are.
        texts : iterable of Text
            Kept in this order; none deletes. Their own `source` is not looked at.
        source : str
            Where all of them come from.

        Raises
        ------
        NotFound
            No such track.
        BadInput
            No such kind, or likes that are not a number from 0 to 2 147 483 647.
        """
        _checked_kind(kind)
        rows = []
        for position, text in enumerate(texts):
            if text.likes is not None and not 0 <= text.likes < 2**31:
                raise BadInput(f"A text cannot have {text.likes} likes. Leave unknown ones out.")
            rows.append(
                {
                    "kind": kind,
                    "source": clean(source),
                    "position": position,
                    "likes": text.likes,
                    "lang": clean_or_none(text.lang),
                    "body": clean(text.body),
                }
            )
        with self._database.write() as work:
            pk = inner_id(work, track_id)
            work.run(_FORGET, text_track=pk, text_kind=kind, text_source=clean(source))
            work.many(_PUT, [{"track": pk, **row} for row in rows])
            work.changed = True

    def get(self, ids: Iterable[TrackId], kind: str) -> dict[TrackId, list[Text]]:
        """Give the texts of a kind of those tracks that have any, by source, then as they were put.

        Unknown ids are absent.
        """
        text, track = schema.text.c, schema.track.c
        found: defaultdict[TrackId, list[Text]] = defaultdict(list)
        with self._database.read() as connection:
            for batch in asked(ids):
                query = (
                    sa.select(track.id, text.body, text.lang, text.likes, text.source)
                    .join_from(schema.text, schema.track)
                    .where(track.id.in_(batch), text.kind == _checked_kind(kind))
                    .order_by(text.track, text.source, text.position)
                )
                for track_id, *values in connection.execute(query):
                    found[TrackId(track_id)].append(Text(*values))
        return dict(found)

    def iter(self, kind: str, batch: int = 500) -> Iterator[tuple[TrackId, list[Text]]]:
        """Yield all tracks that have texts of a kind, with these, in the order they were added.

        Tracks that are lost are among them. Reads `batch` tracks at a time, so that writers are not
        kept waiting by a slow consumer.
        """
        text, track = schema.text.c, schema.track.c
        is_kind = text.kind == _checked_kind(kind)
        last = 0
        while True:
            pks = (
                sa.select(text.track).distinct().where(is_kind, text.track > last)
                .order_by(text.track).limit(batch)
            )  # fmt: skip
            query = (
                sa.select(text.track, track.id, text.body, text.lang, text.likes, text.source)
                .join_from(schema.text, schema.track)
                .where(is_kind, text.track.in_(pks))
                .order_by(text.track, text.source, text.position)
            )
            with self._database.read() as connection:
                rows = connection.execute(query).all()
            texts: dict[TrackId, list[Text]] = {}
            for pk, track_id, *values in rows:
                texts.setdefault(TrackId(track_id), []).append(Text(*values))
                last = pk
            yield from texts.items()
            if len(texts) < batch:
                return

    def count(self, kind: str) -> int:
        """Count the present tracks that have words of a kind; empty bodies are none."""
        text, track = schema.text.c, schema.track.c
        has = sa.select(1).where(text.track == track.pk, text.kind == _checked_kind(kind))
        query = (
            sa.select(sa.func.count())
            .select_from(schema.track)
            .where(has.where(text.body != "").exists(), schema.is_present())
        )
        with self._database.read() as connection:
            return int(connection.scalar(query) or 0)


def move_texts(work: Work, old: int, new: int) -> None:
    """Move texts that are not from the file (comments …) to a track that has none from there."""
    text = schema.text.c
    other = schema.text.alias()
    taken = sa.select(1).where(
        other.c.track == new, other.c.kind == text.kind, other.c.source == text.source
    )
    work.connection.execute(
        sa.update(schema.text)
        .where(text.track == old, text.source != FILE, ~taken.exists())
        .values(track=new)
    )


def _checked_kind(kind: str) -> str:
    if kind not in KINDS:
        raise BadInput(f"'{kind}' is no kind of text. Use one of: {', '.join(KINDS)}.")
    return kind


_PUT = Statement(lambda _: sa.insert(schema.text))
_FORGET = Statement(
    lambda _: sa.delete(schema.text).where(
        schema.text.c.track == sa.bindparam("text_track"),
        schema.text.c.kind == sa.bindparam("text_kind"),
        schema.text.c.source == sa.bindparam("text_source"),
    )
)
