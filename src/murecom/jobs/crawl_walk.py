"""The crawl under way: tasks out to the threads that ask, answers in, one turn after the other.

One thread, the one that calls `Walk.run`, reads and writes the database. A turn is one transaction:
what came in is written, what comes next is claimed. First come the user's own playlists, then
playlists that were found, and only when these run out a page of a search: it is words that cost
calls without a track to show. Tracks are asked about at the end.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from murecom.crawl.base import Http, Source
from murecom.errors import (
    BadInput,
    MurecomError,
    NotFound,
    NotReady,
    Paused,
    QuotaSpent,
    Unreachable,
    Unsupported,
)
from murecom.jobs.crawl_apply import TRIES, Writer, later
from murecom.jobs.crawl_owner import LEASE, may_take_over
from murecom.jobs.crawl_pool import Answer, Pool
from murecom.jobs.crawl_report import Change, CrawlOptions, CrawlReport
from murecom.jobs.crawl_tracks import plan_tracks
from murecom.jobs.crawl_words import Expectation
from murecom.store import Store
from murecom.store.crawls import New, TaskRow
from murecom.text.playlist_words import folded, weight
from murecom.types import Progress, Step

TICK = 1.0
"Seconds after which the screen is brought up to date though nothing came in."

DEAF = 5
"Calls in a row without an answer after which the service, not the task, is at fault."

PATIENCE = 5.0
"Seconds to wait for the calls under way when one of them has ended the crawl."

BUSY = 3
"Times that a turn is begun again because other programs are in the way of the database."

SEARCHES = ("search", "category")


class Walk:
    """One crawl, under way; see `jobs.crawl.crawl`."""

    def __init__(
        self,
        store: Store,
        source: Source,
        http: Http,
        owner: str,
        writer: Writer,
        options: CrawlOptions,
        report: CrawlReport,
        refuse: Callable[[list[tuple[str, str]]], object],
        progress: Progress,
    ) -> None:
        self.store, self.source, self.http, self.owner = store, source, http, owner
        self.writer, self.options, self.report = writer, options, report
        self.refuse, self.progress = refuse, progress
        size = float(source.page_size.get("search", 20))
        self.words = Expectation(size, store.crawls.learned(source.name))
        self.pool: Pool
        self.under_way: Counter[str] = Counter()
        self.deaf: list[int] = []
        "Tasks, by inner id, without an answer since the last one that came."
        self.unheard: Counter[int] = Counter()
        "How often a task had no answer while others had."
        self.asking = options.walks
        "Whether playlists are looked for now; tracks are asked about afterwards."
        self.renewed = time.monotonic()
        self.checked = 0.0
        self.end: MurecomError | None = None
        self.sent_before = http.sent
        self.budget: int | None = None
        "Calls that the tasks of this turn may still take; None for no bound."
        self.is_answered = False
        self.unreached: Unreachable | None = None

    def run(self) -> None:
        """Work until there is nothing left to do, enough is done, or the source wants no more."""
        self.pool = Pool(self.source, self.http, self.options.workers)
        try:
            answers: list[Answer] = []
            while True:
                self._turn(answers)
                self._tell()
                if self.pool.busy:
                    answers = self.pool.answers(TICK)
                elif self.end is None and (self._plan() or self._waits()):
                    answers = []
                else:
                    break
            if not self.is_answered:  # few calls were allowed, and the service is not there
                self.end = self.end or self.unreached
            # where nothing came, there is nothing to report
            if isinstance(self.end, NotReady) and not self.is_answered:
                raise self.end
        finally:
            self._count_calls()
            self.pool.close()
            self.store.crawls.release(self.owner, self.source.name)

    # -- a turn -----------------------------------------------------------------------------------

    def _turn(self, answers: list[Answer]) -> None:
        """Write what came in and send out what comes next."""
        for answer in answers:
            self._sort(answer)
        self.under_way.subtract(answer.task.kind for answer in answers)
        self.is_answered = self.is_answered or any(a.page is not None for a in answers)
        self._count_calls()
        changes: list[Change] = []
        claimed: list[TaskRow] = []
        for attempt in range(BUSY):
            try:
                with self.store.crawls.turn():
                    until = self.store.crawls.now() + LEASE
                    changes = [self._written(answer, until) for answer in answers]
                    self._keep_claims(until)
                    claimed = self._claim(changes, until)
                break
            except NotReady:  # somebody else writes in another order
                if attempt == BUSY - 1:
                    raise
                time.sleep(0.1 * 2**attempt)
        for change in changes:
            self.report.add(change)
            self.refuse(change.refused)
            self.writer.met |= change.met
            self.writer.read |= change.read
            if change.learned is not None:
                self.words.learn(*change.learned)
        if any(answer.page is not None for answer in answers):
            # others were answered: it is these tasks that are not
            self.unheard.update(self.deaf)
            self.deaf.clear()
        for task in claimed:
            self.under_way[task.kind] += 1
            self.pool.ask(task)

    def _sort(self, answer: Answer) -> None:
        """Find out whether the crawl has to end; what is no error of ours is a mistake of ours."""
        error = answer.error
        if error is None:
            return
        if not isinstance(error, MurecomError):
            raise error
        if isinstance(error, (Paused, QuotaSpent)):
            self.end = self.end if isinstance(self.end, QuotaSpent) else error
        elif isinstance(error, Unreachable):
            self.deaf.append(answer.task.pk)
            self.unreached = error
            if len(self.deaf) >= DEAF:
                self.end = self.end or error
        elif not isinstance(error, (NotFound, BadInput, Unsupported)):
            self.end = self.end or error

    def _written(self, answer: Answer, until: float) -> Change:
        if answer.page is not None:
            return self.writer.write(answer.task, answer.page, until)
        assert isinstance(answer.error, MurecomError)
        if isinstance(answer.error, (NotFound, BadInput, Unsupported)):
            return self.writer.fail(answer.task, answer.error)
        task, is_deaf = answer.task, isinstance(answer.error, Unreachable)
        failed, again = self.unheard[task.pk], self.deaf.count(task.pk)
        # where it alone is left, there are no others to be answered in between
        is_at_fault = failed >= TRIES - 1 or (failed > 0 and again >= TRIES - 1)
        if is_deaf and self.end is None and is_at_fault:
            return self.writer.fail(replace(task, tries=TRIES - 1), answer.error)
        # no fault of the task, as far as is known: it goes back as it was
        rank = later(task.rank) if is_deaf and self.end is None else task.rank
        self.store.crawls.keep(task, self.owner, rank=rank)
        return Change()

    def _keep_claims(self, until: float) -> None:
        now = time.monotonic()
        if now - self.renewed > LEASE / 3:
            self.store.crawls.renew(self.owner, until)
            self.renewed = now
        if not self.pool.busy and now - self.checked > TICK:
            moment = until - LEASE
            self.store.crawls.take_over(
                self.source.name, lambda who, till: may_take_over(who, till, moment)
            )
            self.checked = now

    # -- what comes next --------------------------------------------------------------------------

    def _claim(self, changes: list[Change], until: float) -> list[TaskRow]:
        """Take as many tasks as there are idle threads, those that are under way first."""
        more = [change.more for change in changes if change.more is not None]
        room = self.pool.workers - self.pool.busy
        self.budget = self._calls_left()
        if self.end is not None:
            room = 0
        rows: list[TaskRow] = []
        for task in more:
            if len(rows) < room and self._affords(task.kind):
                rows.append(task)
            else:
                self.store.crawls.keep(task, self.owner)
        idle = room - len(rows)
        if self.asking and idle > 0:
            found = self.report.found + sum(change.found for change in changes)
            lists = self.under_way["playlist"] + sum(task.kind == "playlist" for task in rows)
            left = None if self.options.most is None else self.options.most - found - lists
            rows += self._claim_lists(idle, left, until)
            idle = room - len(rows)
            self.asking = bool(rows or self.pool.busy)
        if not self.asking and idle > 0 and self.options.kinds:
            rows += self._take(self.options.kinds, until, idle)
        return rows

    def _claim_lists(self, idle: int, left: int | None, until: float) -> list[TaskRow]:
        """Take playlists, at most `left` of them, and pages of searches where these run out."""
        crawls, name = self.store.crawls, self.source.name
        rows = self._take(["own"], until, idle)
        wanted = idle - len(rows)
        if left is not None:
            wanted = min(wanted, left)
        if wanted <= 0:
            return rows
        found: list[TaskRow] = []
        if self.options.searches:
            # what somebody wants to know now comes before what waits
            for kind in SEARCHES:
                while len(found) < wanted and (crawls.top_rank(name, kind) or 0.0) >= SEEDED:
                    if not (seeds := self._take([kind], until)):
                        break
                    found += seeds
        found += self._take(["playlist"], until, wanted - len(found))
        rows += found
        if not self.options.searches:
            return rows
        for _ in range(wanted - len(found)):
            if (task := self._claim_search(until)) is None:
                break
            rows.append(task)
        return rows

    def _claim_search(self, until: float) -> TaskRow | None:
        """Take the page of a search, of a word new or old, that promises most."""
        crawls, name = self.store.crawls, self.source.name
        if self.budget is not None and self.budget < 1:
            return None
        kinds = [kind for kind in SEARCHES if kind in self.source.kinds]
        ranks = {kind: crawls.top_rank(name, kind) for kind in kinds}
        begun = [(rank, kind) for kind, rank in ranks.items() if rank is not None]
        top, kind = max(begun, default=(-1.0, "search"))
        words = crawls.best_words(name) if "search" in kinds else []
        best = self.words.best(words)
        if best is not None and best[1] > top:
            text, expected = best
            crawls.take_word(name, text)
            about = {"expected": expected, "worth": dict(words)[text]}
            crawls.add(name, "search", [New(text, expected, about)])
            kind = "search"
        return next(iter(self._take([kind], until)), None)

    def _take(self, kinds: Sequence[str], until: float, number: int = 1) -> list[TaskRow]:
        """Claim tasks of these kinds, as many as there are calls for."""
        rows: list[TaskRow] = []
        for kind in kinds:
            fits = number - len(rows)
            if self.budget is not None:
                fits = min(fits, self.budget // self.source.page_calls.get(kind, 1))
            if fits > 0:
                taken = self.store.crawls.claim(
                    self.source.name, [kind], self.owner, until, fits
                )  # fmt: skip
                rows += [task for task in taken if self._affords(task.kind)]
        return rows

    def _affords(self, kind: str) -> bool:
        """Take the calls of a page off those that may still be sent; False if they are too few."""
        if self.budget is None:
            return True
        calls = self.source.page_calls.get(kind, 1)
        if calls > self.budget:
            return False
        self.budget -= calls
        return True

    def _plan(self) -> bool:
        """Put more tracks into the queue when none is left in it; False if there are no more.

        Between two turns: to find them takes seconds, in which others may want to write.
        """
        kinds = self.options.kinds
        if self.asking or not kinds or self._calls_left() == 0:
            return False
        return plan_tracks(self.store, self.source, kinds) > 0

    def _count_calls(self) -> None:
        self.report.calls = self.http.sent - self.sent_before

    def _calls_left(self) -> int | None:
        """Give how many calls may be sent beside those under way; None if there is no bound."""
        if self.options.calls is None:
            return None
        each = self.source.page_calls
        under_way = sum(n * each.get(kind, 1) for kind, n in self.under_way.items())
        return max(self.options.calls - self.report.calls - under_way, 0)

    def _waits(self) -> bool:
        """Wait a moment if another crawler works on what may bring more to do for this one."""
        enough = self.options.most is not None and self.report.found >= self.options.most
        calls = self._calls_left()
        if calls is not None and calls < max(self.source.page_calls.values(), default=1):
            return False
        if (enough and not self.options.kinds) or not self.store.crawls.taken(self.source.name):
            return False
        self.asking = self.options.walks and not enough
        time.sleep(TICK / 2)
        return True

    def _tell(self) -> None:
        report = self.report
        counts = {"calls": report.calls}
        if self.options.walks:
            counts |= {"words": report.words, "closed": report.closed}
        counts |= {"texts": report.texts, "tags": report.tags}
        counts |= {"refused": report.refused, "failed": report.failed}
        shown = {name: n for name, n in counts.items() if n or name == "calls"}
        if self.options.walks:
            self.progress(Step("Collecting", report.found, self.options.most, shown))
        else:
            self.progress(Step("Asking", report.calls, self.options.calls, shown))


def seed(store: Store, source: Source, options: CrawlOptions) -> int:
    """Put what a crawl begins with into the queue; give how many tasks of it are open.

    Raises
    ------
    Unsupported
        The source does not have that.
    """
    if not options.walks:
        return 0
    crawls, name = store.crawls, source.name
    with crawls.turn():
        opened = 0
        for task in source.seeds(options.seeds, own=options.own):
            if task.kind == "search":
                # as words of names are: Jazz and jazz are one
                task = replace(task, key=folded(task.key))
                crawls.take_word(name, task.key)
            about = {**task.about, "worth": weight(task.key), "seeded": time.time()}
            # what the user names comes before what was found
            opened += crawls.add(name, task.kind, [New(task.key, SEEDED, about)])
            if options.again or task.kind == "own":
                opened += crawls.reopen(
                    name, task.kind, ["done", "failed", "refused", "gone"],
                    keys=[task.key], next=None, pages=0, rank=SEEDED, about=about,
                )  # fmt: skip
    return opened


SEEDED = 1e6
"Rank of what the user named: above all that a word can be expected to bring."
