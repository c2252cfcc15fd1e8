"""One home folder, opened: settings, database, and the models when they are needed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from murecom import config
from murecom.errors import NotReady
from murecom.jobs import playlist_model
from murecom.jobs.analyse import Sound
from murecom.jobs.lock import only_one
from murecom.jobs.slices import network_folder, stamp_of
from murecom.jobs.sound_model import sound_model
from murecom.jobs.twins import find_twins
from murecom.jobs.votes_model import votes_model
from murecom.recommend.audio_knn import AudioKNN
from murecom.recommend.base import Recommender
from murecom.recommend.slice_votes import SliceVotes
from murecom.service.answers import Sounds
from murecom.service.by_playlists import ByPlaylists
from murecom.store import Store
from murecom.types import Progress, no_progress


class Opened:
    """What all parts of the façade share."""

    def __init__(self, home: Path | None = None, flags: Mapping[str, Any] | None = None) -> None:
        self.settings = config.load(home=home, flags=flags)
        self.home = self.settings.home
        self._store: Store | None = None
        self._model: AudioKNN | None = None
        self._votes: SliceVotes | None = None
        self._lists: tuple[object, Recommender] | None = None

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
        inputs = tuple(self.settings.inputs.model_dump().items())
        network = None
        if s.model == "genre_cnn":
            folder = network_folder(self.home, Path(s.genre_model) if s.genre_model else None)
            network = (str(folder), stamp_of(folder))
        return Sound(s.model, s.backend, s.windows, s.mfcc_weight, inputs, network)

    # -- inside -----------------------------------------------------------------------------------

    def _sounds(self, progress: Progress = no_progress) -> Sounds:
        sound = self.sound
        self._model = sound_model(self.store, self.home, sound, progress, self._model)
        if self.settings.sound.ranking == "votes":
            self._votes = votes_model(self.store, self.home, sound, progress, self._votes)
        return Sounds(self.store, self._model, sound, self.settings.playlist, self._votes)

    def _by_playlists(self) -> ByPlaylists:
        """Open the model of playlists; NotReady or BadInput if there is none that can be used."""
        folder = playlist_model.folder_of(self.home)
        stamp = playlist_model.stamp_of(folder)
        if self._lists is None or stamp is None or self._lists[0] != stamp:
            self._lists = (stamp, playlist_model.load(folder))
        model = self._lists[1]
        stale = playlist_model.is_stale(model, self.store)
        notes = [*([playlist_model.STALE] if stale else []), *getattr(model, "notes", ())]
        return ByPlaylists(self.store, model, self.settings.playlist, tuple(notes))

    def _has_lists(self) -> bool:
        """Whether a model of playlists is there, however it is."""
        return playlist_model.stamp_of(playlist_model.folder_of(self.home)) is not None

    def _find_twins(self, progress: Progress = no_progress) -> None:
        """Match what is new, unless another command does that right now."""
        with suppress(NotReady), only_one(self.home, "match"):
            find_twins(self.store, progress=progress)

    def _last_roots(self) -> list[Path]:
        """Folders from the settings, else those that were scanned before."""
        if self.settings.library.roots:
            return [root.expanduser().absolute() for root in self.settings.library.roots]
        return [Path(root) for root in self.store.files.roots()]
