"""What an answer of a source changes: in the queue, in the library, in the count of words.

Every answer is written in the transaction that also says how far its task has come. So whoever dies
in between has either kept a page and asks for the next one, or asks for the same page again; a
playlist stands in the library whole or not at all.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from murecom.crawl.base import Page, Source, Stub
from murecom.errors import BadInput, MurecomError, NotFound, Unsupported
from murecom.jobs.crawl_keep import keep_playlist, keep_similar, keep_tags, keep_texts
from murecom.jobs.crawl_pages import Held, assembled, held, packed, unpacked
from murecom.jobs.crawl_report import Change
from murecom.jobs.crawl_words import DRY, after
from murecom.store import Store
from murecom.store.crawls import New, TaskRow
from murecom.text.playlist_words import playlist_words, weight

TRIES = 3
"Times that a task may fail before it is put aside."

EMPTY = 10
"Empty pages in a row after which a list is at its end, whatever it says follows."

LONGEST = 2000
"Pages after which a list cannot be true; the longest of Spotify (10,000 entries) has 200."

_OF_PAGES = ("asked", "empty", "refused", "under")

UNDER_WAY = 0.0
"Rank of a playlist of which some pages are there; those not begun are below."


class Writer:
    """Writes answers, inside a turn (`store.crawls.turn`).

    Parameters
    ----------
    store, source
        Where to, and who answered.
    owner : str
        Whose tasks these are.
    trainable, trainable_on
        As in `Playlists.put_many`.
    again : bool
        Read lists again that have changed.
    """

    def __init__(
        self,
        store: Store,
        source: Source,
        owner: str,
        *,
        trainable: bool,
        trainable_on: str | None,
        again: bool,
    ) -> None:
        self.store, self.source, self.owner = store, source, owner
        self.trainable, self.trainable_on = trainable, trainable_on
        self.again = again
        self.met: set[str] = set()
        "Keys of the playlists that this crawl has met."
        self.read: set[str] = set()
        "Keys of those whose tracks it has read."

    # -- answers ----------------------------------------------------------------------------------

    def write(self, task: TaskRow, page: Page, until: float) -> Change:
        """Write what a page tells; whoever lost the task to another crawler writes nothing."""
        change = Change()
        if not self.store.crawls.holds(task, self.owner):
            return change
        change.refused = [(f"{task.kind} {task.key}, {where}", why) for where, why in page.refused]
        change.counts["refused"] += len(page.refused)
        if task.kind in ("own", "search", "category"):
            self._list(task, page, change)
        else:
            self._part(task, page, until, change)
        return change

    def fail(self, task: TaskRow, error: MurecomError) -> Change:
        """Write that a task failed: for good, or to be tried again."""
        change = Change()
        if not self.store.crawls.holds(task, self.owner):
            return change
        if isinstance(error, NotFound):
            change.counts["gone"] += 1
            self._end(task, "gone", str(error))
        elif isinstance(error, Unsupported):
            change.counts["declined"] += 1
            change.failures.append((task.kind, task.key, str(error)))
            self._end(task, "refused", str(error))
        else:
            self._fail(task, str(error), change)
        return change

    # -- lists of playlists -----------------------------------------------------------------------

    def _list(self, task: TaskRow, page: Page, change: Change) -> None:
        stubs = {stub.key: stub for stub in reversed(page.stubs) if stub.key}
        new = self._meet(task, stubs, change)
        # lists of the user's own bring nothing new when all is well: there only circles are dry
        fresh = len(stubs.keys() - self.met) if task.kind == "own" else new
        dry = 0 if fresh else int(task.about.get("dry", 0)) + 1
        expected = after(float(task.about.get("expected", new)), new)
        is_done = page.next is None or page.next == task.next or dry >= DRY
        about = {**task.about, "dry": dry, "expected": expected}
        self.store.crawls.keep(
            task,
            self.owner,
            state="done" if is_done else "open",
            rank=expected,
            next=page.next,
            pages=task.pages + 1,
            about=about,
            tries=0,
            error=None,
        )
        if task.kind == "search":
            self.store.crawls.learn(self.source.name, task.key, len(stubs), new)
            if not task.pages:
                change.counts["words"] += 1
                change.learned = (float(task.about.get("worth", 1.0)), new)

    def _meet(self, task: TaskRow, stubs: dict[str, Stub], change: Change) -> int:
        """Put playlists that were named into the queue; give how many were not known."""
        crawls, name = self.store.crawls, self.source.name
        known = crawls.known(name, "playlist", stubs)
        stored = crawls.stored(name, [key for key in stubs if key not in known])
        rank = _rank(task)
        tasks, words = [], Counter[str]()
        for number, (key, stub) in enumerate(reversed(stubs.items())):
            if key in known:
                if key not in self.met:
                    self._meet_again(task, stub, known[key], change)
                continue
            about = _about(stub)
            if task.kind == "own":
                about["own"] = True
            if key in stored:
                about["snapshot"] = stored[key]
            state = "done" if key in stored else "open" if stub.is_open else "closed"
            change.counts["closed"] += state == "closed"
            # those that were named first come first
            tasks.append(New(key, rank - number * 1e-6, about, state))
            if "search" in self.source.kinds and stub.has_words:
                words.update(filter(self.source.takes_word, playlist_words(stub.name)))
        crawls.add(name, "playlist", tasks)
        crawls.count_words(name, {word: (n, weight(word)) for word, n in words.items()})
        for key in stored:
            row = crawls.known(name, "playlist", [key])[key]
            self._meet_again(task, stubs[key], row, change)
        if self.trainable_on is not None:
            marked = crawls.mark(name, stubs, self.trainable, self.trainable_on)
            change.counts["marked"] += marked
        change.met.update(stubs)
        return len(tasks) - len(stored)

    def _meet_again(self, task: TaskRow, stub: Stub, row: TaskRow, change: Change) -> None:
        """Open the task of a known playlist again, if it may have changed and this matters."""
        has_opened = row.state == "closed" and stub.is_open
        marked = stub.snapshot is not None
        same = marked and stub.snapshot == row.about.get("snapshot")
        if row.state == "done" and same:
            change.counts["unchanged"] += self.again or task.kind == "own"
        wanted = row.state == "done" and stub.is_open and not same
        wanted = wanted and row.key not in self.read
        wanted = wanted and (self.again or (task.kind == "own" and marked))
        if has_opened or wanted:
            about = {**row.about, **_about(stub)}
            if task.kind == "own":
                about["own"] = True
            self.store.crawls.reopen(
                self.source.name, "playlist", [row.state], keys=[row.key], about=about,
                rank=_rank(task), next=None, pages=0,
            )  # fmt: skip

    # -- pages of one thing -----------------------------------------------------------------------

    def _part(self, task: TaskRow, page: Page, until: float, change: Change) -> None:
        """Keep a page until all are there, then keep what they make."""
        crawls = self.store.crawls
        part = held(page, task.next)
        about = dict(task.about)
        if task.pages and _is_other(about.get("under"), part):
            crawls.drop_pages(task)
            self._fail(task, "It changed while it was read.", change, next=None, pages=0)
            return
        if part.playlist is not None and part.playlist.snapshot is not None:
            about["under"] = part.playlist.snapshot
        about["empty"] = int(about.get("empty", 0)) + 1 if part.is_empty else 0
        about["refused"] = int(about.get("refused", 0)) + len(page.refused)
        asked = [*about.get("asked", ()), task.next]
        endless = ""
        if page.next is not None and page.next in asked:
            endless = "Its pages go round in a circle."
        elif page.next is not None and len(asked) >= LONGEST:
            endless = f"It has more than {LONGEST:,} pages."
        if endless:
            change.counts["failed"] += 1
            change.failures.append((task.kind, task.key, endless))
            self._end(task, "failed", endless)
        elif page.next is not None and about["empty"] < EMPTY:
            crawls.put_page(task, task.pages, packed(part))
            change.more = crawls.keep(
                task,
                self.owner,
                until=until,
                rank=max(task.rank, UNDER_WAY),
                next=page.next,
                pages=task.pages + 1,
                about={**about, "asked": asked},
                tries=0,
            )
        else:
            kept = [unpacked(data) for data in crawls.pages(task)] if task.pages else []
            try:
                self._keep(task, [*kept, part], page, change)
            except NotFound as error:  # the track has left the library
                change.counts["gone"] += 1
                self._end(task, "gone", str(error))
            except BadInput as error:
                crawls.drop_pages(task)
                self._fail(task, str(error), change, next=None, pages=0)

    def _keep(self, task: TaskRow, pages: Sequence[Held], page: Page, change: Change) -> None:
        about = {k: v for k, v in task.about.items() if k not in _OF_PAGES}
        trainable = {"trainable": self.trainable, "trainable_on": self.trainable_on}
        name = self.source.name
        if task.kind == "playlist":
            playlist = assembled(f"{name}:{task.key}", about, pages)
            claimed = page.total or (pages[0].playlist and pages[0].playlist.size)
            refused = int(task.about.get("refused", 0)) + len(page.refused)
            if claimed and not playlist.tracks and not refused:
                raise BadInput(f"It is said to have {claimed} tracks, but none came.")
            keep_playlist(self.store, playlist, trainable, task, change)
            # what its page tells is what is kept, here, too
            about |= {"snapshot": playlist.snapshot, "name": playlist.name}
            about |= {"description": playlist.description}
            change.read.add(task.key)
        elif task.kind == "similar":
            # Another model's answer is not what somebody put together.
            trainable["trainable"] = bool(self.trainable_on and self.trainable)
            keep_similar(self.store, name, about["track"], task.key, pages, trainable, change)
        elif task.kind == "tags":
            keep_tags(self.store, name, about["track"], pages, change)
        else:
            keep_texts(self.store, name, about["track"], pages, change)
        self._end(task, "done", None, about=about, pages=task.pages + 1)

    # -- ends -------------------------------------------------------------------------------------

    def _end(self, task: TaskRow, state: str, error: str | None, **changes: Any) -> None:
        if task.pages:
            self.store.crawls.drop_pages(task)
        changes = {"next": None, "pages": 0, "tries": 0, "error": error} | changes
        self.store.crawls.keep(task, self.owner, state=state, **changes)

    def _fail(self, task: TaskRow, reason: str, change: Change, **changes: Any) -> None:
        tries = task.tries + 1
        is_last = tries >= TRIES
        if is_last:
            change.counts["failed"] += 1
            change.failures.append((task.kind, task.key, reason))
        if "next" in changes:
            changes["about"] = {k: v for k, v in task.about.items() if k not in _OF_PAGES}
        self.store.crawls.keep(
            task,
            self.owner,
            state="failed" if is_last else "open",
            rank=later(task.rank),
            tries=tries,
            error=reason,
            **changes,
        )


def later(rank: float) -> float:
    """Give the rank of a task that is to be tried after the others."""
    return rank - abs(rank) / 2 - 1


def _rank(task: TaskRow) -> float:
    """Give the rank of playlists that a page names: below 0, the pages that were read first above.

    What the user's words found comes before what the crawl's own words did, and what the latest
    words found before what earlier ones did.
    """
    now = time.time()
    asked = task.about.get("seeded")
    if asked is None:
        return -now
    return (float(asked) - _FAR) / 4 - max(now - float(asked), 0.0) * 1e-3


_FAR = 4e9
"A time in seconds since 1970 that no seed is asked for at: a quarter of what is left is below 0."


def _about(stub: Stub) -> dict[str, Any]:
    plain = asdict(stub)
    del plain["key"], plain["is_open"], plain["has_words"]
    return {name: value for name, value in plain.items() if value}


def _is_other(before: Any, part: Held) -> bool:
    now = part.playlist and part.playlist.snapshot
    return before is not None and now is not None and before != now
