"""Train a genre probe on a library with a folder for each genre: from clips to an artefact.

Listening takes most of the time and is kept (`clip_vectors`); fitting takes seconds. The figures
are of clips that the probe had not learned from, neither its weights nor what was chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from murecom.engine.base import Engine
from murecom.errors import BadInput
from murecom.label.probe import KEYS, SURE, Floats, Probe
from murecom.train.calibrate import calibration_error, log_loss
from murecom.train.cases import Clips
from murecom.train.clip_vectors import clip_vectors
from murecom.train.dataset import Clip, Unreadable, check, genres_of, labels_of
from murecom.train.linear import fit
from murecom.train.report import Report, report
from murecom.train.splits import Split, groups_of
from murecom.types import Progress, Step, no_progress, to_json

CACHE = "clips"
"Name of the folder below `cache` in home where vectors of clips are kept."


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A probe and what is known of it.

    Attributes
    ----------
    probe : Probe
        Trained on all clips that could be read, but for the test part of a published list.
    report : Report
        On clips kept back, by the split that was given.
    figures : mapping of str to float
        `log_loss` and `calibration_error`, and both `…_before` calibration; `sure`, the share of
        clips with a label of probability ½ or more, and `sure_accuracy` among these.
    choice : str
        Which classifier on which vectors the kept probe is.
    split : Split
        How the clips were divided.
    problems : tuple of Unreadable
        Clips that were left out.
    """

    probe: Probe
    report: Report
    figures: Mapping[str, float]
    choice: str
    split: Split
    problems: tuple[Unreadable, ...]

    def save(self, folder: Path | str) -> None:
        """Write the probe as an artefact; errors as in `artefact.save`."""
        self.probe.save(folder)

    @property
    def text(self) -> str:
        """Everything as lines for a terminal."""
        return as_text(self)


def train_probe(
    clips: Sequence[Clip],
    divide: Callable[[Sequence[Clip]], Split],
    engine: Engine,
    cache: Path,
    progress: Progress = no_progress,
) -> Trained:
    """Hear clips, measure by the split, then train on all of them.

    A published list keeps its test part out of the probe that is kept, too: others may want to
    measure it.

    Parameters
    ----------
    clips : sequence of Clip
        As `dataset.read_clips` gives them.
    divide : callable
        Given those clips that could be read, divides them as `splits.folds` or `splits.published`
        do. A probe needs no part to stop by: validation parts are trained on.
    engine : Engine
        Runs the analysis of the clips.
    cache : Path
        Folder where their vectors are kept, by content.
    progress : callable
        Told of each clip, then of each fold.

    Raises
    ------
    BadInput
        Too few clips can be read: one genre only, or a genre with a single clip; or the split
        tests nothing that can be read.
    MissingExtra
        scikit-learn is not installed.
    Unreachable
        The cache cannot be written.
    """
    vectors, problems = clip_vectors(clips, cache, engine, progress)
    places = sorted(vectors)
    kept = [clips[place] for place in places]
    check(kept, "the library")
    genres = genres_of(kept)
    data = gather(kept, [vectors[place] for place in places], genres)
    split = divide(kept)
    parts = [(np.union1d(fold.train, fold.valid), fold.test) for fold in split.folds]
    tested, said, before = examine(data, genres, parts, progress)
    progress(Step("Training", len(parts), len(parts) + 1))
    fitted = fit(data.part(parts[0][0]) if split.kind == "published" else data, genres)
    progress(Step("Training", len(parts) + 1, len(parts) + 1))
    labels = data.labels[tested]
    result = report(genres, labels, said)
    figures = _figures(said, before, labels)
    metrics: dict[str, Any] = {
        "split": split.kind,
        "folds": len(parts),
        "clips": len(kept),
        "choice": str(fitted.choice),
        "candidates": fitted.tried,
        **figures,
        "report": to_json(result),
    }
    probe = replace(fitted.probe, metrics=metrics)
    return Trained(probe, result, figures, str(fitted.choice), split, tuple(problems))


def gather(
    clips: Sequence[Clip], vectors: Sequence[Mapping[str, Floats]], genres: Sequence[str]
) -> Clips:
    """Put the vectors of clips one below the other."""
    counts = [len(one[KEYS[0]]) for one in vectors]
    return Clips(
        {key: np.concatenate([one[key] for one in vectors]) for key in KEYS},
        np.repeat(np.arange(len(clips)), counts),
        np.array(labels_of(clips, genres), np.intp),
        groups_of(clips)[0],
        len(genres),
    )


def examine(
    data: Clips,
    genres: tuple[str, ...],
    parts: Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]],
    progress: Progress = no_progress,
) -> tuple[NDArray[np.intp], Floats, Floats]:
    """Train on the first of each pair of parts, and ask about the second.

    Returns
    -------
    tested : ndarray of int, shape (tested,)
        Rows of clips, in the order of the parts.
    said, before : ndarray of float32, shape (tested, genres)
        Probabilities as a user sees them, and without calibration.

    Raises
    ------
    BadInput
        Nothing is left to test, or to learn from.
    """
    tested, said, before = [], [], []
    means = data.means()
    usable = [(train, test) for train, test in parts if len(test) and _teaches(data, train)]
    if not usable:
        raise BadInput(
            "No clip is left to test: those of the test part cannot be read, or too few others "
            "can. Replace the damaged files, or add clips."
        )
    for number, (train, test) in enumerate(usable):
        progress(Step("Training", number, len(parts) + 1))
        fitted = fit(data.part(train), genres)
        asked = {key: rows[test] for key, rows in means.items()}
        tested.append(test)
        said.append(fitted.probe.probabilities(asked))
        before.append(fitted.uncalibrated.probabilities(asked))
    return np.concatenate(tested), np.concatenate(said), np.concatenate(before)


def as_text(trained: Trained) -> str:
    """Lay out the report, how sure the probe may be, and what was chosen."""
    f = trained.figures
    lines = [
        trained.report.text,
        "",
        f"sure of    {f['sure']:.0%} of the clips, right about {f['sure_accuracy']:.0%} of them",
        f"log loss   {f['log_loss']:.3f}  (before calibration {f['log_loss_before']:.3f}, "
        f"guessing {np.log(len(trained.report.genres)):.3f})",
        f"calibration error {f['calibration_error']:.3f}  "
        f"(before calibration {f['calibration_error_before']:.3f})",
        f"chosen     {trained.choice}",
    ]
    return "\n".join(lines)


def _figures(said: Floats, before: Floats, labels: NDArray[np.intp]) -> dict[str, float]:
    sure = said.max(axis=1) >= SURE
    right = said.argmax(axis=1) == labels
    return {
        "log_loss": log_loss(said, labels),
        "log_loss_before": log_loss(before, labels),
        "calibration_error": calibration_error(said, labels),
        "calibration_error_before": calibration_error(before, labels),
        "sure": float(sure.mean()),
        "sure_accuracy": float(right[sure].mean()) if sure.any() else 0.0,
    }


def _teaches(data: Clips, rows: NDArray[np.intp]) -> bool:
    """Tell whether at least two genres have clips among these rows."""
    return len(np.unique(data.labels[rows])) > 1
