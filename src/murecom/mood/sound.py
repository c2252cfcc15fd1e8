"""The mood of tracks by how they sound: measured numbers, and the tags that a network hears.

Arousal goes with loudness, the rate of onsets, brightness and tempo; valence with the major mode
and, less, with tempo: Eerola & Vuoskoski, "A comparison of the discrete and dimensional models of
emotion in music", Psychology of Music 2011, and Gabrielsson & Lindström, "The role of structure in
the musical expression of emotions", 2010, agree on the directions. The weights are set by hand
after these findings and checked on music whose character is known: `docs/design/mood-tracks.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from murecom.mood.labels import FELT
from murecom.mood.parts import Column

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measure:
    """A descriptor: what is usual of it, its spread, its weights; `is_log` compares octaves."""

    usual: float
    spread: float
    valence: float
    arousal: float
    is_log: bool = False


MEASURES: Final[Mapping[str, Measure]] = {
    "loudness": Measure(-15.0, 4.5, 0.0, 0.35),
    "onset_rate": Measure(6.0, 2.5, 0.05, 0.25),
    "brightness": Measure(2600.0, 1.0, 0.05, 0.25, True),
    "tempo": Measure(130.0, 0.45, 0.2, 0.15, True),
    "key_mode": Measure(0.5, 0.5, 0.5, 0.0),
}
"""By the names of `audio.descriptors`. Usual values and spreads are rounded medians and deviations
of 119 tracks of free music (metal, synthesiser and game music of four packages); of the mode they
are its middle."""

TAGS: Final[Mapping[str, tuple[float, float]]] = {
    "happy": (1.0, 0.3), "party": (0.6, 0.6), "dance": (0.5, 0.6), "catchy": (0.5, 0.2),
    "funk": (0.5, 0.3), "soul": (0.3, 0.0), "oldies": (0.3, 0.0), "60s": (0.3, 0.0),
    "country": (0.2, 0.0), "easy listening": (0.3, -0.6), "beautiful": (0.1, -0.4),
    "sad": (-1.0, -0.5), "metal": (-0.5, 1.0), "heavy metal": (-0.4, 0.8), "punk": (0.0, 0.8),
    "hard rock": (-0.1, 0.8), "rock": (0.0, 0.4), "alternative rock": (-0.1, 0.3),
    "House": (0.2, 0.4), "electro": (0.1, 0.4), "ambient": (-0.3, -1.0),
    "experimental": (-0.4, 0.0), "Mellow": (0.0, -0.8), "chill": (0.1, -0.7),
    "chillout": (0.0, -0.6), "acoustic": (0.1, -0.5), "folk": (0.1, -0.4),
    "jazz": (0.1, -0.3), "instrumental": (-0.1, -0.3),
}  # fmt: skip
"Valence and arousal of tags of the Million Song Dataset; those not named tell neither."

WIDEN: Final = 0.5
"""What one standard deviation of the weighted sum is on the axes, before the bend at the ends: with
it the points of the same 119 tracks spread by .35 over both axes, as ratings do (`track.WIDTH`)."""

TOGETHER: Final = 2.4
"""Spread of the weighted sum of tags in units of independent ones: they are heard together (metal,
heavy metal, hard rock). Measured on the same 119 tracks: 2.1 for valence, 2.7 for arousal."""

MEASURED, HEARD = 0.45, 0.35
"Confidence that numbers and that tags give; together they are .8, as sure as a sound can be."

_LIMIT = 3.0


def by_sound(
    measures: Mapping[str, Floats],
    tags: Floats,
    names: Sequence[str],
    usual: tuple[Floats, Floats],
) -> Column:
    """Give the mood of tracks by their sound.

    Parameters
    ----------
    measures : mapping of str to ndarray of float32, shape (n,)
        By the names of `MEASURES`, others are not looked at; NaN where nothing was measured.
    tags : ndarray of float32, shape (n, tags)
        How well each tag fits, 0..1; a row of NaN where nothing was heard.
    names : sequence of str
        Of the tags.
    usual : tuple of ndarray of float32, shape (tags,)
        Mean and standard deviation of each tag in music of many kinds.

    Returns
    -------
    Column
        `count` is how many kinds of evidence there are (numbers, tags), `spread` how far apart the
        two are. A track without either has confidence 0, one of which only some numbers are known
        the share that these have in both axes; there are no probabilities of labels.
    """
    n = len(tags)
    kinds = [_measured(measures, n), _heard(tags, names, usual)]
    sure = [one * share for (_, share), one in zip(kinds, (MEASURED, HEARD), strict=True)]
    total = sure[0] + sure[1]
    points = sum(s * value for s, (value, _) in zip(sure, kinds, strict=True))
    points = np.tanh(np.asarray(points) / np.maximum(total, 1e-9) * WIDEN)
    both = (sure[0] > 0) & (sure[1] > 0)
    apart = np.linalg.norm(np.where(both, kinds[0][0] - kinds[1][0], 0), axis=1) / 2
    return Column(
        points.astype(np.float32),
        np.zeros((n, len(FELT)), np.float32),
        total.mean(axis=1).astype(np.float32),
        np.stack([one.any(axis=1) for one in sure]).sum(axis=0, dtype=np.int64),
        np.tanh(apart).astype(np.float32),
    )


def _measured(measures: Mapping[str, Floats], n: int) -> tuple[Doubles, Doubles]:
    """Give weighted sums of standardised numbers, of unit spread, and what is known of them.

    Both of shape (n, 2).
    """
    columns, weights = [], []
    for name, one in MEASURES.items():
        values = np.asarray(measures.get(name, np.full(n, np.nan)), np.float64)
        if one.is_log:
            values = np.log2(np.where(values > 0, values, np.nan) / one.usual)
        else:
            values = values - one.usual
        columns.append(values / one.spread)
        weights.append((one.valence, one.arousal))
    return _sums(np.stack(columns, axis=1), np.array(weights))


def _heard(
    tags: Floats, names: Sequence[str], usual: tuple[Floats, Floats]
) -> tuple[Doubles, Doubles]:
    """Do the same with tags, whose logarithms are compared: most fit badly, a few very well."""
    kept = [column for column, name in enumerate(names) if name in TAGS]
    weights = np.array([TAGS[names[column]] for column in kept]).reshape(-1, 2)
    mean = np.maximum(np.asarray(usual[0], np.float64)[kept], 1e-6)
    # the logarithm of what is spread log-normally with this mean and deviation
    width = np.sqrt(np.log1p((np.asarray(usual[1], np.float64)[kept] / mean) ** 2))
    values = np.log(np.maximum(np.asarray(tags, np.float64)[:, kept], 1e-6))
    sums, shares = _sums((values - np.log(mean) + width**2 / 2) / np.maximum(width, 1e-3), weights)
    return sums / TOGETHER, shares


def _sums(values: Doubles, weights: Doubles) -> tuple[Doubles, Doubles]:
    """Give sums over what is there, and which share of the squared weights of each axis that is."""
    there = np.isfinite(values)
    known = np.where(there, np.clip(values, -_LIMIT, _LIMIT), 0)
    # as if the numbers were independent: what is missing makes the others count more, not all
    square = there @ weights**2
    share = square / np.maximum((weights**2).sum(axis=0), 1e-9)
    return known @ weights / np.maximum(np.sqrt(square), 1e-9), share
