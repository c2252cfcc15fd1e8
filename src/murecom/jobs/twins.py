"""The pass that finds twins: which tracks of playlists are which files.

Everything that has a file is held in memory by its artists and titles, all other tracks pass by
once, and only those whose artist plays in some file are looked at. What was compared before is not
compared again: new tracks are held against all files, new files against all tracks, and tracks of
which more is known now, or whose file went, against all files.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from murecom.library.matching import (
    KINDS,
    Described,
    artist_blocks,
    compare,
    described,
    plain_id,
    spellings,
    title_blocks,
)
from murecom.library.performers import block_keys
from murecom.store import Store
from murecom.store.rows import batches
from murecom.store.twins import CHUNK, OWN
from murecom.types import Progress, Step, Track, no_progress

BUCKET = 3.0
"Seconds of a bucket of durations, in which misspelt titles are looked for."

UPTO, AS_OF, RULES = "upto", "as of", "rules"
"Names of what is kept between passes: the last track, the store's revision, `VERSION`."

VERSION = 1
"Grows when tracks are compared in another way; all of them are then compared again."


@dataclass(slots=True)
class MatchReport:
    """What a pass did.

    `files` are tracks with a file, `compared` tracks that were looked at now, `found` new twins;
    `twins` counts all by how they were found: see `library.matching.Likeness`.
    """

    files: int = 0
    compared: int = 0
    found: int = 0
    twins: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def find_twins(
    store: Store, *, again: bool = False, progress: Progress = no_progress
) -> MatchReport:
    """Find for the tracks of playlists the files that are the same recording.

    Stopped at any moment it keeps what was found; the next call goes over the same tracks again.
    With nothing new it takes some milliseconds.

    Parameters
    ----------
    store : Store
        Its `twins` are written.
    again : bool
        Forget all twins and compare everything.
    progress : callable
        Told of the tracks that were looked at.
    """
    began = time.monotonic()
    twins = store.twins
    report = MatchReport()
    revision = store.revision()
    if again or twins.mark(RULES) != VERSION:
        with store.transaction():
            twins.forget()
            twins.set_mark(UPTO, 0)
            twins.set_mark(RULES, VERSION)
    elif twins.mark(AS_OF) == revision:
        report.twins, report.files = twins.counts(), len(twins.known_files())
        report.seconds = time.monotonic() - began
        return report
    before = sum(twins.counts().values())
    renewed = twins.renew()
    upto, newest = twins.mark(UPTO), twins.newest()
    old, new = twins.known_files(), twins.new_files()
    work = _Pass(store, report, progress)
    if old and (renewed or newest > upto):
        work.run(old, since=upto, also=renewed)
    if new:
        work.run(new, since=0)
    with store.transaction():
        twins.put((pk, pk, OWN) for pk in new)
        twins.compared(renewed)
        twins.set_mark(UPTO, newest)
        twins.set_mark(AS_OF, revision)
    report.twins = twins.counts()
    report.found = max(sum(report.twins.values()) - before, 0)
    report.files = len(old) + len(new)
    report.seconds = time.monotonic() - began
    return report


class _Pass:
    """Some files against the tracks after some track."""

    def __init__(self, store: Store, report: MatchReport, progress: Progress) -> None:
        self._store, self._report, self._progress = store, report, progress
        self._files: dict[int, Described] = {}
        self._by_title: dict[tuple[str, str], list[int]] = {}
        self._by_time: dict[tuple[str, int], list[int]] = {}
        self._by_id: dict[str, list[int]] = {}
        self._artists: set[str] = set()
        self._local: set[int] = set()
        self._found = 0

    def run(self, files: list[int], since: int, also: Sequence[int] = ()) -> None:
        """Find the twins of these files among the tracks after `since` and some before."""
        twins = self._store.twins
        self._index(files)
        self._local = {*files, *twins.known_files(), *twins.new_files()}
        seen = bytearray((twins.newest() >> 3) + 1)
        for pks in batches(chain(also, self._candidates(since)), CHUNK):
            fresh = []
            for pk in pks:
                if not seen[pk >> 3] & 1 << (pk & 7) and pk not in self._local:
                    seen[pk >> 3] |= 1 << (pk & 7)
                    fresh.append(pk)
            rows = [row for pk, track in twins.load(fresh) if (row := self._match(pk, track))]
            twins.put(rows)
            self._found += len(rows)
            self._report.compared += len(fresh)
            counts = {"twins": self._found}
            self._progress(Step("Matching", self._report.compared, None, counts))

    def _index(self, files: list[int]) -> None:
        self._files.clear()
        by_title: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        by_time: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        by_id: defaultdict[str, list[int]] = defaultdict(list)
        self._artists = set()
        for pk, track in self._store.twins.load(files):
            one = self._files[pk] = described(track)
            for kind, value in one.ids.items():
                by_id[f"{kind} {value}"].append(pk)
            artists = artist_blocks(track.artists, one.title.featured)
            self._artists.update(artists)
            for artist in artists:
                for title in title_blocks(one.title):
                    by_title[artist, title].append(pk)
                if one.duration:
                    by_time[artist, int(one.duration / BUCKET)].append(pk)
        self._by_title, self._by_time, self._by_id = dict(by_title), dict(by_time), dict(by_id)

    def _candidates(self, since: int) -> Iterator[int]:
        """Yield the tracks after `since` with an id or an artist of a file."""
        twins = self._store.twins
        written = (way for key in self._by_id for way in spellings(*key.split(" ", 1)))
        for values in batches(written):
            for pk, kind, value in twins.by_value(values):
                if pk > since and f"{kind} {plain_id(kind, value)}" in self._by_id:
                    yield pk
        artists = (
            pk
            for pk, name in twins.artists(since)
            if any(key in self._artists for key in block_keys(name))
        )
        for some in batches(artists, 100):
            yield from (pk for pk, _ in twins.tracks_of(some, since))

    def _match(self, pk: int, track: Track) -> tuple[int, int, str] | None:
        """Find the file that is most surely the same recording as a track."""
        one = described(track)
        best: tuple[float, float, int] | None = None
        how = ""
        for file in self._near(one, track):
            other = self._files[file]
            likeness = compare(one, other)
            if not likeness.is_same:
                continue
            apart = abs((one.duration or 0) - (other.duration or 0)) if one.duration else 0.0
            place = (-likeness.score, apart, file)
            if best is None or place < best:
                best, how = place, likeness.how
        return None if best is None else (pk, best[2], how)

    def _near(self, one: Described, track: Track) -> Iterable[int]:
        files: dict[int, None] = {}
        for kind in KINDS:
            if value := one.ids.get(kind):
                files |= dict.fromkeys(self._by_id.get(f"{kind} {value}", ()))
        titles = title_blocks(one.title)
        for artist in artist_blocks(track.artists, one.title.featured):
            for title in titles:
                files |= dict.fromkeys(self._by_title.get((artist, title), ()))
            if one.duration:
                middle = int(one.duration / BUCKET)
                for bucket in (middle - 1, middle, middle + 1):
                    files |= dict.fromkeys(self._by_time.get((artist, bucket), ()))
        return files
