"""Training models of one's own."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from murecom.engine.base import Engine
from murecom.engine.choice import engine_of
from murecom.errors import BadInput, MissingExtra
from murecom.jobs.lock import only_one
from murecom.jobs.slices import genre_folder
from murecom.service.opened import Opened
from murecom.types import Progress, no_progress

if TYPE_CHECKING:
    from murecom.train.dataset import Clip, Unreadable
    from murecom.train.report import Report

GENRE_MODELS = ("probe", "small", "original")


@dataclass(frozen=True, slots=True)
class GenreTraining:
    """What `train_genres` made.

    Attributes
    ----------
    model, folder : str
        Which kind, and where it lies.
    report : Report
        Of clips that were tested by a model that had not heard them.
    text : str
        The same as lines for a terminal, and what only this kind of model can tell.
    split, folds : str, int
        `published`, `artist` or `stratified`, and how many.
    figures : mapping
        What only this kind of model can tell: log loss of a probe, epochs of a network.
    files : tuple of str
        Report, pictures and ONNX file of a network.
    notes : tuple of str
        What a user should know.
    problems : tuple of Unreadable
        Files that were left out, with reasons.
    seconds : float
        It took so long, this time.
    """

    model: str
    folder: str
    report: Report
    text: str
    split: str
    folds: int
    figures: Mapping[str, Any]
    files: tuple[str, ...]
    notes: tuple[str, ...]
    problems: tuple[Unreadable, ...]
    seconds: float


class Training(Opened):
    """What is learned from the user's own folders."""

    def train_genres(
        self,
        folder: Path,
        model: str = "probe",
        *,
        split: Path | None = None,
        folds: int = 5,
        seed: int = 0,
        epochs: int | None = None,
        output: Path | None = None,
        restart: bool = False,
        progress: Progress = no_progress,
        engine: Engine | None = None,
    ) -> GenreTraining:
        """Learn to tell genres apart from a library with a folder for each genre.

        Parameters
        ----------
        folder : Path
            Holds a folder of clips for each genre; see `train.dataset`.
        model : {"probe", "small", "original"}
            A classifier on MusiCNN's vectors; a network from scratch; the original's network.
        split : Path, optional
            A list `id,part`; without it k-fold, with artists kept apart where tags name them.
        folds, seed, epochs : int
            Number of folds, seed of everything random, most epochs of a network.
        output : Path, optional
            Folder of the result; `models/genres-<model>` in home if None.
        restart : bool
            Throw away what an interrupted training of a network has done.

        Raises
        ------
        NotFound, BadInput
            The folder, the list or the clips are of no use; the sentence names the file.
        NotReady
            Another training runs here, or one of other clips was interrupted.
        MissingExtra
            `train` or `genres` is not installed.
        """
        from murecom.train.dataset import read_clips

        if model not in GENRE_MODELS:
            raise BadInput(f"There is no model '{model}'. Take one of: {', '.join(GENRE_MODELS)}.")
        target = output or genre_folder(self.home, model)
        began = time.monotonic()
        with only_one(self.home, "training"):
            clips, found = read_clips(folder)
            if model == "probe":
                engine = engine or engine_of(self.settings, [folder])
                made = self._probe(clips, target, split, folds, seed, engine, progress)
            else:
                from murecom.train.genres import train_genres

                trained = train_genres(
                    clips,
                    target,
                    model=model,
                    split_file=split,
                    fold_count=folds,
                    seed=seed,
                    epochs=epochs,
                    restart=restart,
                    progress=progress,
                )
                made = GenreTraining(
                    model=model,
                    folder=str(target),
                    report=trained.report,
                    text=trained.report.text,
                    split=trained.split,
                    folds=trained.folds,
                    figures={"key": trained.key, "epochs": trained.epochs},
                    files=trained.files,
                    notes=trained.notes,
                    problems=trained.problems,
                    seconds=0.0,
                )
        seconds = round(time.monotonic() - began, 1)
        return replace(made, problems=(*found, *made.problems), seconds=seconds)

    def _probe(
        self,
        clips: Sequence[Clip],
        target: Path,
        list_file: Path | None,
        folds: int,
        seed: int,
        engine: Engine,
        progress: Progress,
    ) -> GenreTraining:
        from murecom.train import splits
        from murecom.train.probe import CACHE, train_probe

        def divide(clips: Sequence[Clip]) -> splits.Split:
            if list_file:
                return splits.published(clips, list_file, seed)
            return splits.folds(clips, folds, seed)

        if find_spec("sklearn") is None:  # told before the clips are heard
            raise MissingExtra("genres", "Training a probe")
        divide(clips)  # a list that is of no use is told before the clips are heard
        trained = train_probe(clips, divide, engine, self.home / "cache" / CACHE, progress)
        trained.save(target)
        return GenreTraining(
            model="probe",
            folder=str(target),
            report=trained.report,
            text=trained.text,
            split=trained.split.kind,
            folds=len(trained.split.folds),
            figures={**trained.figures, "choice": trained.choice},
            files=(),
            notes=trained.split.sentences,
            problems=trained.problems,
            seconds=0.0,
        )
