"""The queue of crawls: tasks, pages of lists that are not complete, words and what they gave.

Several programs may work off one queue. A task is claimed for a while by an `owner`; whatever is
written about it later is written only if the owner still is the same, so that a claim which was
taken over in between does no harm. All times are those of one clock: the server's if there is one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from murecom.store import schema
from murecom.store.base import CRAWLERS
from murecom.store.crawl_rows import (
    ADD,
    CLAIM,
    FIRST_OPEN,
    HOLDER,
    KEEP,
    PAGE,
    PAGES,
    PAGES_GONE,
    STORED,
    TOP_RANK,
)
from murecom.store.crawl_tracks import CrawlTracks
from murecom.store.crawl_words import CrawlWords
from murecom.store.database import Work
from murecom.store.loading import many
from murecom.store.rows import batches, clean, clean_or_none

OWN = '"own": true'
"What `about` of a playlist holds, as it is written, that the user's own list named."


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task of the queue, as in `schema.task`; `about` is JSON, `pk` its inner id."""

    pk: int
    kind: str
    key: str
    state: str
    rank: float = 0.0
    next: str | None = None
    pages: int = 0
    about: Mapping[str, Any] = field(default_factory=dict)
    tries: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class New:
    """A task to add: `state` is "open", or what is known without asking ("closed", "done")."""

    key: str
    rank: float = 0.0
    about: Mapping[str, Any] = field(default_factory=dict)
    state: str = "open"


