"""The import: playlists, listens and what files say of tracks into the store, bit by bit.

Killed at any moment it goes on where it was: every commit, some thousand entries, also says how far
its file has come. A file that was imported whole and has not changed since is passed over; a
playlist that comes again replaces the one with its id, a listen is known by its time and track, and
where nothing has changed nothing is written.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from murecom.errors import BadInput, MurecomError, NotFound, Unreachable, Unsupported
from murecom.formats import Content, ContentStream
from murecom.formats.base import Refused, entry_track
from murecom.formats.json_rows import LONGEST_ID
from murecom.jobs.lock import only_one
from murecom.jobs.matching import by_identity, by_name
from murecom.jobs.playlist_files import identified, is_named, nothing_found, playlist_files
from murecom.jobs.refused import RefusedFile
from murecom.library.guess import guess
from murecom.store import ImportRow, Store
from murecom.store.listens import why_not
from murecom.types import About, Listen, Playlist, Progress, Step, Track, no_progress

BATCH = 20_000
"Entries and listens of a commit: half a second's work, and what a killed import does again."


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What to import and how.

    `trainable` decides for all playlists whether models may learn from them, None leaves it to
    their source; `again` also reads files that have not changed; `roots` are the music folders;
    with `dry_run` all is read and nothing written.
    """

    paths: tuple[Path, ...]
    trainable: bool | None = None
    again: bool = False
    roots: tuple[Path, ...] = ()
    dry_run: bool = False


@dataclass(slots=True)
class ImportReport:
    """What an import did.

    `files` were read, `unchanged` passed over, `passed` are nothing to import (`other_files` names
    them), `failed` could not be used (`failures` says why). `playlists` were read, of which `added`
    and `replaced`; of these `overwritten` took the place of one that came from another file, as far
    as that can be told: it was added by the same import, or the file had never been imported; their
    `entries`. `listens` were read, of which `new_listens` were not known; `both_histories` says
    that Spotify's two kinds were among the files. `abouts` are tracks of which a file says more
    than the name; `tracks` were new. `withheld` are those of the added that no model learns from,
    because the terms of their source forbid it; `differing` ids were told with other names than
    before, which were not believed. `refused` rows are named in `refused_file`, unless there are
    none or nothing was to be written. A dry run knows no added, replaced and new ones.
    """

    files: int = 0
    unchanged: int = 0
    passed: int = 0
    failed: int = 0
    playlists: int = 0
    added: int = 0
    replaced: int = 0
    overwritten: int = 0
    entries: int = 0
    listens: int = 0
    new_listens: int = 0
    abouts: int = 0
    tracks: int = 0
    withheld: int = 0
    differing: int = 0
    refused: int = 0
    seconds: float = 0.0
    refused_file: str | None = None
    failures: list[tuple[str, str]] = field(default_factory=list)
    other_files: list[str] = field(default_factory=list)
    both_histories: bool = False


def import_playlists(
    store: Store, home: Path, options: ImportOptions, progress: Progress = no_progress
) -> ImportReport:
    """Bring playlists, listens and what is said of tracks from files into the store.

    Parameters
    ----------
    store : Store
        Written some thousand entries a commit.
    home : Path
        Where the lock stands that keeps a second import out, and the reports of refused rows.
    options : ImportOptions
        Files, folders and settings.
    progress : callable
        Told of the kilobytes read.

    Returns
    -------
    ImportReport
        Counts and failures.

    Raises
    ------
    NotFound
        There are no playlist files.
    NotReady
        Another import runs in this home.
    """
    if not options.paths:
        raise BadInput("No file to import. Name one: murecom import playlists.jsonl")
    began = time.monotonic()
    files, missing = playlist_files(options.paths)
    if not files and missing:
        raise NotFound(f"'{missing[0][0]}': {missing[0][1]}")
    if not files:
        raise nothing_found(options.paths)
    report = ImportReport(failed=len(missing), failures=missing)
    folder = None if options.dry_run else home / "imports"
    refusals = RefusedFile(folder, ("file", "where", "reason"))
    work = _Import(store, options, report, refusals, progress, files)
    try:
        if options.dry_run:
            work.run()
        else:
            with only_one(home, "import"):
                work.run()
    finally:
        report.refused, report.refused_file = refusals.count, refusals.close()
    report.seconds = time.monotonic() - began
    return report


