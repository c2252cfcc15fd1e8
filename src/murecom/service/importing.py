"""Playlists and listening history from elsewhere: into the library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from murecom.jobs.import_ import ImportOptions, ImportReport, import_playlists
from murecom.service.opened import Opened
from murecom.store import Store
from murecom.types import Progress, no_progress


class Importing(Opened):
    """What people put together and heard, kept to learn from."""

    def import_(
        self,
        files: Sequence[Path],
        *,
        trainable: bool | None = None,
        again: bool = False,
        dry_run: bool = False,
        progress: Progress = no_progress,
    ) -> ImportReport:
        """Bring playlists and listens into the library; see `jobs.import_.import_playlists`.

        Parameters
        ----------
        files : sequence of Path
            Files of any format that `murecom.formats` reads, or folders that hold some.
        trainable : bool, optional
            Decide whether models may learn from these playlists; remembered with its date. Without
            it the format decides.
        again : bool
            Also read files that were imported before and have not changed.
        dry_run : bool
            Only read, and say what is there: nothing is written, no database made.
        """
        if dry_run and self._store is None and not Store.exists(self.settings.database):
            with TemporaryDirectory(prefix="murecom-") as folder:
                self._store = Store.open(Path(folder) / "none.db")
                try:
                    return self._import(files, trainable, again, dry_run, progress)
                finally:
                    self.close()
        return self._import(files, trainable, again, dry_run, progress)

    def _import(
        self,
        files: Sequence[Path],
        trainable: bool | None,
        again: bool,
        dry_run: bool,
        progress: Progress,
    ) -> ImportReport:
        options = ImportOptions(
            paths=tuple(Path(file) for file in files),
            trainable=trainable,
            again=again,
            roots=tuple(self._last_roots()),
            dry_run=dry_run,
        )
        report = import_playlists(self.store, self.home, options, progress)
        if not dry_run:
            self._find_twins(progress)
        return report
