"""A crawl: playlists, and what is known of tracks, from a service into the library.

All that a crawl knows stands in the database, so it goes on where it was, whatever ended it, and
several crawls of one source share the work. The parts: `crawl_walk` sends tasks out and takes
answers in, `crawl_apply` writes what an answer changes, `crawl_words` chooses words.
"""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

from murecom.crawl.base import Http, Source
from murecom.errors import BadInput, NotReady, Paused, Unsupported
from murecom.jobs.crawl_apply import Writer
from murecom.jobs.crawl_owner import may_take_over, new_owner
from murecom.jobs.crawl_report import TRACK_KINDS, CrawlOptions, CrawlReport
from murecom.jobs.crawl_walk import Walk, seed
from murecom.jobs.refused import RefusedFile
from murecom.store import Store
from murecom.types import Progress, no_progress


def crawl(
    store: Store,
    home: Path,
    source: Source,
    http: Http,
    options: CrawlOptions,
    progress: Progress = no_progress,
) -> CrawlReport:
    """Collect from a service until enough is there, or nothing is left, or it wants to be left.

    Parameters
    ----------
    store : Store
        Written page by page; also holds the queue.
    home : Path
        Where the list of refused entries is written, in ``crawls/``.
    source, http : Source, Http
        Whom to ask, and by what.
    options : CrawlOptions
        What to ask for.
    progress : callable
        Told of the playlists found, or of the calls where only tracks are asked about.

    Returns
    -------
    CrawlReport
        What came of it, and where there is one the reason to have stopped early.

    Raises
    ------
    NotReady
        Nothing was named to begin with, or the source needs settings.
    Unsupported
        The source does not have what was asked for.
    BadInput
        A number is negative.
    """
    began = time.monotonic()
    check(source, options)
    report = CrawlReport(source.name)
    name, crawls, owner = source.name, store.crawls, new_owner()
    now = crawls.now()
    crawls.take_over(name, lambda who, until: may_take_over(who, until, now))
    if options.again:
        crawls.reopen(name, None, ["failed", "refused"])
    opened = seed(store, source, options)
    if options.walks and not opened and not _goes_on(store, name):
        raise nothing_to_do(source, options, is_first=not crawls.counts(name))
    refusals = RefusedFile(home / "crawls", ("where", "reason"))
    may = source.trainable if options.trainable is None else options.trainable
    report.trainable = may
    on = None if options.trainable is None else date.today().isoformat()
    writer = Writer(store, source, owner, trainable=may, trainable_on=on, again=options.again)
    walk = Walk(
        store, source, http, owner, writer, options, report, refusals.add, progress
    )  # fmt: skip
    try:
        walk.run()
    finally:
        report.refused_file = refusals.close()
        report.seconds = time.monotonic() - began
    if walk.end is not None:
        report.stopped = str(walk.end)
        report.paused_until = walk.end.until if isinstance(walk.end, Paused) else None
    counts = crawls.counts(name)
    report.waiting = sum(n for (_, state), n in counts.items() if state in ("open", "taken"))
    return report


def check(source: Source, options: CrawlOptions) -> None:
    """Refuse what a source cannot do, before anything is done."""
    if options.playlists < 0 or (options.calls is not None and options.calls < 1):
        raise BadInput("Numbers of playlists and calls are above 0. Leave --calls out for no end.")
    for kind in options.kinds:
        if kind not in TRACK_KINDS or kind not in source.kinds:
            has = ", ".join(k for k in TRACK_KINDS if k in source.kinds) or "none of these"
            raise Unsupported(
                f"{source.name} does not tell {kind} of tracks; it has: {has}. "
                "Leave it out of --with."
            )
    lists = ("own", "search", "category")
    if options.walks and not any(kind in source.kinds for kind in lists):
        has = ",".join(k for k in TRACK_KINDS if k in source.kinds)
        raise Unsupported(
            f"{source.name} has no playlists to find. "
            f"Ask about the tracks that you have: murecom crawl {source.name} --with {has}"
        )


def nothing_to_do(source: Source, options: CrawlOptions, *, is_first: bool) -> NotReady:
    """Say how a crawl is begun, or what there is to do after it."""
    if options.seeds or options.own:
        return NotReady(
            "All of this was asked for before and nothing is left in the queue. "
            "Name another --seed, or read changed playlists again with --again."
        )
    if not any(kind in source.kinds for kind in ("search", "category")):
        return NotReady(
            f"Nothing to begin with. Begin with your own: murecom crawl {source.name} --own"
        )
    said = "Nothing to begin with." if is_first else "All that was found was asked for."
    return NotReady(
        f"{said} Name a word that names of playlists have: murecom crawl {source.name} --seed jazz"
    )


def _goes_on(store: Store, source: str) -> bool:
    """Whether the queue of playlists holds anything, or words are left."""
    counts = store.crawls.counts(source)
    lists = ("own", "search", "category", "playlist")
    waiting = any(kind in lists and state in ("open", "taken") for kind, state in counts)
    return waiting or bool(store.crawls.best_words(source))
