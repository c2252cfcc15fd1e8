"""The scan: music folders into tracks and vectors, each committed as soon as it is known.

Order of work: list the files; mark what is gone; analyse what is new, changed or asked for again.
A file is known by its path, size and time of change; its content hash tells moved files and copies.
The lyric file beside it is known by a mark: where only that has changed, only the words are read.
Interrupting at any moment loses at most the tracks that workers hold right then.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from murecom.engine.base import Engine
from murecom.errors import BadInput, NotFound
from murecom.jobs.analyse import Analysis, Sound, analyse, keys_of
from murecom.jobs.keeping import Keeper, prefix
from murecom.jobs.lock import only_one
from murecom.library.lyrics_files import Beside
from murecom.library.walk import Found, Unreadable, walk
from murecom.store import FileRow, Store
from murecom.types import Progress, Step, no_progress

SETTLED = frozenset({"done", "short", "silent"})
"States of files that need no second look while size and time of change stay."

TIMEOUT = 300.0
"Seconds for one file: a thousand times the usual, for network drives and sleeping disks."


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """What to scan and how."""

    roots: tuple[Path, ...]
    extensions: frozenset[str] | None = None
    follow_links: bool = True
    retry: bool = False
    sound: Sound = field(default_factory=Sound)


@dataclass(slots=True)
class ScanReport:
    """What a scan did, in numbers of files; `failures` names those that need a look."""

    found: int = 0
    added: int = 0
    changed: int = 0
    moved: int = 0
    returned: int = 0
    copies: int = 0
    unchanged: int = 0
    short: int = 0
    silent: int = 0
    gone: int = 0
    failed: int = 0
    worse: int = 0
    "Of the failed ones, those that were not known as failed before."
    described: int = 0
    lyrics: int = 0
    "Tracks whose words are new or have changed."
    seconds: float = 0.0
    failures: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_news(self) -> bool:
        """Whether the scan changed anything."""
        new = self.added + self.changed + self.moved + self.returned + self.copies
        told = self.short + self.silent + self.gone + self.worse
        return new + told + self.described + self.lyrics > 0

    @property
    def counts(self) -> dict[str, int]:
        """What a progress bar shows."""
        done = self.added + self.changed + self.moved + self.returned
        return {"added": done, "unchanged": self.unchanged, "failed": self.failed}


@dataclass(frozen=True, slots=True)
class Plan:
    """The files of a scan, sorted by what has to be done with them."""

    new: tuple[Found, ...]
    changed: tuple[Found, ...]
    returned: tuple[Found, ...]
    again: tuple[Found, ...]
    unchanged: int
    "Those of `words` are among them."
    gone: tuple[str, ...]
    unreadable: tuple[Unreadable, ...]
    failed_before: tuple[FileRow, ...] = ()
    words: tuple[Found, ...] = ()
    "Unchanged files beside which lyrics have come, changed or gone."

    @property
    def work(self) -> tuple[Found, ...]:
        """The files whose sound workers look into."""
        return self.new + self.changed + self.returned + self.again


def plan_scan(store: Store, options: ScanOptions, progress: Progress = no_progress) -> Plan:
    """List the files under the roots and compare them with what the store knows; write nothing."""
    rows = {row.path: row for row in store.files.iter()}
    incomplete = set(store.vectors.missing(keys_of(options.sound)))
    new, changed, returned, again, words = [], [], [], [], []
    beside = Beside()
    failed_before: list[FileRow] = []
    unreadable: list[Unreadable] = []
    seen: set[str] = set()
    unchanged = 0
    for entry in walk(
        options.roots, extensions=options.extensions, follow_links=options.follow_links
    ):
        if isinstance(entry, Unreadable):
            unreadable.append(entry)
            continue
        seen.add(entry.path)
        if len(seen) % 1000 == 0:
            progress(Step("Looking for music", len(seen)))
        row = rows.get(entry.path)
        if row is None:
            new.append(entry)
        elif row.state == "gone":
            returned.append(entry)
        elif (row.size, row.mtime_ns) != (entry.size, entry.mtime_ns):
            changed.append(entry)
        elif row.state in SETTLED and not (row.state == "done" and row.track in incomplete):
            unchanged += 1
            if row.track and row.lyrics != beside.mark(entry.path):
                words.append(entry)
        elif row.state == "failed" and not options.retry:
            failed_before.append(row)
        else:
            again.append(entry)
    gone = _gone(rows.values(), seen, options.roots, unreadable)
    return Plan(
        new=tuple(new),
        changed=tuple(changed),
        returned=tuple(returned),
        again=tuple(again),
        unchanged=unchanged,
        gone=tuple(gone),
        unreadable=tuple(unreadable),
        failed_before=tuple(failed_before),
        words=tuple(words),
    )


def scan(
    store: Store,
    home: Path,
    options: ScanOptions,
    engine: Engine,
    progress: Progress = no_progress,
) -> ScanReport:
    """Bring the store in step with the music folders.

    Parameters
    ----------
    store : Store
        Written one track a commit.
    home : Path
        Where the lock stands that keeps a second scan out.
    options : ScanOptions
        Roots and settings.
    engine : Engine
        Runs the analysis.
    progress : callable
        Told of every finished file.

    Returns
    -------
    ScanReport
        Counts and failures. An empty folder gives all zeros.

    Raises
    ------
    NotFound
        None of the roots exists.
    NotReady
        Another scan is running in this home.
    """
    if not options.roots:
        raise BadInput("No folder to scan. Name one: murecom scan ~/Music")
    started = time.monotonic()
    with only_one(home, "scan"):
        plan = plan_scan(store, options, progress)
        closed = [u for u in plan.unreadable if u.path in set(map(str, options.roots))]
        if len(closed) == len(options.roots):
            raise NotFound(f"{closed[0].reason} Check the path, then scan again.")
        report = ScanReport(
            found=len(plan.work) + plan.unchanged + len(plan.failed_before),
            unchanged=plan.unchanged,
            gone=len(plan.gone),
            failed=len(plan.unreadable) + len(plan.failed_before),
            failures=[(u.path, u.reason) for u in plan.unreadable],
        )
        report.failures += [(row.path, row.error or "") for row in plan.failed_before]
        unreadable = {u.path for u in plan.unreadable}
        there = [str(root) for root in options.roots if str(root) not in unreadable]
        store.files.set_roots(outermost([*store.files.roots(), *there]))
        if plan.gone:
            store.files.mark_gone(plan.gone)
        _run(store, options, plan, engine, report, progress)
        report.seconds = time.monotonic() - started
    return report


def forget(store: Store, home: Path, folders: Sequence[Path]) -> int:
    """Stop scanning folders: their files count as gone, their tracks and playlists are kept.

    Returns
    -------
    int
        How many files were known below them. A later scan of the folder brings all back.

    Raises
    ------
    NotReady
        A scan is running in this home.
    """
    below = tuple(prefix(folder) for folder in folders)
    with only_one(home, "scan"), store.transaction():
        rows = (row for row in store.files.iter() if (row.path + os.sep).startswith(below))
        paths = [row.path for row in rows if row.state != "gone"]
        store.files.mark_gone(paths)
        store.files.set_roots(r for r in store.files.roots() if not prefix(r).startswith(below))
    return len(paths)


def outermost(roots: Iterable[str]) -> list[str]:
    """Keep the folders that lie in none of the others, each once, in order of their names."""
    kept: list[str] = []
    for root in sorted(set(roots)):
        if not any(prefix(root).startswith(prefix(other)) for other in kept):
            kept.append(root)
    return kept


def _gone(
    rows: Iterable[FileRow],
    seen: set[str],
    roots: Sequence[Path],
    unreadable: Sequence[Unreadable],
) -> Iterator[str]:
    """Yield known files below the roots that are no longer there.

    What lies below a folder that cannot be read (an unplugged disk, say) is unknown, not gone.
    """
    below = tuple(prefix(root) for root in roots)
    hidden = tuple(prefix(u.path) for u in unreadable)
    for row in rows:
        if row.state == "gone" or row.path in seen:
            continue
        path = row.path + os.sep
        if path.startswith(below) and not (hidden and path.startswith(hidden)):
            yield row.path


def _run(
    store: Store,
    options: ScanOptions,
    plan: Plan,
    engine: Engine,
    report: ScanReport,
    progress: Progress,
) -> None:
    found = {entry.path: entry for entry in (*plan.work, *plan.words)}
    kinds = {e.path: "changed" for e in plan.changed}
    kinds |= {e.path: "returned" for e in plan.returned}
    again = {e.path for e in plan.again}
    words = {e.path for e in plan.words}
    keeper = Keeper(store, options.sound, options.roots, words)
    finished = report.unchanged - len(words)
    total = finished + len(found)
    progress(Step("Scanning", finished, total, report.counts))
    outcomes = engine.map(analyse, keeper.tasks(found.values()), timeout=TIMEOUT)
    try:
        for outcome in outcomes:
            entry = found[outcome.batch.path]
            result = outcome.value or Analysis("failed", error=outcome.error)
            if entry.path in words:
                kind = keeper.keep_words(entry, result)
            else:
                kind = keeper.keep(entry, result)
            if kind == "added":
                kind = kinds.get(entry.path, kind)
            if kind != "unchanged":  # counted by the plan
                setattr(report, kind, getattr(report, kind) + 1)
            if kind == "failed":
                report.worse += entry.path not in again
                report.failures.append((entry.path, result.error or ""))
            report.lyrics = keeper.lyrics
            finished += 1
            progress(Step("Scanning", finished, total, report.counts))
    finally:
        outcomes.close()  # type: ignore[attr-defined]
