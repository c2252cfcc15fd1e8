"""Tags: weighted words about a subject, which is a track id, an artist or anything with a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from murecom.errors import BadInput
from murecom.store import schema
from murecom.store.database import Database, Statement, Work
from murecom.store.rows import asked, clean, number_or_none

GUESS = "probe-"
"""Sources that begin with it are classifiers: what they say counts only where nothing else is
known, and from `LIKELY` on."""

PLAYLIST = "playlist:"
"What subjects begin with whose tags are those of a playlist; its id follows."

PLAYLIST_TAG = "tag"
"Key of the words that the maker of a playlist chose; their source is that of the playlist."

LIKELY = 0.5
"Weight from which a guess counts: it is more probable than everything else together."


class Tag(NamedTuple):
    """One tag: ("genre", "jazz", 1.0, "file"), ("sound", "ambient", 0.31, "musicnn-msd-1")."""

    key: str
    value: str
    weight: float
    source: str


class Tags:
    """The tags of a store; use it as ``store.tags``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(
        self,
        subject: str,
        rows: Iterable[tuple[str, str, float, str]],
        *,
        instead_of: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Give a subject tags, in place of all its earlier ones of the same keys and sources.

        Parameters
        ----------
        subject : str
            A track id, mostly.
        rows : iterable of (key, value, weight, source)
            Kept in this order.
        instead_of : iterable of (key, source)
            Further tags that these replace.

        Raises
        ------
        BadInput
            A weight is not finite.
        """
        with self._database.write() as work:
            replace_tags(work, subject, list(rows), also=instead_of)

    def get(self, subject: str) -> list[Tag]:
        """List the tags of a subject by source and key, then in the order they were put."""
        with self._database.read() as connection:
            return load_tags(connection, [clean(subject)]).get(clean(subject), [])

    def of(self, subjects: Iterable[str], key: str) -> dict[str, list[Tag]]:
        """Give the tags of one key of many subjects; those without any are absent."""
        found: dict[str, list[Tag]] = {}
        with self._database.read() as connection:
            for batch in asked(map(clean, subjects)):
                found |= load_tags(connection, batch, key=clean(key))
        return found

    def subjects(self, key: str, value: str) -> list[str]:
        """List the subjects that have this tag, from any source, in order of their names."""
        tag, subject = schema.tag.c, schema.subject.c
        query = (
            sa.select(subject.name)
            .distinct()
            .join_from(schema.tag, schema.subject)
            .where(tag.key == clean(key), tag.value == clean(value))
        )
        with self._database.read() as connection:
            return sorted(connection.scalars(query))

    def sources(self, key: str) -> list[str]:
        """List the sources that gave any subject a tag of this key, in order."""
        tag = schema.tag.c
        query = sa.select(tag.source).where(tag.key == clean(key)).distinct()
        with self._database.read() as connection:
            return sorted(connection.scalars(query))

    def tagged(self, key: str, source: str) -> set[str]:
        """Give the subjects that this source gave a tag of this key."""
        tag, subject = schema.tag.c, schema.subject.c
        query = (
            sa.select(subject.name)
            .distinct()
            .join_from(schema.tag, schema.subject)
            .where(tag.key == clean(key), tag.source == clean(source))
        )
        with self._database.read() as connection:
            return set(connection.scalars(query))

    def forget(self, key: str, source: str) -> int:
        """Delete the tags of this key that this source gave to anything; gives how many."""
        tag = schema.tag.c
        with self._database.write() as work:
            found = work.connection.execute(
                sa.delete(schema.tag).where(tag.key == clean(key), tag.source == clean(source))
            )
            return int(found.rowcount)


def best_guess(tags: Sequence[Tag]) -> list[str]:
    """Give the values that count: those that somebody gave, else guesses that are likely enough."""
    given = [tag.value for tag in tags if not tag.source.startswith(GUESS)]
    guessed = [t.value for t in tags if t.source.startswith(GUESS) and t.weight >= LIKELY]
    return list(dict.fromkeys(given or guessed))


def replace_tags(
    work: Work,
    subject: str,
    rows: Sequence[tuple[str, str, float, str]],
    also: Iterable[tuple[str, str]] = (),
) -> None:
    """Put tags in place of those with the same (key, source), and of those in `also`."""
    for key, value, weight, _ in rows:
        if number_or_none(weight) is None:
            raise BadInput(f"The weight of tag '{key}: {value}' is {weight}. Give a finite number.")
    kinds = dict.fromkeys((clean(key), clean(source)) for key, _, _, source in rows)
    kinds.update(dict.fromkeys(also))
    name = clean(subject)
    found = work.rows(_FIND, name=name)
    if found:
        pk = int(found[0][0])
        for key, source in kinds:
            work.run(_FORGET, subject=pk, key=key, source=source)
    elif rows:
        pk = int((work.rows(_MAKE, name=name) or work.rows(_FIND, name=name))[0][0])
    else:
        return
    numbers = dict.fromkeys(kinds, 0)
    made = []
    for key, value, weight, source in rows:
        kind = (clean(key), clean(source))
        made.append(
            {
                "subject": pk,
                "key": kind[0],
                "source": kind[1],
                "position": numbers[kind],
                "value": clean(value),
                "weight": float(weight),
            }
        )
        numbers[kind] += 1
    work.many(_PUT, made)


def load_tags(
    connection: sa.Connection, subjects: Sequence[str], key: str | None = None
) -> dict[str, list[Tag]]:
    """Load the tags of at most a batch of subjects, of one key or all."""
    tag, subject = schema.tag.c, schema.subject.c
    query = (
        sa.select(subject.name, tag.key, tag.value, tag.weight, tag.source)
        .join_from(schema.tag, schema.subject)
        .where(subject.name.in_(subjects))
        .order_by(tag.subject, tag.source, tag.key, tag.position)
    )
    if key is not None:
        query = query.where(tag.key == key)
    found: defaultdict[str, list[Tag]] = defaultdict(list)
    for name, *row in connection.execute(query):
        found[name].append(Tag(*row))
    return found


def delete_tags(work: Work, subjects: Iterable[str]) -> None:
    """Delete all tags of subjects."""
    for batch in asked(subjects):
        names = schema.subject.c.name.in_(batch)
        work.connection.execute(sa.delete(schema.subject).where(names))


def move_tags(work: Work, old: str, new: str, source: str) -> None:
    """Add the tags that `source` gave to `old` to those that it gave to `new`."""
    moved = [tag for tag in load_tags(work.connection, [old]).get(old, ()) if tag.source == source]
    if moved:
        kept = load_tags(work.connection, [new]).get(new, ())
        keys = {tag.key for tag in moved}
        kept = [tag for tag in kept if tag.source == source and tag.key in keys]
        replace_tags(work, new, list(dict.fromkeys([*kept, *moved])))


_FIND = Statement(
    lambda _: sa.select(schema.subject.c.pk).where(schema.subject.c.name == sa.bindparam("name"))
)
_MAKE = Statement(
    lambda backend: (
        backend.insert(schema.subject).on_conflict_do_nothing().returning(schema.subject.c.pk)
    ),
    ("name",),
)
_PUT = Statement(lambda _: sa.insert(schema.tag))
_FORGET = Statement(
    lambda _: sa.delete(schema.tag).where(
        schema.tag.c.subject == sa.bindparam("subject"),
        schema.tag.c.key == sa.bindparam("key"),
        schema.tag.c.source == sa.bindparam("source"),
    )
)
