"""Linear classifiers of genres on vectors: fit, choose, calibrate. Plain arrays, no files.

Everything that is chosen (which vectors, which classifier, how sure to be, what is too far away) is
chosen by cross-validation inside the clips that are given, so a test part that is kept back stays
unseen. The result is always one matrix: all candidates are linear, and so is their average.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from murecom.errors import MissingExtra
from murecom.label.probe import DIMS, KEYS, Floats, Probe, features, nearest
from murecom.train.calibrate import losses, temper, temperature
from murecom.train.cases import Clips, Ints, columns_of, folds, repeats, sample
from murecom.train.distance import ball, reach
from murecom.types import Progress, Step, no_progress

Doubles = NDArray[np.float64]
Map = tuple[Doubles, Doubles]
"A linear map: weights (dim, genres) and bias (genres,)."

NETWORK, TAGS, MFCC = KEYS

INPUTS = ((NETWORK,), (NETWORK, MFCC), (NETWORK, TAGS, MFCC))
"The network alone, with timbre, and with the words it found, too."

LEVELS = ("windows", "means")
"""What is a case to learn from: each window with the genre of its clip, or the mean of a clip's
windows. What is said of a clip is the mean of the windows' logits either way."""

MEMBERS = ("logistic", "discriminant", "svm", "average")

CHOOSING = 400
"Clips that the choice is made on at most; beyond, the differences are smaller than their noise."

ROWS = 60_000
"Windows that a classifier is fitted on at most: some minutes with hundreds of genres."


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to classify."""

    level: str
    inputs: tuple[str, ...]
    member: str

    def __str__(self) -> str:
        return f"{self.member} on {self.level} of {' + '.join(self.inputs)}"


USUAL = Choice("windows", (NETWORK, MFCC), "average")
"What is taken unless something else is clearly better for the clips at hand."


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A probe, how it came about, and its logits before calibration (for comparison)."""

    probe: Probe
    choice: Choice
    tried: Mapping[str, float]
    "Log loss of each candidate in cross-validation, each at its best temperature."
    uncalibrated: Probe


def fit(clips: Clips, genres: tuple[str, ...], progress: Progress = no_progress) -> Fitted:
    """Choose, fit and calibrate a probe.

    Parameters
    ----------
    clips : Clips
        At least two genres with two clips each.
    genres : tuple of str
        Their names.
    progress : callable
        Told of each round of cross-validation.

    Raises
    ------
    MissingExtra
        scikit-learn is not installed.
    """
    some = clips.part(sample(clips.labels, CHOOSING))
    held = _held_out(some, list(product(LEVELS, INPUTS)), progress)
    choice, tried = choose(held, some.labels, repeats(some))
    if len(some) < len(clips):  # calibrate on all of them
        some = clips
        held = _held_out(clips, [(choice.level, choice.inputs)], progress)
    labels = np.tile(some.labels, repeats(some))

    view = View(clips)
    maps = view.members(choice.level, choice.inputs)
    members, warm = [choice], 1.0
    if choice.member == "average":
        members = able(held, choice.level, choice.inputs)
        warm = temperature(held[choice], labels, len(some))
    maps = {one.member: maps[one.member] for one in members}
    factors = {one.member: temperature(held[one], labels, len(some)) for one in members}
    calibrated = _mean({name: _times(one, factors[name] * warm) for name, one in maps.items()})
    near, far = reach(held_distances(clips))
    return Fitted(
        view.probe(genres, calibrated, near, far),
        choice,
        tried,
        view.probe(genres, _mean(maps), near, far),
    )


NEVER = -1e4
"Bias of a genre without clips: no temperature makes it probable."


