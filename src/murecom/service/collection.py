"""The library: scan it, count it, find things in it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from murecom.engine.base import Engine
from murecom.engine.choice import engine_of
from murecom.errors import Ambiguous, BadInput, NotFound, NotReady
from murecom.jobs import playlist_model
from murecom.jobs.analyse import Sound, keys_of
from murecom.jobs.describe import describe_tracks
from murecom.jobs.scan import Plan, ScanOptions, ScanReport, forget, plan_scan, scan
from murecom.playlist.duplicates import DISTANCE, SECONDS
from murecom.service.checkup import Check, checkup
from murecom.service.copies import DuplicateGroup, find_duplicates
from murecom.service.opened import Opened
from murecom.service.seeds import as_id, find_track
from murecom.types import Progress, Track, no_progress


class Collection(Opened):
    """The tracks of the library."""

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
        engine = engine or engine_of(self.settings, options.roots)
        report = scan(self.store, self.home, options, engine, progress)
        if descriptors:
            report.described, failures = describe_tracks(self.store, self.home, engine, progress)
            report.failed += len(failures)
            report.failures += failures
        self._find_twins(progress)
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
            "playlist_model": playlist_model.about(self.home, self.store),
        }

    def backup(self, file: Path) -> None:
        """Copy the database to a file and check the copy."""
        self.store.backup(file)

    def checkup(self) -> list[Check]:
        """Check installation, home, database and music folders."""
        return checkup(self.settings, self._last_roots)

    def search(self, text: str, limit: int = 20) -> list[Track]:
        """Search tracks by name, best first; nothing found gives an empty list."""
        return [track for track, _ in self.store.tracks.search(text, limit=limit)]

    def find(self, text: str, first: bool = False) -> Track:
        """Find the one track that a text means; see `murecom.service.seeds.find_track`.

        An id that only the model of playlists knows (it was trained from files) is a track, too.
        """
        try:
            return find_track(self.store, text, first)
        except NotFound as error:
            track_id = as_id(text)
            if not isinstance(error, Ambiguous) and ":" in track_id and self._has_lists():
                with suppress(NotReady, BadInput):
                    if track_id in self._by_playlists().model.items:
                        return Track(track_id)
            raise

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

    def duplicates(
        self, distance: float = DISTANCE, seconds: float = SECONDS
    ) -> list[DuplicateGroup]:
        """Find files with the same bytes and tracks that sound the same; changes nothing.

        What a genre network hears is too coarse to tell copies by: MusiCNN decides, where it heard.
        """
        return find_duplicates(self.store, keys_of(Sound())[0], distance, seconds)

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
