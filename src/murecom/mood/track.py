"""The mood of a track from all that is known of it.

Words tell whether a song is glad or sad, sound tells how much it stirs: valence comes mostly from
lyrics, comments and playlists, arousal mostly from sound (Delbouys et al., "Music mood detection
based on audio and lyrics with deep neural net", ISMIR 2018). Each part counts by how sure it is;
where all are thin, the answer is near the mean of the library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from murecom.mood.parts import Column, nothing

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Share:
    """How a part enters.

    `valence` and `arousal` are its weights. People who write lists, comments and songs lean to one
    side, and each part has a width of its own: `lean` and `width` are what is expected of a part,
    and after `trust` tracks the library's own mean and width count as much. Without `trust` they
    never do: what is measured needs no such correction.
    """

    valence: float
    arousal: float
    lean: tuple[float, float] = (0.0, 0.0)
    width: tuple[float, float] = (0.3, 0.3)
    trust: float | None = 200.0


SHARES: Final[Mapping[str, Share]] = {
    "lyrics": Share(1.0, 0.25, (-0.1, 0.0), (0.3, 0.2)),
    "comments": Share(0.8, 0.2, (-0.1, 0.0), (0.3, 0.2), 50.0),
    "title": Share(0.1, 0.05, (0.0, 0.0), (0.4, 0.3)),
    "playlists": Share(1.0, 0.6, (0.0, 0.0), (0.15, 0.15), 50.0),
    "tags": Share(0.4, 0.4, (0.0, 0.0), (0.3, 0.3)),
    "sound": Share(0.4, 1.6, trust=None),
}
"""By key of the store's moods. Title against playlists by `benchmarks/_mood_tracks.py` (even half);
titles explain 4.5 % of valence and 1 % of arousal (ridge on a sentence encoder, Deezer's mood set),
lyrics and sound by the finding above; no labelled set at hand has comments."""

WIDTH: Final = 0.35
"Standard deviation that each part has after correction: what mean ratings of songs have on -1..1."

THIN: Final = 0.25
"Weight of parts at which a track stands half way between the library's mean and what they say."

KNOWN: Final = 0.1
"""How much less evidence a track in e - 1 playlists needs to be trusted as much as one in none.
Popularity never moves a point: a known song is described by more people, that is all."""


LABELLED: Final = 0.15
"""Weight of the parts that read labels below which a track has none: the one word of a title that
somebody loves is no love, and what is known of most tracks by sound alone is a point."""


def combined(parts: Mapping[str, Column], popularity: NDArray[np.int64] | None = None) -> Column:
    """Combine what the parts say.

    Parameters
    ----------
    parts : mapping of str to Column
        By keys of `SHARES`, all of the same n tracks.
    popularity : ndarray of int64, shape (n,), optional
        In how many playlists each track is; a prior of confidence only.

    Returns
    -------
    Column
        Of a track of which no part knows anything nothing is known. `count` is how many parts know
        something, `spread` how far they are apart. `probabilities` are those of the parts that
        have some, zeros where these are too thin (`LABELLED`).
    """
    n = len(next(iter(parts.values()))) if parts else 0
    if not n:
        return nothing(0)
    evidence, sums = np.zeros((n, 2)), np.zeros((n, 2))
    squares = np.zeros((n, 2))
    shares = np.zeros((n, len(next(iter(parts.values())).probabilities[0])))
    count = np.zeros(n, np.int64)
    for key, column in parts.items():
        share = SHARES[key]
        sure = column.confidence.astype(np.float64)
        weight = sure[:, None] * (share.valence, share.arousal)
        value = corrected(column, share)
        evidence += weight
        sums += weight * value
        squares += weight * value**2
        shares += (share.valence * sure)[:, None] * column.probabilities
        count += sure > 0
    mean = sums.sum(axis=0) / np.maximum(evidence.sum(axis=0), 1e-9)
    points = (sums + THIN * mean) / (evidence + THIN)
    centre = sums / np.maximum(evidence, 1e-9)
    apart = np.maximum(squares / np.maximum(evidence, 1e-9) - centre**2, 0).sum(axis=1)
    both = evidence.mean(axis=1)
    thin = np.full(n, THIN)
    if popularity is not None:
        thin /= 1 + KNOWN * np.log1p(np.maximum(popularity, 0))
    known = count > 0
    told = shares.sum(axis=1, keepdims=True)
    shares = np.where(told >= LABELLED, shares / np.maximum(told, 1e-9), 0)
    return Column(
        np.where(known[:, None], np.clip(points, -1, 1), 0).astype(np.float32),
        shares.astype(np.float32),
        (both / (both + thin)).astype(np.float32),
        count,
        np.sqrt(apart).astype(np.float32),
    )


def corrected(column: Column, share: Share) -> Doubles:
    """Take the lean off a part and give it the common width, shape (n, 2); see `Share`."""
    points = column.points.astype(np.float64)
    if share.trust is None:
        return points
    sure = column.confidence.astype(np.float64)
    known = float((sure > 0).sum())
    total = max(float(sure.sum()), 1e-9)
    own = (sure[:, None] * points).sum(axis=0) / total
    lean = (known * own + share.trust * np.array(share.lean)) / (known + share.trust)
    square = (sure[:, None] * (points - lean) ** 2).sum(axis=0) / total
    expected = np.array(share.width) ** 2
    width = np.sqrt((known * square + share.trust * expected) / (known + share.trust))
    return np.asarray(np.clip((points - lean) * WIDTH / np.maximum(width, 0.02), -1, 1))
