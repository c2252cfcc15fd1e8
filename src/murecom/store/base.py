"""What a kind of database must offer beyond what SQLAlchemy evens out.

The members are `sqlite` and `postgres`. The name index is a set of terms per track
(`text.tokens`), those of the title apart from those of its artists and album.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

SCHEMA, WRITERS, CRAWLERS = range(0x6D757265, 0x6D757268)
"""Advisory locks of PostgreSQL, from "mure" on: who migrates, all who write together, and who
claims tasks of a crawl."""


@dataclass(frozen=True, slots=True)
class Match:
    """What the name index is asked: every group must be met by one of its terms.

    The last group's terms may also be the beginnings of terms where `is_prefix`. With `title_only`
    the artists and the album do not count.
    """

    groups: tuple[tuple[str, ...], ...]
    is_prefix: bool = False
    title_only: bool = False


class Backend(ABC):
    """One kind of database."""

    place: str
    "How the user knows this database: its path, or its URL without the password."

    @abstractmethod
    def engine(self) -> sa.Engine:
        """Make the engine; nothing is opened yet."""

    @abstractmethod
    def insert(self, table: sa.Table) -> Any:
        """Begin an INSERT that knows ``on_conflict_do_update`` and ``on_conflict_do_nothing``."""

    @abstractmethod
    def insert_lists(self, table: sa.Table, columns: Sequence[str]) -> Any:
        """Begin an INSERT, as `insert`, whose parameters are lists: a column of many rows each."""

    @abstractmethod
    def giving(self, statement: Any, *columns: sa.ColumnElement[Any]) -> Any:
        """Let what `insert_lists` began give columns of the rows it makes, if the driver can."""

    @abstractmethod
    def fill(self, cursor: Any, text: str, values: Any) -> list[Any]:
        """Run what `insert_lists` began and a `Statement` compiled; give what `giving` says."""

    @abstractmethod
    def among(self, column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
        """Condition that a column has one of the values that `listed` gave for parameter `name`.

        Its text is the same for any number of values, so that it is compiled and planned once.
        """

    @abstractmethod
    def listed(self, values: Sequence[Any]) -> Any:
        """Make texts or integers one parameter for `among`."""

    @abstractmethod
    def begin(self, connection: sa.Connection, *, writing: bool) -> None:
        """Say at the start of a transaction whether it will write."""

    @abstractmethod
    def settle(self, connection: sa.Connection) -> None:
        """Wait until all that write now have ended; others wait until this transaction ends.

        What it reads then has no gaps that somebody who is slower fills later.
        """

    @abstractmethod
    def lock_schema(self, connection: sa.Connection) -> None:
        """Let no other process migrate until the transaction ends."""

    @abstractmethod
    def index(self, cursor: Any, pk: int, title: Sequence[str], rest: Sequence[str]) -> None:
        """Put the terms of a track into the name index, in place of earlier ones."""

    @abstractmethod
    def index_new(
        self, cursor: Any, rows: Sequence[tuple[int, Sequence[str], Sequence[str]]]
    ) -> None:
        """Put the terms of many tracks, (pk, title, rest), into the index that has none of them."""

    @abstractmethod
    def unindex(self, cursor: Any, pks: Iterable[int]) -> None:
        """Take tracks out of the name index."""

    @abstractmethod
    def find(self, connection: sa.Connection, match: Match, limit: int) -> list[int]:
        """List the inner ids of at most `limit` present tracks that fit, first added first."""

    @abstractmethod
    def words(self, connection: sa.Connection, start: str, lengths: range) -> list[str]:
        """List the terms in the index that begin with `start` and have one of the lengths.

        Empty where the database cannot list its terms; misspellings are then not helped.
        """

    @abstractmethod
    def backup(self, connection: sa.Connection, target: Path) -> None:
        """Copy the whole database into a new file."""