class Crawls(CrawlWords, CrawlTracks):
    """The queue of a store; use it as ``store.crawls``."""

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Write what came in and claim what comes next, all or nothing; one crawler at a time."""
        with self._database.write() as work:
            if work.connection.dialect.name == "postgresql":
                work.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(CRAWLERS)))
            yield

    def now(self) -> float:
        """Give the seconds since 1970, by the server's clock if there is a server."""
        with self._database.read() as connection:
            if connection.dialect.name != "postgresql":
                return time.time()
            moment = sa.extract("epoch", sa.func.clock_timestamp())
            return float(connection.scalar(sa.select(moment)) or 0.0)

    # -- tasks ------------------------------------------------------------------------------------

    def add(self, source: str, kind: str, tasks: Iterable[New]) -> int:
        """Add tasks; those that are there stay as they are. Give how many were new."""
        rows = {
            clean(task.key): {
                "source": source,
                "kind": kind,
                "key": clean(task.key),
                "state": task.state,
                "rank": task.rank,
                "about": _dumps(task.about),
            }
            for task in tasks
        }
        with self._database.write() as work:
            before = _count(work, source, kind, list(rows))
            work.many(ADD, list(rows.values()))
        return len(rows) - before

    def known(self, source: str, kind: str, keys: Iterable[str]) -> dict[str, TaskRow]:
        """Give the tasks that exist, by key."""
        found: dict[str, TaskRow] = {}
        with self._database.read() as connection:
            for batch in batches(map(clean, keys), 1000):
                rows = connection.execute(_KNOWN, {"source": source, "kind": kind, "keys": batch})
                found.update((row.key, row) for row in map(_row, rows))
        return found

    def claim(
        self, source: str, kinds: Sequence[str], owner: str, until: float, number: int = 1
    ) -> list[TaskRow]:
        """Take the open tasks of the highest ranks for `owner`, kind after kind as they are named.

        Each is taken by one owner only, whoever else asks at the same time.
        """
        taken: list[TaskRow] = []
        with self._database.write() as work:
            for kind in kinds:
                if number <= len(taken):
                    break
                asked = {"source": source, "kind": kind, "number": number - len(taken)}
                rows = work.connection.execute(FIRST_OPEN, asked).all()
                for row in rows:
                    work.run(CLAIM, task=row.pk, owner=owner, until=until)
                    taken.append(_row(row))
        return taken

    def keep(
        self,
        task: TaskRow,
        owner: str,
        *,
        until: float | None = None,
        state: str = "open",
        **changes: Any,
    ) -> TaskRow | None:
        """Write what became of a claimed task.

        Parameters
        ----------
        task, owner
            As `claim` gave it, and to whom.
        until : float, optional
            Keep the claim until then; without it the task is given back.
        state : str
            What it is from now on, if it is given back.
        **changes
            Other fields of `TaskRow`.

        Returns
        -------
        TaskRow or None
            As it is now; None if somebody else has it meanwhile, and nothing was written.
        """
        values: dict[str, Any] = {
            name: changes.get(name, getattr(task, name))
            for name in ("rank", "next", "pages", "about", "tries", "error")
        }
        about = values["about"]
        values["next"], values["error"] = clean_or_none(values["next"]), clean_or_none(
            values["error"]
        )  # fmt: skip
        held = until is not None
        state = "taken" if held else state
        with self._database.write() as work:
            work.run(
                KEEP,
                task=task.pk,
                claimed_by=owner,
                **values | {"about": _dumps(about)},
                state=state,
                owner=owner if held else None,
                until=until,
            )
            if work.cursor.rowcount != 1:
                return None
        return TaskRow(task.pk, task.kind, task.key, state, **values)

    def holds(self, task: TaskRow, owner: str) -> bool:
        """Tell whether the task is still claimed by `owner`."""
        with self._database.read() as connection:
            return connection.scalar(HOLDER, {"task": task.pk}) == owner

    def renew(self, owner: str, until: float) -> None:
        """Claim what `owner` holds for longer."""
        table = schema.task
        mine = sa.and_(table.c.state == "taken", table.c.owner == owner)
        with self._database.write() as work:
            work.connection.execute(sa.update(table).where(mine).values(until=until))

    def release(self, owner: str, source: str) -> None:
        """Give back all that `owner` holds."""
        self._free(source, lambda holder, _: holder == owner)

    def take_over(self, source: str, may: Callable[[str, float], bool]) -> int:
        """Give back the claims of owners that are gone; `may` is asked with owner and until."""
        return self._free(source, may)

    def _free(self, source: str, may: Callable[[str, float], bool]) -> int:
        table = schema.task
        taken = sa.and_(table.c.source == source, table.c.state == "taken")
        query = sa.select(table.c.pk, table.c.owner, table.c.until).where(taken)
        with self._database.write() as work:
            rows = work.connection.execute(query.with_for_update(skip_locked=True)).all()
            pks = [pk for pk, owner, until in rows if may(owner or "", until or 0.0)]
            if pks:
                work.connection.execute(
                    sa.update(table)
                    .where(table.c.pk.in_(pks))
                    .values(state="open", owner=None, until=None)
                )
        return len(pks)

    def reopen(self, source: str, kind: str | None, states: Sequence[str], **changes: Any) -> int:
        """Open tasks of these states again, with their tries forgotten; give how many."""
        table = schema.task
        which = [table.c.source == source, table.c.state.in_(states)]
        if kind is not None:
            which.append(table.c.kind == kind)
        keys = changes.pop("keys", None)
        if keys is not None:
            which.append(table.c.key.in_([clean(key) for key in keys]))
        values: dict[str, Any] = {"state": "open", "tries": 0, "error": None, "owner": None}
        values |= changes
        if "about" in values:
            values["about"] = _dumps(values["about"])
        with self._database.write() as work:
            result = work.connection.execute(sa.update(table).where(*which).values(**values))
            return int(result.rowcount)

    def stored(self, source: str, keys: Iterable[str]) -> dict[str, str | None]:
        """Give the snapshots of those playlists of a source that are in the library, by key."""
        found: dict[str, str | None] = {}
        with self._database.read() as connection:
            for batch in batches(map(clean, keys), 1000):
                rows = connection.execute(STORED, {"source": source, "keys": batch})
                found.update((key, snapshot) for key, snapshot in rows)
        return found

    def mark(self, source: str, keys: Iterable[str], trainable: bool, on: str) -> int:
        """Write what somebody decided on a day: whether models may learn from these playlists.

        Those that are not in the library are passed over. Give how many were marked otherwise.
        """
        table, number = schema.playlist, 0
        with self._database.write() as work:
            for batch in batches(map(clean, keys), 1000):
                these = sa.and_(table.c.source == source, table.c.source_id.in_(batch))
                other = sa.or_(table.c.trainable != trainable, table.c.trainable_on.is_(None))
                values = {"trainable": trainable, "trainable_on": on}
                query = sa.update(table).where(these)
                number += work.connection.execute(query.where(other).values(values)).rowcount
                work.connection.execute(query.values(trainable_on=on))
            work.lists_changed = work.lists_changed or number > 0
        return number

    def waits_for_user(self, source: str) -> bool:
        """Tell whether what waits has to be asked for with the user's log-in.

        These are their list of playlists, and the playlists that it named.
        """
        table = schema.task.c
        query = sa.select(table.pk).where(
            table.source == source,
            table.state.in_(["open", "taken"]),
            sa.or_(table.kind == "own", table.about.contains(OWN, autoescape=True)),
        )
        with self._database.read() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def top_rank(self, source: str, kind: str) -> float | None:
        """Give the highest rank of an open task of a kind; None if there is none."""
        with self._database.read() as connection:
            rank = connection.scalar(TOP_RANK, {"source": source, "kind": kind})
        return None if rank is None else float(rank)

    def taken(self, source: str) -> int:
        """Count the tasks that somebody works on."""
        table = schema.task.c
        query = sa.select(sa.func.count()).where(table.source == source, table.state == "taken")
        with self._database.read() as connection:
            return int(connection.scalar(query) or 0)

    def counts(self, source: str) -> dict[tuple[str, str], int]:
        """Count the tasks by kind and state."""
        table = schema.task.c
        query = (
            sa.select(table.kind, table.state, sa.func.count())
            .where(table.source == source)
            .group_by(table.kind, table.state)
        )
        with self._database.read() as connection:
            return {(kind, state): int(n) for kind, state, n in connection.execute(query)}

    def in_state(self, source: str, state: str, most: int = 1000) -> list[TaskRow]:
        """List tasks of a state, the first added first."""
        table = schema.task
        query = (
            sa.select(table)
            .where(table.c.source == source, table.c.state == state)
            .order_by(table.c.pk)
            .limit(most)
        )
        with self._database.read() as connection:
            return [_row(row) for row in connection.execute(query)]

    def pages_each(self, source: str, kind: str) -> float | None:
        """Give the mean number of pages of the lists that were read whole; None without any."""
        table = schema.task.c
        query = sa.select(sa.func.avg(table.pages)).where(
            table.source == source, table.kind == kind, table.state == "done", table.pages > 0
        )
        with self._database.read() as connection:
            mean = connection.scalar(query)
        return None if mean is None else float(mean)

    # -- pages ------------------------------------------------------------------------------------

    def put_page(self, task: TaskRow, number: int, data: bytes) -> None:
        """Keep a page of a list until the list is complete."""
        with self._database.write() as work:
            work.run(PAGE, task=task.pk, number=number, data=data)

    def pages(self, task: TaskRow) -> list[bytes]:
        """Give the pages that are kept, in order."""
        with self._database.read() as connection:
            rows = connection.execute(PAGES, {"of": task.pk}).all()
        return [bytes(data) for (data,) in rows]

    def drop_pages(self, task: TaskRow) -> None:
        """Forget the pages of a list."""
        with self._database.write() as work:
            work.run(PAGES_GONE, of=task.pk)


def _row(row: Any) -> TaskRow:
    return TaskRow(
        row.pk, row.kind, row.key, row.state, row.rank, row.next, row.pages,
        json.loads(row.about or "{}"), row.tries, row.error,
    )  # fmt: skip


def _dumps(about: Mapping[str, Any]) -> str | None:
    # lone surrogates and NUL come out as escapes, which every database takes
    return json.dumps(about) if about else None


def _count(work: Work, source: str, kind: str, keys: list[str]) -> int:
    number = 0
    for batch in batches(keys, 1000):
        values = {"source": source, "kind": kind, "keys": batch}
        number += len(work.connection.execute(_THERE, values).all())
    return number


_task = schema.task.c
_OF = (
    _task.source == sa.bindparam("source"),
    _task.kind == sa.bindparam("kind"),
    _task.key.in_(many("keys")),
)
_KNOWN = sa.select(schema.task).where(*_OF)
_THERE = sa.select(_task.pk).where(*_OF)
