"""How well genres were told apart: one report for every kind of network, and for the probe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from murecom.errors import BadInput

Z95 = 1.959964
"Quantile of the normal distribution that leaves 2.5 % on either side."


@dataclass(frozen=True, slots=True)
class Report:
    """What a test has shown; everything is plain, so that `types.to_json` takes it.

    Attributes
    ----------
    genres : tuple of str
        In the order of rows and columns of `confusion`.
    clips, slices : int
        How many were tested.
    accuracy : float
        Share of clips whose largest mean probability over their slices is the true genre.
    interval : tuple of float
        95 % interval of it, Wilson's.
    macro_f1 : float
        Mean over genres of F1, so that small genres count as much as large ones.
    slice_accuracy : float or None
        Share of slices, each looked at alone. None without slices.
    vote_accuracy : float or None
        Share of clips whose genre most slices vote for, as the original counted; of equals the
        genre with the larger sum of probabilities. None without slices.
    confusion : tuple of tuple of int
        Row: the true genre. Column: what was said.
    recall, precision : tuple of float
        For each genre; 0 where nothing was said or tested.
    """

    genres: tuple[str, ...]
    clips: int
    accuracy: float
    interval: tuple[float, float]
    macro_f1: float
    confusion: tuple[tuple[int, ...], ...]
    recall: tuple[float, ...]
    precision: tuple[float, ...]
    slices: int = 0
    slice_accuracy: float | None = None
    vote_accuracy: float | None = None

    @property
    def text(self) -> str:
        """The report as lines for a terminal."""
        return as_text(self)


def report(
    genres: Sequence[str],
    true: ArrayLike,
    probabilities: ArrayLike,
    slice_probabilities: ArrayLike | None = None,
    slice_clip: ArrayLike | None = None,
) -> Report:
    """Compare what was said with what is true.

    Parameters
    ----------
    genres : sequence of str
        Names of the columns.
    true : array_like of int, shape (clips,)
        Column of the true genre of each tested clip.
    probabilities : array_like of float, shape (clips, genres)
        Of each tested clip; the mean over its slices.
    slice_probabilities : array_like of float, shape (slices, genres), optional
        Of every slice of every clip.
    slice_clip : array_like of int, shape (slices,), optional
        Row of `true` that each slice belongs to; needed with `slice_probabilities`.

    Raises
    ------
    BadInput
        No clips, or shapes that do not fit together.
    """
    truth = np.asarray(true, np.intp)
    said = np.asarray(probabilities, np.float64)
    n = len(genres)
    if not len(truth) or said.shape != (len(truth), n):
        raise BadInput(
            f"A report needs at least one clip and probabilities of shape ({len(truth)}, {n}), "
            f"not {said.shape}."
        )
    confusion = np.zeros((n, n), np.int64)
    np.add.at(confusion, (truth, said.argmax(axis=1)), 1)
    right = int(np.trace(confusion))
    hits, tested, told = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    recall = hits / np.maximum(tested, 1)
    precision = hits / np.maximum(told, 1)
    f1 = 2 * hits / np.maximum(tested + told, 1)
    slices, slice_accuracy, vote_accuracy = 0, None, None
    if slice_probabilities is not None:
        if slice_clip is None:
            raise BadInput("slice_clip is missing: it tells which clip each slice belongs to.")
        slice_accuracy, vote_accuracy = _of_slices(
            truth, np.asarray(slice_probabilities, np.float64), np.asarray(slice_clip, np.intp)
        )
        slices = len(np.asarray(slice_clip))
    return Report(
        genres=tuple(genres),
        clips=len(truth),
        accuracy=right / len(truth),
        interval=wilson(right, len(truth)),
        macro_f1=float(f1[tested > 0].mean()),
        confusion=tuple(tuple(int(v) for v in row) for row in confusion),
        recall=tuple(float(v) for v in recall),
        precision=tuple(float(v) for v in precision),
        slices=slices,
        slice_accuracy=slice_accuracy,
        vote_accuracy=vote_accuracy,
    )


def wilson(right: int, total: int) -> tuple[float, float]:
    """Give the 95 % interval of a share (E. B. Wilson, JASA 22, 1927); (0, 1) of nothing."""
    if not total:
        return 0.0, 1.0
    share, z2 = right / total, Z95**2
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = Z95 * np.sqrt(share * (1 - share) / total + z2 / (4 * total**2)) / (1 + z2 / total)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def _of_slices(
    truth: NDArray[np.intp], said: NDArray[np.float64], clip: NDArray[np.intp]
) -> tuple[float, float]:
    """Give the accuracies of slices and of their votes."""
    if len(said) != len(clip) or not len(clip):
        raise BadInput(f"{len(said)} rows of slices do not fit {len(clip)} numbers of clips.")
    best = said.argmax(axis=1)
    votes = np.zeros((len(truth), said.shape[1]))
    np.add.at(votes, (clip, best), 1.0)
    sums = np.zeros_like(votes)
    np.add.at(sums, clip, said)
    # sums of a clip are below its number of slices: a tie-breaker that overrules no vote
    tie = sums / (1.0 + sums.sum(axis=1, keepdims=True))
    return float((best == truth[clip]).mean()), float(
        ((votes + tie).argmax(axis=1) == truth).mean()
    )


def as_text(result: Report) -> str:
    """Lay out a report: the figures, then the confusion matrix with true genres in rows."""
    low, high = result.interval
    lines = [
        f"clips      {result.accuracy:.3f}  ({low:.3f}-{high:.3f}) of {result.clips:,}, "
        f"macro-F1 {result.macro_f1:.3f}"
    ]
    if result.slice_accuracy is not None and result.vote_accuracy is not None:
        lines += [
            f"votes      {result.vote_accuracy:.3f}  the genre that most slices of a clip name",
            f"slices     {result.slice_accuracy:.3f}  of {result.slices:,}",
        ]
    return "\n".join([*lines, "", confusion_text(result.genres, result.confusion)])


def confusion_text(genres: Sequence[str], confusion: Sequence[Sequence[Any]]) -> str:
    """Lay out a confusion matrix; columns are named by the first letters of the genres."""
    wide = max(len(genre) for genre in genres)
    cell = max(4, *(len(str(v)) for row in confusion for v in row))
    cell = max(cell, min(wide, 7))
    head = " " * wide + "".join(f"  {genre[:cell]:>{cell}}" for genre in genres) + "  recall"
    rows = [head]
    for genre, row in zip(genres, confusion, strict=True):
        total = sum(row)
        right = row[list(genres).index(genre)] / total if total else 0.0
        cells = "".join(f"  {v or '·':>{cell}}" for v in row)
        rows.append(f"{genre:<{wide}}{cells}  {right:6.2f}")
    return "\n".join(rows)
