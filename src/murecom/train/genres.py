"""`train genres` with a network: folders in, folds trained and examined, one network kept.

Each fold trains a network on its training part, stops by its validation part, and is asked about
its test part; the figures are those of all test parts together. The network that is kept is then
trained on all clips but a validation part; with a published list, on the list's training part.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from murecom.audio import mel
from murecom.errors import BadInput, MissingExtra, NotReady, Unreachable
from murecom.plots import genres as pictures
from murecom.train.dataset import Clip, Unreadable, check, genres_of, labels_of
from murecom.train.report import Report, report
from murecom.train.spectra import Spectra, prepare
from murecom.train.splits import Fold, Split, folds, published, whole
from murecom.types import Progress, Step, no_progress, to_json

if TYPE_CHECKING:
    from murecom.train.checkpoint import Checkpoint
    from murecom.train.loop import Architecture, Task

MODELS = ("original", "small")

WORK = "training"
"Folder inside the target for what an interrupted training goes on from."


@dataclass(frozen=True, slots=True)
class Trained:
    """A network and what is known of it.

    Attributes
    ----------
    model : str
        `original` or `small`.
    folder : str
        Where it lies; `embed.genre_cnn.GenreCNN` reads it.
    key : str
        Under which its vectors are stored.
    report : Report
        Of all clips that were tested, each by a network that had not heard it.
    split, folds : str, int
        Kind and number of the folds.
    epochs : tuple of int
        Whose weights were best, for each fold and for the network that is kept.
    clips : int
        Taken; `problems` are those left out.
    files : tuple of str
        Report and pictures.
    notes : tuple of str
        What a user should know.
    """

    model: str
    folder: str
    key: str
    report: Report
    split: str
    folds: int
    epochs: tuple[int, ...]
    clips: int
    seconds: float
    problems: tuple[Unreadable, ...]
    files: tuple[str, ...]
    notes: tuple[str, ...]


def train_genres(
    clips: Sequence[Clip],
    folder: Path,
    *,
    model: str = "small",
    split_file: Path | None = None,
    fold_count: int = 5,
    seed: int = 0,
    epochs: int | None = None,
    restart: bool = False,
    progress: Progress = no_progress,
) -> Trained:
    """Train and examine a genre network, or go on with one that was interrupted.

    Parameters
    ----------
    clips : sequence of Clip
        As `dataset.read_clips` gives them.
    folder : Path
        Gets the network. What is needed to go on lies in `training` below it until the end.
    model : {"small", "original"}
    split_file : Path, optional
        A list `id,part`; without it k-fold.
    fold_count, seed, epochs
        Number of folds, seed of everything random, most epochs (the model's own number if None).
    restart : bool
        Throw away what an interrupted training has done.
    progress : callable
        Told of clips heard and of epochs.

    Raises
    ------
    MissingExtra
        torch is not installed.
    BadInput
        Clips or list are of no use; the sentence names the file.
    NotReady
        The folder holds an interrupted training of other clips or settings.
    Unreachable
        The folder cannot be written.
    """
    began = time.monotonic()
    architecture = architecture_of(model, epochs)
    work = folder / WORK
    if restart:
        shutil.rmtree(work, ignore_errors=True)
    _make(work)
    kept, spectra, problems = prepare(clips, work / "spectra", progress)
    check(kept, "the library")
    split = published(kept, split_file, seed) if split_file else folds(kept, fold_count, seed)
    last = split.folds[0] if split_file else whole(kept, seed)
    _same_run(work, architecture, kept, (*split.folds, last), seed)
    result, networks, epochs_of = _run(
        architecture, kept, spectra, split, last, seed, work, progress
    )
    genres = genres_of(kept)
    from murecom.train.export import ONNX, export

    slices, _ = spectra.slices(last.train)
    manifest = {
        "seed": seed,
        "settings": _settings(architecture),
        "split": split.kind,
        "folds": len(split.folds),
        "clips": len(kept),
        "report": to_json(result),
    }
    network = export(folder, architecture, networks[-1], genres, slices, manifest)
    files, notes = _write_report(folder, model, result, kept, spectra)
    shutil.rmtree(work, ignore_errors=True)
    return Trained(
        model=model,
        folder=str(folder),
        key=network.key,
        report=result,
        split=split.kind,
        folds=len(split.folds),
        epochs=tuple(epochs_of),
        clips=len(kept),
        seconds=round(time.monotonic() - began, 1),
        problems=tuple(problems),
        files=(str(folder / ONNX), *files),
        notes=(*split.sentences, *notes),
    )


def architecture_of(model: str, epochs: int | None = None) -> Architecture:
    """Give a kind of network with its settings.

    Raises
    ------
    MissingExtra
        torch is not installed.
    BadInput
        There is no such kind.
    """
    if model not in MODELS:
        raise BadInput(f"There is no genre network '{model}'. Take one of: {', '.join(MODELS)}.")
    try:
        import torch  # noqa: F401
    except ImportError as error:
        raise MissingExtra("train", "Training a network") from error
    from murecom.train.original import Original
    from murecom.train.small import Small

    made: Architecture = Original() if model == "original" else Small()
    return made if epochs is None else replace(made, epochs=epochs)  # type: ignore[type-var]


def examine(
    architecture: Architecture,
    task: Task,
    split: Split,
    genres: Sequence[str],
    networks: Sequence[Any],
) -> Report:
    """Ask the network of each fold about the fold's test part, and report on all together."""
    from murecom.train.loop import mean_of, predict

    truth, clips, slices, owners = [], [], [], []
    tested = 0
    for fold, network in zip(split.folds, networks, strict=False):
        power, owner = task.spectra.slices(fold.test)
        said = predict(network, power)
        truth.append(task.labels[fold.test])
        clips.append(mean_of(said, owner, len(fold.test)))
        slices.append(said)
        owners.append(owner + tested)
        tested += len(fold.test)
    return report(genres, *(np.concatenate(part) for part in (truth, clips, slices, owners)))


def _run(
    architecture: Architecture,
    clips: Sequence[Clip],
    spectra: Spectra,
    split: Split,
    last: Fold,
    seed: int,
    work: Path,
    progress: Progress,
) -> tuple[Report, list[Any], list[int]]:
    """Train every fold and the network that is kept."""
    from murecom.train.checkpoint import Checkpoint
    from murecom.train.loop import Task, train

    genres = genres_of(clips)
    task = Task(spectra, np.array(labels_of(clips, genres), np.intp), len(genres))
    todo = [*split.folds] if last is split.folds[0] else [*split.folds, last]
    networks, epochs = [], []
    for number, fold in enumerate(todo):

        def told(state: Checkpoint, number: int = number) -> None:
            done = number * architecture.epochs
            done += architecture.epochs if state.is_done else state.epoch
            percent = round(100 * (state.accuracy or 0))
            counts = {"fold": number + 1, "right %": percent}
            progress(Step("Training", done, len(todo) * architecture.epochs, counts))

        file = work / f"fold-{number}.npz"
        own_seed = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
        network = train(architecture, task, fold, seed=own_seed, file=file, told=told)
        networks.append(network)
        epochs.append(Checkpoint.load(file).best_epoch)
    return examine(architecture, task, split, genres, networks), networks, epochs


def mean_spectrograms(clips: Sequence[Clip], spectra: Spectra) -> NDArray[np.float32]:
    """Take the mean of the slices of each genre, in decibels: float32[genres, 128, 128]."""
    means = []
    for genre in genres_of(clips):
        rows = [row for row, clip in enumerate(clips) if clip.genre == genre]
        slices, _ = spectra.slices(rows)
        means.append(mel.compress(slices.mean(axis=0), "db"))
    return np.array(means, np.float32)


def _write_report(
    folder: Path, model: str, result: Report, clips: Sequence[Clip], spectra: Spectra
) -> tuple[list[str], list[str]]:
    """Write text, JSON and pictures; give the files and what could not be drawn."""
    genres = genres_of(clips)
    means = mean_spectrograms(clips, spectra)
    text = [f"{model}: {result.clips} clips tested", "", result.text]
    for genre, mean in zip(genres, means, strict=True):
        text += ["", f"{genre}: mean spectrogram of 3 s, {mean.min():.0f} to {mean.max():.0f} dB"]
        text.append(pictures.spectrogram_text(mean))
    files = [folder / "report.txt", folder / "report.json"]
    try:
        files[0].write_text("\n".join(text) + "\n", encoding="utf-8")
        document = json.dumps(to_json(result), ensure_ascii=False, indent=2)
        files[1].write_text(document + "\n", encoding="utf-8")
    except OSError as error:
        raise Unreachable(
            f"The report cannot be written to {folder} ({error.strerror or error}). Make room."
        ) from error
    try:
        title = f"{model}: {result.accuracy:.0%} of {result.clips} clips"
        files.append(pictures.confusion(folder / "confusion.png", genres, result.confusion, title))
        files.append(pictures.spectrograms(folder / "spectrograms.png", genres, means))
    except MissingExtra as missing:
        return [str(file) for file in files], [f"No pictures, only text. {missing}"]
    return [str(file) for file in files], []


def _settings(architecture: Architecture) -> dict[str, Any]:
    return {f.name: getattr(architecture, f.name) for f in fields(architecture)}  # type: ignore[arg-type]


def _make(work: Path) -> None:
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unreachable(
            f"{work.parent} cannot be written ({error.strerror or error}). "
            "Choose another folder with -o."
        ) from error


def _same_run(
    work: Path, architecture: Architecture, clips: Sequence[Clip], parts: Sequence[Fold], seed: int
) -> None:
    """Refuse to go on with a training of other clips or settings."""
    told = {
        "model": architecture.name,
        "settings": _settings(architecture),
        "clips": [[clip.id, clip.genre] for clip in clips],
        "folds": [[part.tolist() for part in (f.train, f.valid, f.test)] for f in parts],
        "seed": seed,
    }
    mark = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    file = work / "run.txt"
    if not file.exists():
        file.write_text(mark, encoding="utf-8")
    elif file.read_text(encoding="utf-8") != mark:
        raise NotReady(
            f"{work.parent} holds an interrupted training of other clips or settings. Run the "
            "same command as then to go on, or this one with --restart to throw it away."
        )
