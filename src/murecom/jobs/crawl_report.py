"""What a crawl is to do, and what it did."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from murecom.store.crawls import TaskRow

TRACK_KINDS = ("lyrics", "comments", "tags", "similar")
"What can be asked about a track."

MOST = 1000
"Playlists after which a walk stops unless it is told otherwise."


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """What to ask for and how much.

    A walk begins with `seeds` (words or categories) and, with `own`, the user's own playlists; it
    ends after `playlists` new ones, closed ones included, where 0 sets no bound; unless the bound
    `is_bounded` on purpose, the user's own playlists are all read. `kinds` of
    `TRACK_KINDS` are asked about the tracks of the library. Nothing is asked after `calls` calls.
    With `again`, lists that were read before are read again if they have changed, and what had
    failed is tried again. `trainable` decides whether models may learn from the playlists, None
    leaves it to the source. `workers` calls are under way at the same time.
    """

    seeds: tuple[str, ...] = ()
    own: bool = False
    playlists: int = MOST
    is_bounded: bool = False
    calls: int | None = None
    kinds: tuple[str, ...] = ()
    again: bool = False
    trainable: bool | None = None
    workers: int = 4

    @property
    def walks(self) -> bool:
        """Whether playlists are looked for; a crawl that only asks about tracks does not."""
        return bool(self.seeds or self.own or not self.kinds)

    @property
    def searches(self) -> bool:
        """Whether words are asked for; who wants their own playlists wants no others."""
        return bool(self.seeds or not self.own)

    @property
    def most(self) -> int | None:
        """How many new playlists to end after; None for all."""
        only_own = self.own and not self.seeds and not self.is_bounded
        return None if only_own or not self.playlists else self.playlists


@dataclass(slots=True)
class CrawlReport:
    """What a crawl did.

    Models may learn from its playlists if they are `trainable`. Of these were `added`, `replaced`
    because they had changed, `unchanged`, and `marked` as to whether models may learn from them;
    `closed` ones are known by name only, `gone` ones had
    been deleted, `declined` the source refused. `failed` tasks were put aside after three tries;
    `failures` names them and the declined ones with kind, key and reason. `entries` and new
    `tracks` of the playlists; `refused` entries could not be used and are named in `refused_file`.
    `words` were asked for, `texts` and `tags` kept. `waiting` tasks are left in the queue.
    `stopped` says why the crawl ended before its time, `paused_until` when it may go on, in seconds
    since 1970.
    """

    source: str
    trainable: bool = True
    calls: int = 0
    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    marked: int = 0
    closed: int = 0
    gone: int = 0
    declined: int = 0
    failed: int = 0
    entries: int = 0
    tracks: int = 0
    refused: int = 0
    words: int = 0
    texts: int = 0
    tags: int = 0
    waiting: int = 0
    seconds: float = 0.0
    refused_file: str | None = None
    stopped: str | None = None
    paused_until: float | None = None
    failures: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, change: Change) -> None:
        """Count what one answer came to."""
        for name, number in change.counts.items():
            setattr(self, name, getattr(self, name) + number)
        self.failures += change.failures

    @property
    def found(self) -> int:
        """How many new playlists there are, those that are closed included."""
        return self.added + self.replaced + self.closed


@dataclass(slots=True)
class Change:
    """What one answer came to; takes effect in memory when it is committed.

    `counts` by the names of `CrawlReport`; `refused` entries with their reasons; `more`: the task
    to go on with at once; `learned`: the worth of a word and what its page brought; `met`: keys of
    playlists that were named, `read`: of one whose tracks were.
    """

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[str, str]] = field(default_factory=list)
    failures: list[tuple[str, str, str]] = field(default_factory=list)
    more: TaskRow | None = None
    learned: tuple[float, int] | None = None
    met: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)

    @property
    def found(self) -> int:
        """As `CrawlReport.found`."""
        return sum(self.counts[name] for name in ("added", "replaced", "closed"))
