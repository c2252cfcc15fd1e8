"""A service of playlists without a network: a source that answers from memory, and what it holds.

It also writes down what it was asked for, in a file if it shall outlive being killed.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from murecom.crawl.base import Entry, Limit, Page, Source, Stub, Task, Words
from murecom.errors import NotFound
from murecom.types import Track, TrackId

WORDS = [
    *("chill", "morning", "rain", "jazz", "study", "drive", "lo-fi", "samba", "blues", "metal"),
    *("雨天", "深夜", "安静", "作業用", "アニソン", "懐かしい", "케이팝", "노래", "🌙", "2019"),
    *("folk", "summer", "winter", "sleep", "party"),
]


@dataclass
class Catalogue:
    """What the service has: playlists by key, each a stub and its entries."""

    lists: dict[str, tuple[Stub, list[Entry]]] = field(default_factory=dict)

    def add(self, key: str, name: str, size: int, *, first: int = 0, **stub: Any) -> None:
        """Add a playlist of tracks numbered from `first`."""
        entries = [entry(first + n, 1_500_000_000 + n) for n in range(size)]
        values = {"size": size, "snapshot": f"s-{key}"} | stub
        self.lists[key] = (Stub(key, name, **values), entries)


def entry(number: int, added_at: int | None = None) -> Entry:
    """Make an entry."""
    artists = (f"Artist {number % 97}",)
    return Entry(Track(TrackId(f"made:{number}"), f"Title {number}", artists), added_at)


def catalogue(size: int = 120, seed: int = 5) -> Catalogue:
    """Make playlists with names in several scripts, some empty, some closed, one of 10,000."""
    rng = random.Random(seed)
    made = Catalogue()
    for number in range(size):
        name = " ".join(rng.sample(WORDS, rng.choice((1, 2, 2, 3))))
        length = rng.choice((0, 3, 7, 12, 25))
        made.add(f"p{number}", name, length, first=rng.randrange(500), is_open=number % 11 != 3)
    made.add("long", "rain of ten thousand", 10_000)
    return made


class Line:
    """What stands for the network: it only counts the calls, as `net.Client` does."""

    def __init__(self) -> None:
        self.sent = 0

    def get(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("Nobody is asked over the network.")

    def pause(self, url: str, seconds: float) -> None:
        """Do nothing."""


class Made(Source):
    """A service called "made"."""

    name = "made"
    trainable = True
    kinds = ("own", "search", "category", "playlist", "lyrics", "comments", "tags", "similar")
    limit = Limit(10, 1.0)
    terms = "Made up; all is allowed (read 2026-11-22)."
    page_size = {"search": 10, "own": 10, "category": 10, "playlist": 5}  # noqa: RUF012

    def __init__(
        self,
        lists: Catalogue | None = None,
        *,
        size: int = 5,
        log: Path | None = None,
        hook: Callable[[Task], Page | None] | None = None,
        pause: float = 0.0,
    ) -> None:
        super().__init__(None)
        self.catalogue = lists or catalogue()
        self.size, self.log, self.hook, self.pause = size, log, hook, pause
        self.asked: list[tuple[str, str, str | None]] = []
        self.counting = threading.Lock()

    @property
    def url(self) -> str:
        return "http://127.0.0.1"

    def run(self, task: Task, http: Any) -> Page:
        with self.counting:
            self.asked.append((task.kind, task.key, task.next))
            # the command brings a client of its own, whose count is this one
            setattr(http, "sent" if isinstance(http, Line) else "_sent", http.sent + 1)
        if self.log is not None:
            line = f"{os.getpid()}\t{task.kind}\t{task.key}\t{task.next}\n".encode()
            handle = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(handle, line)
            os.close(handle)
        if self.pause:
            time.sleep(self.pause)
        if self.hook is not None and (page := self.hook(task)) is not None:
            return page
        return self.answer(task)

    def answer(self, task: Task) -> Page:
        """Give what an honest service would."""
        here = int(task.next or 0)
        if task.kind in ("own", "search", "category"):
            found = [
                stub
                for stub, _ in self.catalogue.lists.values()
                if task.kind != "search" or task.key in stub.name.casefold().split()
            ]
            part = found[here : here + 10]
            more = str(here + 10) if here + 10 < len(found) else None
            return Page(stubs=tuple(part), next=more, total=len(found))
        if task.kind == "playlist":
            if task.key not in self.catalogue.lists:
                raise NotFound("It is gone.")
            stub, entries = self.catalogue.lists[task.key]
            size = 1000 if len(entries) > 1000 else self.size
            more = str(here + size) if here + size < len(entries) else None
            part_of = tuple(entries[here : here + size])
            return Page(playlist=stub, entries=part_of, next=more, total=len(entries))
        if task.kind == "lyrics":
            return Page(texts=(Words("lyrics", f"[00:01.00]Words of {task.key}"),))
        if task.kind == "comments":
            texts = tuple(Words("comment", f"C{here + n}", likes=n) for n in range(2))
            return Page(texts=texts, next="2" if here == 0 else None)
        if task.kind == "tags":
            return Page(tags=(("tag", "calm", 0.5),))
        return Page(tracks=((entry(1).track, 0.25), (entry(2).track, 0.75)))


def rows(store: Any, source: str = "made") -> dict[str, Any]:
    """Give all playlists of a source in the library, with the order and dates of their tracks."""
    return {
        playlist.id: (
            playlist.name, [track.id for track in playlist.tracks], playlist.added,
            playlist.snapshot,
        )
        for playlist in store.playlists.iter()
        if (playlist.id or "").startswith(f"{source}:")
    }  # fmt: skip


def expected(lists: Catalogue, keys: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Give what a whole crawl leaves in the library."""
    return {
        f"made:{key}": (
            stub.name, [e.track.id for e in entries], tuple(e.added_at for e in entries),
            stub.snapshot,
        )
        for key, (stub, entries) in lists.lists.items()
        if stub.is_open
    }  # fmt: skip
