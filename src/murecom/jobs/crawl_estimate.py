"""What a crawl will cost, before it begins: calls and time, from page sizes, limits and the past.

Nothing is asked of the source and nothing is written.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from murecom.crawl.base import Source
from murecom.jobs.crawl import check, nothing_to_do
from murecom.jobs.crawl_report import CrawlOptions
from murecom.store import Store

TYPICAL = 66.0
"""Tracks of a playlist where nothing is known: the mean of the Million Playlist Dataset (Chen et
al., "RecSys Challenge 2018")."""

NEW = 0.5
"Share of a search page that is new where nothing is known; that of benchmarks/crawl.py is near it."


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a crawl is expected to need.

    `playlists` new ones (None: as many as there are), of which only the names come if `named_only`,
    and what is asked about `tracks`, by `calls` calls in `seconds`, at most `rate` a second as the
    source allows; None for what cannot be told. `known`: earlier crawls tell how long playlists
    are.
    """

    source: str
    playlists: int | None
    tracks: int
    calls: int | None
    seconds: float | None
    rate: float
    known: bool
    named_only: bool = False


def estimate(store: Store, source: Source, options: CrawlOptions) -> Estimate:
    """Tell what a crawl will need.

    Raises
    ------
    NotReady, Unsupported, BadInput
        As the crawl itself would.
    """
    check(source, options)
    crawls, name = store.crawls, source.name
    counts = crawls.counts(name)
    read = crawls.pages_each(name, "playlist")
    rate = source.limit.calls / source.limit.seconds
    calls: float | None = 0.0
    playlists: int | None = 0
    named_only = False
    if options.walks:
        waiting = counts.get(("playlist", "open"), 0)
        if not (source.seeds(options.seeds, own=options.own) or counts):
            raise nothing_to_do(source, options, is_first=True)
        playlists = options.most
        pages = read or 1 + (TYPICAL - 1) // source.page_size.get("playlist", 10**9)
        pages *= source.page_calls.get("playlist", 1)
        closed, done = counts.get(("playlist", "closed"), 0), counts.get(("playlist", "done"), 0)
        is_open = done / (done + closed) if done + closed else 1.0
        only_own = options.own and not options.seeds
        named_only = not (source.opens_found or only_own)
        if not source.opens_found:  # what was read before were the user's own
            is_open = 1.0 if only_own else 0.0
        size = source.page_size.get("search", source.page_size.get("category", 20))
        learned = crawls.learned(name)
        asked = sum(pages for _, pages, _ in learned)
        each = sum(new for _, _, new in learned) / asked if asked else NEW * size
        if playlists is None:
            calls = None
        else:
            searched = max(playlists - waiting, 0) / max(each, 0.1)
            searched *= source.page_calls.get("search", 1)
            calls = playlists * is_open * pages + searched
    tracks = 0
    if options.kinds:
        left = crawls.count_unasked(name, options.kinds, source.prefix, source.id_kinds)
        for kind in left:
            left[kind] += sum(counts.get((kind, state), 0) for state in ("open", "taken"))
        tracks = max(left.values())
        more = sum(n * source.page_calls.get(kind, 1) for kind, n in left.items())
        calls = None if calls is None else calls + more
    if options.calls is not None:
        calls = options.calls if calls is None else min(calls, options.calls)
    whole = None if calls is None else math.ceil(calls)
    seconds = None if whole is None else whole / rate
    return Estimate(name, playlists, tracks, whole, seconds, rate, read is not None, named_only)
