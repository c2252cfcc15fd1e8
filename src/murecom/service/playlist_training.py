"""Training the model of playlists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from murecom.engine.choice import cluster_of
from murecom.errors import BadInput
from murecom.jobs import playlist_model, playlist_tuning
from murecom.jobs.lock import only_one
from murecom.jobs.playlist_model import Trained
from murecom.jobs.playlist_tuning import Tuning
from murecom.service.opened import Opened
from murecom.types import Progress, no_progress

if TYPE_CHECKING:
    from murecom.jobs.playlist_data import PlaylistData


class PlaylistTraining(Opened):
    """What is learned from playlists."""

    def train_playlists(
        self,
        files: Sequence[Path] = (),
        *,
        models: Sequence[str] | None = None,
        budget: float | None = None,
        defaults: bool = False,
        merge: bool | None = None,
        min_count: int | None = None,
        albums: bool | None = None,
        progress: Progress = no_progress,
    ) -> Trained:
        """Learn which tracks people put together, and keep the model that answers by playlists.

        The model before it answers until the new one is saved, whatever happens meanwhile.

        Parameters
        ----------
        files : sequence of Path
            Playlist files and folders to learn from; without them the playlists of the library.
        models : sequence of str, optional
            Recommenders to train, see `jobs.playlist_model.make`; the setting `playlists.models`
            by default, and without it those that are served by default.
        budget : float, optional
            Seconds in which to look for good parameters before. Without it those that an earlier
            search found are taken, else the defaults.
        defaults : bool
            Take the default parameters, whatever was found before.
        merge, min_count, albums : optional
            The settings of these names in section `playlists` by default.

        Returns
        -------
        Trained
            What was learned from, how long it took, what was tried.

        Raises
        ------
        NotReady
            There are no playlists, or another training runs here.
        BadInput
            Nothing can be learned from them; a file, a name or a number is wrong.
        MissingExtra
            `playlists` is not installed.
        """
        from murecom.jobs import playlist_data

        own = self.settings.playlists
        names = tuple(own.models if models is None else models)
        parts = playlist_model.parts_of(playlist_model.make(names))
        if budget is not None and budget <= 0:
            raise BadInput(f"The budget must be more than no time, not {budget:g} s.")
        options = {
            "merge": own.merge if merge is None else merge,
            "min_count": own.min_count if min_count is None else min_count,
            "albums": own.albums if albums is None else albums,
        }
        if files and albums:
            raise BadInput(
                "The albums are those of the library, and with files nothing of it is read. Import "
                "the files before, or leave --albums out."
            )
        options["albums"] = bool(options["albums"]) and not files
        weights = getattr(playlist_model.make(names), "weights", None)
        with only_one(self.home, "training"):
            least = int(options["min_count"])
            # a search must not know what is rare among the playlists that it asks about
            reading = options if budget is None else options | {"min_count": 1}
            data = self._playlists(files, reading, progress)
            playlist_model.check(data)
            tuning, notes = self._tuning(data, parts, weights, budget, least, defaults, progress)
            if budget is not None and least > 1:
                data = playlist_data.limited(data, least)
            parameters = playlist_tuning.changed(tuning) if tuning else {}
            used = {*parts, "blend"} if len(parts) > 1 else set(parts)
            parameters = {part: own for part, own in parameters.items() if part in used}
            if of_parts := {n: w for n, w in parameters.pop("blend", {}).items() if n in parts}:
                parameters["blend"] = of_parts
            made = playlist_model.train(
                data,
                playlist_model.folder_of(self.home),
                models=names,
                parameters=parameters,
                about={
                    "files": [str(file) for file in files],
                    **options,
                    "tried": len(tuning.tried) if tuning else 0,
                },
                engine=cluster_of(self.settings),
                progress=progress,
            )
        tried = tuple(tuning.tried) if tuning and budget is not None else ()
        return replace(made, notes=(*made.notes, *notes), tried=tried)

    def tried_parameters(self) -> Tuning | None:
        """Give what the last search for parameters has tried; None if there was none."""
        return playlist_tuning.read(playlist_tuning.file_of(self.home))

    def _playlists(
        self, files: Sequence[Path], options: dict[str, bool | int], progress: Progress
    ) -> PlaylistData:
        from murecom.jobs.playlist_data import read_files, read_store

        merge, albums = bool(options["merge"]), bool(options["albums"])
        least = int(options["min_count"])
        if files:
            return read_files(files, merge=merge, min_count=least, progress=progress)
        return read_store(
            self.store, merge=merge, min_count=least, albums=albums, progress=progress
        )

    def _tuning(
        self,
        data: PlaylistData,
        parts: Sequence[str],
        weights: Mapping[str, float] | None,
        budget: float | None,
        least: int,
        defaults: bool,
        progress: Progress,
    ) -> tuple[Tuning | None, tuple[str, ...]]:
        """Search for parameters, or recall those that were found."""
        file = playlist_tuning.file_of(self.home)
        if budget is not None:
            return playlist_tuning.tune(
                data,
                file,
                seconds=budget,
                parts=parts,
                weights=weights,
                min_count=least,
                progress=progress,
            )
        found = None if defaults else playlist_tuning.read(file)
        if found is None or not playlist_tuning.changed(found):
            return found, ()
        told = f"Parameters were tuned on {found.playlists:,} playlists ({found.when[:10]})."
        return found, (f"{told} The option --defaults leaves them out.",)
