"""What a network heard in a track, as words: voices and instruments, and styles.

A tag is worth saying only if it stands out: nearly everything in a library of electronic music is
"electronic". So a tag counts when its probability lies well above what is usual, and the further
above, the more saying it tells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

LEAST: Final = 0.15
"A style below this probability is not heard."

LEAST_INSTRUMENT: Final = 0.1
"The same for voices and instruments, which the networks met less often."

STANDS_OUT: Final = 1.0
"""Standard deviations above the usual; about a sixth of all tracks have a given tag so clearly.
Lower values are said of random pairs nearly as often as of neighbours (docs/design/why.md)."""

NO_SINGING: Final = "no singing"

INSTRUMENTS: Final[Mapping[str, str]] = {
    "guitar": "guitar",
    "strings": "strings",
    "piano": "piano",
    "violin": "violin",
    "harpsichord": "harpsichord",
    "flute": "flute",
    "sitar": "sitar",
    "harp": "harp",
    "cello": "cello",
    "choir": "choir",
    "choral": "choir",
    "opera": "opera singing",
    "acoustic": "acoustic instruments",
    "instrumental": NO_SINGING,
    "no vocals": NO_SINGING,
    "no vocal": NO_SINGING,
    "no voice": NO_SINGING,
    "female vocalists": "a woman's voice",
    "female vocalist": "a woman's voice",
    "female": "a woman's voice",
    "female vocal": "a woman's voice",
    "female voice": "a woman's voice",
    "woman": "a woman's voice",
    "male vocalists": "a man's voice",
    "male": "a man's voice",
    "male vocal": "a man's voice",
    "male voice": "a man's voice",
    "man": "a man's voice",
}
"Tags of both networks that name who or what plays, in a listener's words."

UNSAID: Final = frozenset(
    {"beautiful", "catchy", "sexy", "party", "00s", "90s", "weird", "classic", "indian"}
    | {"drums", "synth", "beat", "beats", "vocal", "vocals", "singing", "voice", "solo"}
    | {"loud", "quiet", "slow", "fast", "soft"}
)
"Opinions, words that the measured numbers say better, and words that fit nearly everything."

NOT_TOGETHER: Final = (
    frozenset({NO_SINGING, "a woman's voice", "a man's voice", "choir", "opera singing"}),
)
"Of words that contradict each other only the clearest is heard; choir and opera are voices, too."


@dataclass(frozen=True, slots=True)
class Word:
    """A tag in a listener's words; `above` is how many deviations it lies above the usual."""

    text: str
    above: float
    is_instrument: bool


def words(
    probabilities: NDArray[np.floating],
    names: Sequence[str],
    mean: NDArray[np.floating],
    scale: NDArray[np.floating],
) -> dict[str, Word]:
    """Tell what stands out in a track.

    Parameters
    ----------
    probabilities : ndarray, shape (tags,)
        Of each tag, 0..1.
    names : sequence of str
        Of the tags.
    mean, scale : ndarray, shape (tags,)
        What is usual in the library, and how much it varies.

    Returns
    -------
    dict of str to Word
        By their text, the clearest first; empty if nothing stands out.
    """
    found: dict[str, Word] = {}
    above = (np.asarray(probabilities, float) - mean) / np.maximum(scale, 1e-3)
    for i in np.argsort(-above, kind="stable"):
        name = names[i].lower()
        instrument = INSTRUMENTS.get(name)
        text = instrument or name
        least = LEAST_INSTRUMENT if instrument else LEAST
        if name in UNSAID or probabilities[i] < least or above[i] < STANDS_OUT or text in found:
            continue
        if any(text in group and group & set(found) for group in NOT_TOGETHER):
            continue
        found[text] = Word(text, float(above[i]), instrument is not None)
    return found


def merged(*several: Mapping[str, Word]) -> dict[str, Word]:
    """Put together what several networks heard; voices that contradict each other stay out."""
    found: dict[str, Word] = {}
    for one in several:
        for text, word in one.items():
            if text not in found or word.above > found[text].above:
                found[text] = word
    for group in NOT_TOGETHER:
        if len(group & set(found)) > 1:
            found = {text: word for text, word in found.items() if text not in group}
    return dict(sorted(found.items(), key=lambda item: -item[1].above))


def shared(everyone: Sequence[Mapping[str, Word]]) -> list[tuple[Word, float]]:
    """Give the words that are true of everyone, the most telling first, with their bits.

    Returns
    -------
    list of (Word, float)
        The weakest of everyone's, and how much it tells, see `bits`.
    """
    if not everyone:
        return []
    common = set(everyone[0]).intersection(*everyone[1:])
    weakest = [min((one[text] for one in everyone), key=lambda w: w.above) for text in common]
    ordered = sorted(weakest, key=lambda word: (-word.above, word.text))
    return [(word, bits(word.above)) for word in ordered]


def bits(above: float) -> float:
    """Tell how much saying it tells: how many times likelier it is of neighbours, as a logarithm.

    Measured on free music: of nearest neighbours 2.5 times as often as of random pairs near one
    deviation above the usual, 11 times near two and a half (docs/design/why.md); a line.
    """
    return min(max(1.5 * above - 0.5, 0.0), 4.5)