class _Import:
    """One import, under way."""

    def __init__(
        self,
        store: Store,
        options: ImportOptions,
        report: ImportReport,
        refusals: RefusedFile,
        progress: Progress,
        files: list[str],
    ) -> None:
        self.store, self.options, self.report = store, options, report
        self.refusals, self.progress = refusals, progress
        self.stats: dict[str, os.stat_result] = {}
        for file in files:
            try:
                self.stats[file] = os.stat(file)
            except OSError as error:  # gone in the meantime, a link that leads nowhere
                self._fail(file, f"It cannot be read: {error.strerror}.")
        self.total = sum(stat.st_size for stat in self.stats.values()) // 1000
        self.before = 0  # bytes of the files that are done
        self.today = None if options.trainable is None else date.today().isoformat()
        self.now = time.time()
        self.newest = 0  # inner id of the last playlist that was there before
        self.matched: dict[tuple[object, ...], Track | None] = {}

    def run(self) -> None:
        """Import file by file; one that cannot be used does not stop the others."""
        names = [os.path.basename(file) for file in self.stats]
        self.report.both_histories = all(
            any(name.startswith(kind) for name in names)
            for kind in ("StreamingHistory", "Streaming_History_Audio")
        )
        if not self.options.dry_run:
            self.newest = self.store.playlists.newest()
        for file, stat in self.stats.items():
            try:
                self._import(file)
            except Unsupported as error:
                # below a folder there may be other files that are called like playlists
                if is_named(file, self.options.paths):
                    self._fail(file, error)
                else:
                    self.report.passed += 1
                    self.report.other_files.append(file)
            except Unreachable as error:
                if not os.path.exists(file) or not os.access(file, os.R_OK):
                    self._fail(file, error)
                else:  # the disk is full, the database does not answer
                    raise
            except MurecomError as error:
                self._fail(file, error)
            self.before += stat.st_size
        self._tell(0)

    def _fail(self, file: str, error: MurecomError | str) -> None:
        self.report.failed += 1
        self.report.failures.append((file, str(error)))

    def _import(self, file: str) -> None:
        stat, options = self.stats[file], self.options
        stream = ContentStream(file, roots=options.roots)
        # in between, too: a file may hold millions of rows that cannot be used, and no other
        counted: list[int] = []
        stream.source.told = lambda rows: counted.append(self._refuse(file, rows))
        row = ImportRow(file, stat.st_size, stat.st_mtime_ns, options.trainable)
        skipped = 0
        known = None if options.again or options.dry_run else self.store.imports.get(file)
        if known and replace(known, playlists=0, refused=0, finished=False) == row:
            # what an m3u means changes with the library, so it is read again
            if known.finished and stream.format.is_numbered and not self._is_forgotten(stream):
                self.report.unchanged += 1
                return
            skipped = 0 if known.finished else known.playlists
        since = self._since(stream, file)
        read, refused = 0, 0
        try:
            for batch in _batches(identified(stream)):
                first = read + 1
                read += len(batch)
                new = list(enumerate(batch, first))[max(skipped - first + 1, 0) :]
                fit = _Fit()
                for number, content in new:
                    self._take(stream, content, number, fit)
                refused += self._refuse(file, stream.source.refused) + sum(counted)
                counted.clear()
                if new and not options.dry_run:
                    self._put(stream, fit, replace(row, playlists=read, refused=refused), since)
                self._count(fit)
                self._tell(min(stream.source.done, stat.st_size - 1))
        finally:
            refused += self._refuse(file, stream.source.refused) + sum(counted)
        if not options.dry_run:
            self.store.imports.put(replace(row, playlists=read, refused=refused, finished=True))
        self.report.files += 1

    def _take(self, stream: ContentStream, content: Content, number: int, fit: _Fit) -> None:
        """Put what a file holds to its like; what cannot be true is refused."""
        if isinstance(content, Playlist):
            fit.playlists.append(self._fit(stream, content))
        elif isinstance(content, About):
            fit.abouts.append(content)
        elif reason := why_not(content, self.now):
            stream.source.refuse(f"listen {number}", reason)
        else:
            fit.listens.append(content)

    def _since(self, stream: ContentStream, file: str) -> int:
        """Give the inner id of the newest playlist that may have come from this file before.

        What comes again in a later export of Spotify is meant to take the place of the earlier.
        """
        if self.options.dry_run or stream.format.replaces or self.store.imports.get(file):
            return self.newest
        return -1

    def _put(self, stream: ContentStream, fit: _Fit, row: ImportRow, since: int) -> None:
        """Commit a batch together with how far its file has come."""
        options, report, kind = self.options, self.report, stream.format
        may = kind.trainable if options.trainable is None else options.trainable
        with self.store.transaction():
            written = self.store.playlists.put_many(
                fit.playlists, trainable=may, trainable_on=self.today, since=since
            )
            heard = self.store.listens.put_many(fit.listens, source=kind.name)
            told = self.store.abouts.put_many(fit.abouts, source=kind.name)
            self.store.imports.put(row)
        report.added += written.added
        report.replaced += written.replaced
        report.overwritten += written.overwritten
        report.entries += written.entries
        if options.trainable is None and not may:
            report.withheld += written.added
        report.new_listens += heard.added
        report.differing += written.differing
        report.tracks += written.tracks + heard.tracks + told

    def _count(self, fit: _Fit) -> None:
        report = self.report
        report.playlists += len(fit.playlists)
        report.listens += len(fit.listens)
        report.abouts += len(fit.abouts)
        if self.options.dry_run:
            report.entries += sum(len(playlist.tracks) for playlist in fit.playlists)

    def _fit(self, stream: ContentStream, playlist: Playlist) -> Playlist:
        """Let entries of local files be tracks of the library, where it has them."""
        if stream.format.is_numbered:
            return playlist
        tracks, kept = [], []
        for number, entry in enumerate(playlist.tracks):
            track = self._match(entry, stream.source.folder)
            if track is None or len(track.id) > LONGEST_ID:
                stream.source.refuse(f"entry {number + 1}", "nothing in it names a track")
            else:
                tracks.append(track)
                kept.append(number)
        added = tuple(playlist.added[number] for number in kept) if playlist.added else ()
        return replace(playlist, tracks=tuple(tracks), added=added)

    def _match(self, entry: Track, folder: str) -> Track | None:
        if not entry.id.startswith(("path:", "text:")):
            return entry
        key = (entry.id, entry.title, entry.artists, entry.duration)
        if key not in self.matched:
            found = None if entry.id.startswith("text:") else by_identity(
                self.store, entry, folder
            )  # fmt: skip
            if found is None:
                named = by_name(self.store, entry)
                # any other id would be another one next time, when more of that name are known
                found = named if named is not None and named.path else None
            self.matched[key] = found or _by_words(entry)
        return self.matched[key]

    def _is_forgotten(self, stream: ContentStream) -> bool:
        """Tell whether a file may hold listens, all of which were forgotten since."""
        return stream.format.tells_listens and self.store.listens.newest() is None

    def _refuse(self, file: str, refused: list[Refused]) -> int:
        """Write down what a reader has refused, and forget it; give how many there were."""
        number = self.refusals.add((file, one.where, one.reason) for one in refused)
        refused.clear()
        return number

    def _tell(self, done: int) -> None:
        report = self.report
        counts = {"playlists": report.playlists, "entries": report.entries}
        counts |= {"listens": report.listens} if report.listens else {}
        counts |= {"refused": self.refusals.count, "failed": report.failed}
        self.progress(Step("Importing", (self.before + done) // 1000, self.total, counts))


@dataclass(slots=True)
class _Fit:
    """What of a batch can be stored, by kind."""

    playlists: list[Playlist] = field(default_factory=list)
    listens: list[Listen] = field(default_factory=list)
    abouts: list[About] = field(default_factory=list)


def _batches(contents: Iterable[Content]) -> Iterator[list[Content]]:
    """Cut what a file holds into lists of about `BATCH` entries and listens."""
    batch: list[Content] = []
    size = 0
    for content in contents:
        batch.append(content)
        size += len(content.tracks) + 1 if isinstance(content, Playlist) else 1
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _by_words(entry: Track) -> Track | None:
    """Make a track of what an entry says, its file name at the worst; None if that is nothing."""
    title, artists, album = entry.title, entry.artists, entry.album
    if not title and entry.path:
        told = guess(entry.path)
        title, album = told.title, album or told.album
        artists = artists or ((told.artist,) if told.artist else ())
    return entry_track(
        title=title,
        artists=artists,
        album=album,
        duration=entry.duration,
        ids=dict(entry.ids),
    )
