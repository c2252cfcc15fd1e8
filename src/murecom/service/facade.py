"""`Murecom`: one home folder, opened; everything that the commands do."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from murecom import config
from murecom.engine.base import Engine
from murecom.engine.local import Local
from murecom.errors import BadInput, NotFound, NotReady
from murecom.formats import WriteReport, read_playlists, write_playlist
from murecom.jobs.analyse import Sound, embedders
from murecom.jobs.describe import describe_tracks
from murecom.jobs.scan import Plan, ScanOptions, ScanReport, forget, plan_scan, scan
from murecom.jobs.sound_model import sound_model
from murecom.playlist.duplicates import DISTANCE, SECONDS
from murecom.playlist.radio import Dials
from murecom.playlist.rules import CLOSE
from murecom.recommend.audio_knn import AudioKNN
from murecom.service.answers import STEERING, Limits, RadioStream, Sounds, start_from
from murecom.service.checkup import Check, checkup
from murecom.service.copies import DuplicateGroup, find_duplicates
from murecom.service.seeds import find_track, match_entries
from murecom.store import Store
from murecom.types import (
    Playlist,
    Progress,
    Recommendation,
    Track,
    no_progress,
)


class Murecom:
    """Everything that murecom does with one home folder.

    Parameters
    ----------
    home : Path, optional
        Folder of database and models; MURECOM_HOME or the user's data folder by default.
    flags : mapping, optional
        Settings that win over all others, by their keys: ``{"library.workers": 1}``.

    Raises
    ------
    BadInput
        A setting is unknown or out of range.

    Examples
    --------
    >>> with Murecom(home=Path("demo")) as m:                              # doctest: +SKIP
    ...     m.scan([Path("~/Music").expanduser()])
    ...     m.similar([m.find("bach cello suite")], k=5)
    """

    def __init__(self, home: Path | None = None, flags: Mapping[str, Any] | None = None) -> None:
        self.settings = config.load(home=home, flags=flags)
        self.home = self.settings.home
        self._store: Store | None = None
        self._model: AudioKNN | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; the object can be used again."""
        if self._store is not None:
            self._store.close()
            self._store = None

    @property
    def store(self) -> Store:
        """The database, opened when first needed."""
        if self._store is None:
            self._store = Store.open(self.settings.database)
        return self._store

    @property
    def sound(self) -> Sound:
        """Which vectors are made and compared."""
        s = self.settings.sound
        return Sound(s.model, s.backend, s.windows, s.mfcc_weight)

    # -- the library ------------------------------------------------------------------------------

    def scan(
        self,
        folders: Sequence[Path] = (),
        *,
        retry: bool = False,
        descriptors: bool = False,
        progress: Progress = no_progress,
        engine: Engine | None = None,
    ) -> ScanReport:
        """Bring the library in step with music folders; see `murecom.jobs.scan.scan`.

        Without folders those of the setting `library.roots` are scanned, else the last ones.
        """
        began = time.monotonic()
        options = self._scan_options(folders, retry)
        engine = engine or Local(workers=self.settings.library.workers)
        report = scan(self.store, self.home, options, engine, progress)
        if descriptors:
            report.described, failures = describe_tracks(self.store, self.home, engine, progress)
            report.failed += len(failures)
            report.failures += failures
        if self.store.vectors.keys():
            with suppress(NotReady):  # nothing has a sound yet: the counts say so
                self._sounds(progress)
        report.seconds = time.monotonic() - began
        return report

    def plan_scan(self, folders: Sequence[Path] = (), *, retry: bool = False) -> Plan:
        """Tell what a scan would do; nothing is written."""
        return plan_scan(self.store, self._scan_options(folders, retry))

    def forget(self, folders: Sequence[Path]) -> int:
        """Stop scanning folders; gives the number of files that are no longer recommended."""
        paths = [Path(folder).expanduser().absolute() for folder in folders]
        return forget(self.store, self.home, paths)

    def failures(self) -> list[tuple[str, str]]:
        """List the files that failed, with reasons."""
        return [(row.path, row.error or "") for row in self.store.files.iter(state="failed")]

    def status(self) -> dict[str, Any]:
        """Count what the library holds and say where it is."""
        return {
            **self.store.status(),
            "home": str(self.home),
            "roots": [str(root) for root in self._last_roots()],
            "model": self.settings.sound.model,
        }

    def backup(self, file: Path) -> None:
        """Copy the database to a file and check the copy."""
        self.store.backup(file)

    def checkup(self) -> list[Check]:
        """Check installation, home, database and music folders."""
        return checkup(self.settings, self._last_roots)

    # -- names ------------------------------------------------------------------------------------

    def search(self, text: str, limit: int = 20) -> list[Track]:
        """Search tracks by name, best first; nothing found gives an empty list."""
        return [track for track, _ in self.store.tracks.search(text, limit=limit)]

    def find(self, text: str, first: bool = False) -> Track:
        """Find the one track that a text means; see `murecom.service.seeds.find_track`."""
        return find_track(self.store, text, first)

    def examples(self, count: int) -> list[Track]:
        """Choose tracks that sound different from each other: the first is the most typical one.

        Farthest-point sampling among tracks that have a name; fewer than `count` when the library
        is smaller.
        """
        model = self._sounds().model
        unit = model.vectors()
        centre = unit.mean(axis=0)
        chosen = [int(np.argmax(unit @ centre))]
        while len(chosen) < min(count, len(unit)):
            nearest = (unit @ unit[chosen].T).max(axis=1)
            chosen.append(int(np.argmin(nearest)))
        ids = model.items.ids(chosen)
        tracks = self.store.tracks.get(ids)
        return [tracks[i] for i in ids if i in tracks]

    # -- recommendations --------------------------------------------------------------------------

    def similar(
        self,
        seeds: Sequence[Track],
        k: int = 10,
        *,
        by: str = "both",
        limits: Limits = Limits(),  # noqa: B008  frozen
        notes: Sequence[str] = (),
    ) -> Recommendation:
        """Find the `k` tracks that are most like the seeds.

        Parameters
        ----------
        seeds : sequence of Track
            One or several; a track outside the library needs a path, and is analysed.
        k : int
            At least 1.
        by : {"sound", "playlists", "both"}
            "both" uses whatever models exist.
        limits : Limits
            Caps and exclusions.
        notes : sequence of str
            Put in front of the answer's own notes.

        Raises
        ------
        NotFound
            None of the seeds has a sound.
        NotReady
            Nothing was scanned yet.
        """
        sounds = self._sounds(by=by)
        start = start_from(sounds.model, self.sound, seeds)
        return _with_notes(sounds.similar(start, _at_least_one(k, "k"), limits), notes)

    def continue_(
        self,
        seeds: Sequence[Track],
        length: int = 20,
        *,
        flow: bool = True,
        by: str = "both",
        limits: Limits = Limits(),  # noqa: B008
        notes: Sequence[str] = (),
    ) -> Recommendation:
        """Give the next `length` tracks of a list; parameters and errors as in `similar`."""
        sounds = self._sounds(by=by)
        start = start_from(sounds.model, self.sound, seeds[-STEERING:])
        answer = sounds.continue_(start, _at_least_one(length, "length"), limits, flow)
        return _with_notes(answer, notes)

    def radio(
        self,
        seeds: Sequence[Track],
        *,
        lookback: int | None = None,
        temperature: float | None = None,
        random_seed: int | None = None,
        by: str = "both",
        limits: Limits = Limits(),  # noqa: B008
        notes: Sequence[str] = (),
    ) -> RadioStream:
        """Play on for ever; parameters and errors as in `similar`."""
        sounds = self._sounds(by=by)
        start = start_from(sounds.model, self.sound, seeds)
        own = self.settings.playlist
        dials = Dials(
            lookback=own.lookback if lookback is None else lookback,
            temperature=own.temperature if temperature is None else temperature,
            least=CLOSE,
        )
        stream = sounds.radio(start, dials, random_seed, limits)
        stream.notes[:0] = notes
        return stream

    def path(
        self,
        start: Track,
        end: Track,
        steps: int = 8,
        *,
        by: str = "both",
        limits: Limits = Limits(),  # noqa: B008
    ) -> Recommendation:
        """Lead from one track to another in `steps` tracks, both included."""
        sounds = self._sounds(by=by)
        a, b = (start_from(sounds.model, self.sound, [track]) for track in (start, end))
        return sounds.path(a, b, steps, limits)

    def duplicates(
        self, distance: float = DISTANCE, seconds: float = SECONDS
    ) -> list[DuplicateGroup]:
        """Find files with the same bytes and tracks that sound the same; changes nothing."""
        return find_duplicates(self.store, embedders(self.sound)[0].key, distance, seconds)

    # -- playlist files ---------------------------------------------------------------------------

    def read_playlists(self, file: Path) -> list[Playlist]:
        """Read a playlist file; entries that the library knows come as its tracks."""
        playlists = read_playlists(file, roots=self._last_roots())
        known = []
        for playlist in playlists:
            tracks = tuple(
                next(iter(match_entries(self.store, [entry], file.parent, outside=False)[0]), entry)
                for entry in playlist.tracks
            )
            known.append(Playlist(playlist.name, tracks, playlist.id, playlist.description))
        return known

    def read_seeds(self, file: Path) -> tuple[list[Track], list[str]]:
        """Read the tracks of a playlist file to continue from.

        Returns
        -------
        tracks, notes
            What is known, and a sentence for each entry that is not.

        Raises
        ------
        NotFound
            No entry is known.
        """
        playlists = read_playlists(file, roots=self._last_roots())
        entries = [track for playlist in playlists for track in playlist.tracks]
        tracks, notes = match_entries(self.store, entries, file.parent)
        if not entries:
            raise NotFound(f"{file} is an empty playlist. Name tracks with --seed.")
        if not tracks:
            raise NotFound(
                f"None of the {len(entries)} entries of {file} is known. "
                "Scan the folder of its music first."
            )
        return tracks, notes

    def write_playlist(
        self, playlist: Playlist, file: Path, style: str | None = None
    ) -> WriteReport:
        """Write a playlist file in the format of its suffix; see `murecom.formats`."""
        paths = [track.path for track in playlist.tracks if track.path]

        def held(root: Path) -> int:
            return sum(Path(path).is_relative_to(root) for path in paths)

        return write_playlist(
            playlist,
            file,
            style=style or self.settings.playlist.path_style,  # type: ignore[arg-type]
            root=max(self._last_roots(), key=held, default=None),  # a player knows one folder
        )

    # -- inside -----------------------------------------------------------------------------------

    def _sounds(self, progress: Progress = no_progress, by: str = "both") -> Sounds:
        if by == "playlists":
            raise NotReady(
                "There is no model of playlists: this version recommends by sound. "
                "Use --by sound or --by both."
            )
        if by not in ("sound", "both"):
            raise BadInput(f"'{by}' is not a way to recommend. Use sound, playlists or both.")
        self._model = sound_model(self.store, self.home, self.sound, progress, self._model)
        return Sounds(self.store, self._model, self.sound, self.settings.playlist)

    def _scan_options(self, folders: Sequence[Path], retry: bool) -> ScanOptions:
        library = self.settings.library
        roots = tuple(Path(folder).expanduser().absolute() for folder in folders)
        return ScanOptions(
            roots=roots or tuple(self._last_roots()),
            extensions=frozenset(library.extensions) or None,
            follow_links=library.follow_links,
            retry=retry,
            sound=self.sound,
        )

    def _last_roots(self) -> list[Path]:
        """Folders from the settings, else those that were scanned before."""
        if self.settings.library.roots:
            return [root.expanduser().absolute() for root in self.settings.library.roots]
        return [Path(root) for root in self.store.files.roots()]


def _with_notes(answer: Recommendation, notes: Sequence[str]) -> Recommendation:
    return Recommendation(answer.seeds, answer.tracks, answer.model, (*notes, *answer.notes))


def _at_least_one(count: int, name: str) -> int:
    if count < 1:
        raise BadInput(f"{name} must be at least 1, not {count}.")
    return count
