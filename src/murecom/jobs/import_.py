"""The import: playlist files into the store, some thousand entries a commit.

Killed at any moment it goes on where it was: every commit also says how far its file has come. A
file that was imported whole and has not changed since is passed over; a playlist that comes again
replaces the one with its id, and where nothing has changed nothing is written.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

from murecom.errors import BadInput, MurecomError, Unreachable, Unsupported
from murecom.formats import ContentStream
from murecom.formats.base import Refused, entry_track, tidy
from murecom.formats.json_rows import LONGEST_ID
from murecom.jobs.lock import only_one
from murecom.jobs.matching import by_identity, by_name
from murecom.jobs.playlist_files import (
    NUMBERED,
    identified,
    is_named,
    nothing_found,
    playlist_files,
)
from murecom.library.guess import guess
from murecom.store import ImportRow, Store
from murecom.store.bulk import by_entries
from murecom.types import Playlist, Progress, Step, Track, no_progress


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

    `files` were read, `unchanged` passed over, `passed` are none of playlists, `failed` could not
    be used (`failures` says why). `playlists` were read, of which `added` and `replaced`; of these
    `overwritten` took the place of one that the same import had added; their `entries`, `tracks`
    that were new. `refused` rows are named in `refused_file`, unless there are
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
    tracks: int = 0
    refused: int = 0
    seconds: float = 0.0
    refused_file: str | None = None
    failures: list[tuple[str, str]] = field(default_factory=list)


def import_playlists(
    store: Store, home: Path, options: ImportOptions, progress: Progress = no_progress
) -> ImportReport:
    """Bring playlist files into the store.

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
    if not files:
        raise nothing_found(options.paths)
    report = ImportReport(failed=len(missing), failures=missing)
    refusals = _Refusals(None if options.dry_run else home / "imports")
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
        refusals: _Refusals,
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
        self.newest = 0  # inner id of the last playlist that was there before
        self.matched: dict[tuple[object, ...], Track | None] = {}

    def run(self) -> None:
        """Import file by file; one that cannot be used does not stop the others."""
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
        row = ImportRow(file, stat.st_size, stat.st_mtime_ns, options.trainable)
        skipped = 0
        known = None if options.again or options.dry_run else self.store.imports.get(file)
        if known and replace(known, playlists=0, refused=0, finished=False) == row:
            # what an m3u means changes with the library, so it is read again
            if known.finished and stream.format.name in NUMBERED:
                self.report.unchanged += 1
                return
            skipped = 0 if known.finished else known.playlists
        read, refused = 0, 0
        try:
            for batch in by_entries(identified(stream)):
                read += len(batch)
                new = batch[max(len(batch) - (read - skipped), 0) :]
                fit = [self._fit(stream, playlist) for playlist in new]
                refused += self.refusals.take(file, stream.source.refused)
                self.report.playlists += len(fit)
                if options.dry_run:
                    self.report.entries += sum(len(playlist.tracks) for playlist in fit)
                elif fit:
                    self._put(fit, replace(row, playlists=read, refused=refused))
                self._tell(min(stream.source.done, stat.st_size - 1))
        finally:
            refused += self.refusals.take(file, stream.source.refused)
        if not options.dry_run:
            self.store.imports.put(replace(row, playlists=read, refused=refused, finished=True))
        self.report.files += 1

    def _put(self, playlists: list[Playlist], row: ImportRow) -> None:
        """Commit playlists together with how far their file has come."""
        options, report = self.options, self.report
        with self.store.transaction():
            written = self.store.playlists.put_many(
                playlists,
                trainable=options.trainable is not False,
                trainable_on=self.today,
                since=self.newest,
            )
            self.store.imports.put(row)
        report.added += written.added
        report.replaced += written.replaced
        report.overwritten += written.overwritten
        report.entries += written.entries
        report.tracks += written.tracks

    def _fit(self, stream: ContentStream, playlist: Playlist) -> Playlist:
        """Let entries of local files be tracks of the library, where it has them."""
        if stream.format.name in NUMBERED:
            return playlist
        tracks = []
        for number, entry in enumerate(playlist.tracks, 1):
            track = self._match(entry, stream.source.folder)
            if track is None or len(track.id) > LONGEST_ID:
                stream.source.refuse(f"entry {number}", "nothing in it names a track")
            else:
                tracks.append(track)
        return replace(playlist, tracks=tuple(tracks))

    def _match(self, entry: Track, folder: str) -> Track | None:
        if not entry.id.startswith(("path:", "text:")):
            return entry
        key = (entry.id, entry.title, entry.artists)
        if key not in self.matched:
            found = None if entry.id.startswith("text:") else by_identity(
                self.store, entry, folder
            )  # fmt: skip
            self.matched[key] = found or by_name(self.store, entry) or _by_words(entry)
        return self.matched[key]

    def _tell(self, done: int) -> None:
        report = self.report
        counts = {"playlists": report.playlists, "entries": report.entries}
        counts |= {"refused": self.refusals.count, "failed": report.failed}
        self.progress(Step("Importing", (self.before + done) // 1000, self.total, counts))


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


class _Refusals:
    """Writes down the rows that could not be used, in a file that is made when there is one."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._file: TextIO | None = None
        self.count = 0

    def take(self, file: str, refused: list[Refused]) -> int:
        """Write down what a reader has refused, and forget it; give how many there were."""
        number = len(refused)
        self.count += number
        if number and self._folder is not None:
            lines = ("\t".join(map(tidy, (file, r.where, r.reason))) + "\n" for r in refused)
            self._opened(self._folder).writelines(lines)
        refused.clear()
        return number

    def close(self) -> str | None:
        """Close the file; give its path if there is one."""
        if self._file is None:
            return None
        self._file.close()
        return self._file.name

    def _opened(self, folder: Path) -> TextIO:
        if self._file is None:
            stamp = datetime.now().strftime("%Y-%m-%d-%H%M%S")
            path = folder / f"{stamp}-refused.tsv"
            try:
                folder.mkdir(parents=True, exist_ok=True)
                self._file = path.open("a", encoding="utf-8")
            except OSError as error:
                raise Unreachable(
                    f"{path} cannot be written: {error.strerror}. Choose another --home."
                ) from error
            self._file.write("file\twhere\treason\n")
        return self._file