class View:
    """Clips as the matrix that classifiers see: z-scored blocks, each of the same total spread."""

    def __init__(self, clips: Clips) -> None:
        self.clips = clips
        windows = features(clips.windows)
        self.mean = windows.mean(axis=0, dtype=np.float64).astype(np.float32)
        spread = windows.std(axis=0, dtype=np.float64).astype(np.float32)
        width = np.concatenate([np.full(DIMS[key], np.sqrt(DIMS[key])) for key in KEYS])
        # a feature that never changes tells nothing: divided by its block's width it stays near 0
        self.scale = (np.where(spread > 1e-6, spread, 1) * width).astype(np.float32)
        self.windows = self.z(windows)
        self.means = self.z(features(clips.means()))

    def z(self, rows: Floats) -> Floats:
        """Place features of other clips in this view."""
        result: Floats = (rows - self.mean) / self.scale
        return result

    def members(self, level: str, inputs: tuple[str, ...]) -> dict[str, Map]:
        """Fit every classifier on one kind of input: maps from all columns, zero where unused."""
        columns = columns_of(inputs)
        if level == "windows":
            rows = np.arange(len(self.windows))
            if len(rows) > ROWS:  # the same number of windows from each clip, those in the middle
                rows = rows[:: -(-len(rows) // ROWS)]
            x, y = self.windows[rows], self.clips.labels[self.clips.owner[rows]]
        else:
            x, y = self.means, self.clips.labels
        found = {}
        for name, (weights, bias) in _fit_members(x[:, columns].astype(np.float64), y).items():
            present = np.unique(y)
            whole = np.zeros((len(self.mean), self.clips.genres))
            whole[np.ix_(columns, present)] = weights
            start = np.full(self.clips.genres, NEVER)
            start[present] = bias
            found[name] = (whole, start)
        return found

    def probe(self, genres: tuple[str, ...], map_: Map, near: float, far: float) -> Probe:
        """Put a map and the distances of this view into a probe."""
        whitening, centres = ball(self.means, self.clips.labels, self.clips.genres)
        return Probe(
            genres=genres,
            keys=KEYS,
            mean=self.mean,
            scale=self.scale,
            weights=map_[0].astype(np.float32),
            bias=map_[1].astype(np.float32),
            whitening=whitening,
            centres=centres,
            near=near,
            far=far,
        )


# -- the classifiers ------------------------------------------------------------------------------


def _fit_members(x: Doubles, y: Ints) -> dict[str, Map]:
    """Fit all classifiers; the columns are the genres that occur in `y`, in order."""
    made: dict[str, Callable[[], Any]] = _makers()
    found: dict[str, Map] = {}
    if len(x) <= len(np.unique(y)):  # one case each: nothing to learn a spread from
        del made["discriminant"]
    for name, make in made.items():
        with warnings.catch_warnings():
            # not converged to the last digit is no loss: what counts is measured afterwards
            warnings.simplefilter("ignore")
            model = make().fit(x, y)
        weights, bias = np.asarray(model.coef_, np.float64).T, np.asarray(model.intercept_)
        if weights.shape[1] == 1:  # two genres: one margin, for and against
            weights = np.concatenate([-weights, weights], axis=1) / 2
            bias = np.concatenate([-bias, bias]) / 2
        found[name] = (weights, bias)
    return found


def _makers() -> dict[str, Callable[[], Any]]:
    try:
        from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
        from sklearn.linear_model import LogisticRegression
        from sklearn.svm import LinearSVC
    except ImportError as error:
        raise MissingExtra("genres", "Training a genre probe") from error
    return {
        "logistic": lambda: LogisticRegression(C=10.0, max_iter=300, tol=1e-3),
        "discriminant": lambda: LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto"),
        "svm": lambda: LinearSVC(C=1.0, dual=False, random_state=0),
    }


def _times(map_: Map, factor: float) -> Map:
    return map_[0] * factor, map_[1] * factor


def _mean(maps: Mapping[str, Map]) -> Map:
    weights, biases = zip(*maps.values(), strict=True)
    return np.mean(weights, axis=0), np.mean(biases, axis=0)


# -- cross-validation inside ----------------------------------------------------------------------


def _held_out(
    clips: Clips, ways: Sequence[tuple[str, tuple[str, ...]]], progress: Progress
) -> dict[Choice, Doubles]:
    """Give the logits that each candidate has for clips it was not fitted on.

    Shape (repeats * clips, genres), the clips in order once for each repeat; NaN for a clip that
    was never kept back, or whose genre had no other clip then.
    """
    n, times = len(clips), repeats(clips)
    kept = {
        Choice(level, inputs, member): np.full((times * n, clips.genres), np.nan)
        for level, inputs in ways
        for member in MEMBERS
    }
    cuts = [(t, *cut) for t in range(times) for cut in folds(clips.labels, clips.groups, t)]
    means = features(clips.means())
    for number, (time, train, test) in enumerate(cuts):
        view = View(clips.part(train))
        test = test[np.isin(clips.labels[test], view.clips.labels)]
        z = view.z(means[test])
        for level, inputs in ways:
            for member, (weights, bias) in view.members(level, inputs).items():
                kept[Choice(level, inputs, member)][time * n + test] = z @ weights + bias
        progress(Step("Choosing", number + 1, len(cuts)))
    labels = np.tile(clips.labels, times)
    for level, inputs in ways:
        own = [kept[one] for one in able(kept, level, inputs)]
        cool = [logits * temperature(logits, labels, n) for logits in own]
        kept[Choice(level, inputs, "average")] = np.mean(cool, axis=0)
    return kept


def able(held: Mapping[Choice, Doubles], level: str, inputs: tuple[str, ...]) -> list[Choice]:
    """Give the classifiers of one kind of input that could be fitted in every cut."""
    own = [Choice(level, inputs, member) for member in MEMBERS[:-1]]
    said = {one: np.isfinite(held[one]).all(axis=1) for one in own}
    most = max(rows.sum() for rows in said.values())
    return [one for one in own if said[one].sum() == most]


def choose(
    held: Mapping[Choice, Doubles], labels: Ints, times: int
) -> tuple[Choice, dict[str, float]]:
    """Take `USUAL` unless another candidate is better by more than chance.

    More than chance is one standard error of the difference of log losses, clip by clip (the rule
    of Breiman et al., "Classification and Regression Trees", 1984). Gives also all log losses,
    best first.
    """
    tiled = np.tile(labels, times)
    each = {
        one: losses(temper(held[one], tiled, len(labels)), tiled).reshape(times, -1).mean(axis=0)
        for one in held
    }
    most = max(int(np.isfinite(loss).sum()) for loss in each.values())
    means = {
        one: float(np.nanmean(loss)) if most and np.isfinite(loss).sum() == most else np.inf
        for one, loss in each.items()
    }
    best = min(means, key=lambda one: means[one])
    if USUAL in each:
        gain = each[USUAL] - each[best]
        gain = gain[np.isfinite(gain)]
        if not len(gain) or gain.mean() <= gain.std() / np.sqrt(max(len(gain) - 1, 1)):
            best = USUAL
    return best, {str(one): loss for one, loss in sorted(means.items(), key=lambda row: row[1])}


def held_distances(clips: Clips) -> Doubles:
    """Give the distance of each clip to the nearest genre, measured without the clip."""
    found = []
    means = features(clips.means())
    for time in range(repeats(clips)):
        for train, test in folds(clips.labels, clips.groups, time):
            view = View(clips.part(train))
            whitening, centres = ball(view.means, view.clips.labels, clips.genres)
            found.append(nearest(view.z(means[test]) @ whitening, centres))
    return np.concatenate([np.zeros(0), *found])
