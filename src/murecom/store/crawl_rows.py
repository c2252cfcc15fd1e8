"""The statements of `store.crawls` that run once for each page of a crawl."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from murecom.store import schema
from murecom.store.base import Backend
from murecom.store.database import Statement
from murecom.store.loading import many

_task, _page, _word = schema.task, schema.page, schema.word


def _add(backend: Backend) -> Any:
    names = ("source", "kind", "key", "state", "rank")
    values: dict[str, Any] = {name: sa.bindparam(name) for name in names}
    statement = backend.insert(_task).values(
        **values, about=sa.bindparam("about"), pages=sa.literal(0), tries=sa.literal(0)
    )
    return statement.on_conflict_do_nothing(index_elements=["source", "kind", "key"])


def _count(backend: Backend) -> Any:
    statement = backend.insert(_word).values(
        source=sa.bindparam("source"),
        text=sa.bindparam("text"),
        count=sa.bindparam("number"),
        rank=sa.bindparam("worth"),
        state=sa.literal("open"),
        pages=sa.literal(0),
        found=sa.literal(0),
        new=sa.literal(0),
    )
    new = statement.excluded
    # the worth at which a word was taken stays: what it gave is learned for that
    worth = sa.case((_word.c.state == "open", _word.c.rank + new.rank), else_=_word.c.rank)
    return statement.on_conflict_do_update(
        index_elements=["source", "text"],
        set_={"count": _word.c.count + new.count, "rank": worth},
    )


def _take_word(backend: Backend) -> Any:
    statement = backend.insert(_word).values(
        source=sa.bindparam("source"),
        text=sa.bindparam("text"),
        state=sa.literal("taken"),
        **{name: sa.literal(0) for name in ("count", "rank", "pages", "found", "new")},
    )
    return statement.on_conflict_do_update(
        index_elements=["source", "text"],
        set_={"state": "taken"},
        where=_word.c.state == "open",
    )


# The open tasks of the highest ranks; rows that others are taking are passed over.
FIRST_OPEN = (
    sa.select(_task)
    .where(
        _task.c.source == sa.bindparam("source"),
        _task.c.kind == sa.bindparam("kind"),
        _task.c.state == "open",
    )
    .order_by(_task.c.rank.desc())
    .limit(sa.bindparam("number"))
    .with_for_update(skip_locked=True)
)
TOP_RANK = sa.select(sa.func.max(_task.c.rank)).where(
    _task.c.source == sa.bindparam("source"),
    _task.c.kind == sa.bindparam("kind"),
    _task.c.state == "open",
)
HOLDER = sa.select(_task.c.owner).where(_task.c.pk == sa.bindparam("task"))
BEST_WORD = (
    sa.select(_word.c.text, _word.c.rank)
    .where(
        _word.c.source == sa.bindparam("source"),
        _word.c.state == "open",
        _word.c.rank < sa.bindparam("below"),
    )
    .order_by(_word.c.rank.desc())
    .limit(1)
)
STORED = sa.select(schema.playlist.c.source_id, schema.playlist.c.snapshot).where(
    schema.playlist.c.source == sa.bindparam("source"),
    schema.playlist.c.source_id.in_(many("keys")),
)
ADD = Statement(_add)
CLAIM = Statement(
    lambda _: (
        sa.update(_task)
        .where(_task.c.pk == sa.bindparam("task"))
        .values(state="taken", owner=sa.bindparam("owner"), until=sa.bindparam("until"))
    )
)
KEEP = Statement(
    lambda _: (
        sa.update(_task)
        .where(_task.c.pk == sa.bindparam("task"), _task.c.owner == sa.bindparam("claimed_by"))
        .values(
            {
                name: sa.bindparam(name)
                for name in (
                    "state", "rank", "next", "pages", "about", "owner", "until", "tries", "error",
                )
            }
        )
    )
)  # fmt: skip
PAGE = Statement(
    lambda backend: (made := backend.insert(_page)).on_conflict_do_update(
        index_elements=["task", "number"], set_={"data": made.excluded.data}
    )
)
PAGES_GONE = Statement(lambda _: sa.delete(_page).where(_page.c.task == sa.bindparam("of")))
PAGES = sa.select(_page.c.data).where(_page.c.task == sa.bindparam("of")).order_by(_page.c.number)
COUNT = Statement(_count)
TAKE_WORD = Statement(_take_word)
LEARN = Statement(
    lambda _: (
        sa.update(_word)
        .where(
            _word.c.source == sa.bindparam("word_source"),
            _word.c.text == sa.bindparam("word_text"),
        )
        .values(
            pages=_word.c.pages + 1,
            found=_word.c.found + sa.bindparam("more"),
            new=_word.c.new + sa.bindparam("fresh"),
        )
    )
)
