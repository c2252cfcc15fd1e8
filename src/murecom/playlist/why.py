"""Reasons: words that say why a neighbour is near, each true of both tracks.

The numbers behind them are stored with the tracks: what the networks heard, tempo, key and loudness
of the whole file, what its tags say. Of all that is true, what sets near tracks apart from random
pairs is said first (docs/design/why.md has the table); when nothing is, the words only say how near
the two sound. Of a neighbour that is not very near it is also said what is different.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log2
from typing import Final

import numpy as np
from numpy.typing import NDArray

from murecom.playlist.heard import NO_SINGING, Word, shared
from murecom.text.fold import name_key
from murecom.types import Track

MOST: Final = 4
"Parts of a reason; more are not read."

TEMPO_SPAN: Final = 0.04
"Tempos within 4 %, a step that listeners hardly tell without counting."

TEMPO_SURE, KEY_SURE = 0.9, 0.7
"""Least confidence of each tempo and key that is spoken of. On music that the estimates never
learned from, nine of ten tempos and keys that reach it are right (docs/design/audio.md)."""

LOUDNESS_SPAN: Final = 1.0
"Loudness Units; one is about the smallest difference that listeners notice in turn."

TIMBRE_LEAST: Final = 0.6
"Cosine of the timbre blocks from which two tracks sound of the same stuff."

YEARS_SPAN: Final = 3
"Years of release so near are called the same time."

FAR: Final = 0.45
"Calibrated scores below this also say what is different; a random pair has 0.1."

TEMPO_APART, LOUDNESS_APART = 1.2, 6.0
"A ratio of tempos, and Loudness Units, that nobody misses."

WORD_APART: Final = 1.5
"Deviations above the usual of what one track has and the other lacks."

_BITS: Final = {
    "timbre": 2.8,
    "genre": 1.5,
    "relative key": 1.2,
    "tempo": 0.9,
    "same key": 0.8,
    "years": 0.7,
    "near keys": 0.3,
    "octave": 0.2,
}
"""Binary logarithms of how many times oftener they are true of nearest neighbours than of random
pairs (benchmarks/reasons.py)."""

_LIKE: Final = (
    (0.75, "sounds much alike"),
    (FAR, "sounds alike"),
    (0.2, "sounds a little alike"),
    (0.0, "the nearest there is, but different"),
)
"Calibrated scores, on which a random pair has 0.1."

_TONICS: Final = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """What is known of a track.

    Parameters
    ----------
    track : Track
        Names.
    descriptors : mapping of str to float
        Any of `tempo` (BPM), `tempo_confidence`, `key_tonic` (0-11 for C-B), `key_mode` (1 major,
        0 minor), `key_confidence`, `loudness` (LUFS), as `audio.descriptors` names them.
    heard : mapping of str to Word
        What stands out in the track (`heard.words`).
    timbre : ndarray of shape (dim,), optional
        Its z-scored timbre block; None if it has none.
    genres : sequence of str
        As its file says.
    year : int, optional
        Of release.
    """

    track: Track
    descriptors: Mapping[str, float] = field(default_factory=dict)
    heard: Mapping[str, Word] = field(default_factory=dict)
    timbre: NDArray[np.floating] | None = None
    genres: Sequence[str] = ()
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One statement that is true of everyone; the more `bits`, the more it sets them apart."""

    kind: str
    text: str
    bits: float


def why(seeds: Sequence[Profile], neighbour: Profile, score: float) -> str:
    """Say what a neighbour has in common with the seeds.

    Parameters
    ----------
    seeds : sequence of Profile
        What is said is true of the neighbour and of every seed.
    neighbour : Profile
        The track to explain.
    score : float
        0..1, calibrated. It says how near the two are when nothing else can be said; when it is
        low, differences are named.

    Returns
    -------
    str
        At most four parts joined by " · ", such as "both: jazz, blues · same tempo (about 96 BPM)".
        Never empty.
    """
    found = reasons(seeds, neighbour)
    parts = [reason.text for reason in found if reason.kind != "loudness"][:MOST]
    parts = parts or [alike(score)]
    # To be as loud explains little: it never stands alone.
    parts += [r.text for r in found if r.kind == "loudness" and len(parts) < MOST]
    if score < FAR and (apart := differences(seeds, neighbour)):
        parts.append("but " + " and ".join(apart))
    return " · ".join(parts)


def reasons(seeds: Sequence[Profile], neighbour: Profile) -> list[Reason]:
    """List what is true of the neighbour and of every seed, the most telling first."""
    everyone = [*seeds, neighbour]
    if not seeds:
        return []
    found = [
        *_names(everyone),
        *_heard(everyone),
        *_timbre(everyone),
        *_tempo(seeds, neighbour),
        *_key(seeds, neighbour),
        *_file(everyone),
        *_loudness(everyone),
    ]
    return sorted(found, key=lambda reason: -reason.bits)


def alike(score: float) -> str:
    """Say in words how near two tracks sound by a calibrated score."""
    return next((words for least, words in _LIKE if score >= least), _LIKE[-1][1])


def differences(seeds: Sequence[Profile], neighbour: Profile) -> list[str]:
    """Name up to two differences that hold against every seed."""
    found = []
    tempos, own = _sure_tempos(seeds), _sure_tempos([neighbour])
    if tempos and own:
        against = f"({_bpm(own)} against {_bpm(tempos)} BPM)"
        # a multiple may be the same pulse counted otherwise: nothing is said of it
        multiple = any(_octave(own[0] / t) for t in tempos)
        if own[0] > TEMPO_APART * max(tempos) and not multiple:
            found.append(f"faster {against}")
        elif own[0] * TEMPO_APART < min(tempos) and not multiple:
            found.append(f"slower {against}")
    # of a seed in which nothing was heard it may only be unknown
    are_heard = bool(seeds) and all(seed.heard for seed in seeds)
    for text, word in neighbour.heard.items() if are_heard else ():
        if word.above >= WORD_APART and not any(text in seed.heard for seed in seeds):
            found.append(_with(text) if word.is_instrument else f"more {text}")
            break
    levels, level = _values(seeds, "loudness"), _values([neighbour], "loudness")
    if levels and level:
        if level[0] > max(levels) + LOUDNESS_APART:
            found.append("louder")
        elif level[0] < min(levels) - LOUDNESS_APART:
            found.append("quieter")
    return found[:2]


# -- statements ------------------------------------------------------------------------------------


def _names(profiles: Sequence[Profile]) -> list[Reason]:
    albums = {name_key(p.track.album or "") for p in profiles}
    artists = [frozenset(map(name_key, p.track.artists)) - {""} for p in profiles]
    shared_artists = frozenset.intersection(*artists)
    if len(albums) == 1 and albums != {""} and shared_artists:
        return [Reason("names", "same album", 99.0)]
    return [Reason("names", "same artist", 98.0)] if shared_artists else []


def _heard(profiles: Sequence[Profile]) -> list[Reason]:
    common = shared([p.heard for p in profiles])
    instruments = [(word.text, bits) for word, bits in common if word.is_instrument]
    if {"violin", "cello"} & {text for text, _ in instruments}:
        instruments = [one for one in instruments if one[0] != "strings"]  # says the same again
    instruments = instruments[:2]
    styles = [(word.text, bits) for word, bits in common if not word.is_instrument][:2]
    everyone = _all(profiles)
    found = []
    if instruments:
        text = _with(*(name for name, _ in instruments))
        found.append(Reason("instruments", f"{everyone} {text}", instruments[0][1]))
    if styles:
        text = ", ".join(name for name, _ in styles)
        found.append(Reason("styles", f"{everyone}: {text}", styles[0][1]))
    return found


def _timbre(profiles: Sequence[Profile]) -> list[Reason]:
    known = [np.asarray(p.timbre, float) for p in profiles if p.timbre is not None]
    if len(known) < len(profiles):
        return []
    rows = np.stack(known)
    length = np.linalg.norm(rows, axis=1)
    if not np.isfinite(length).all() or length.min() < 1e-6:
        return []
    cosines = (rows @ rows.T) / np.outer(length, length)
    if cosines.min() < TIMBRE_LEAST:
        return []
    return [Reason("timbre", "same timbre", _BITS["timbre"])]


def _tempo(seeds: Sequence[Profile], neighbour: Profile) -> list[Reason]:
    tempos, own = _sure_tempos(seeds), _sure_tempos([neighbour])
    if not (tempos and own) or max(tempos) > min(tempos) * (1 + TEMPO_SPAN):
        return []
    together = [*tempos, own[0]]
    if max(together) <= min(together) * (1 + TEMPO_SPAN):
        text = f"same tempo (about {_bpm(together)} BPM)"
        return [Reason("tempo", text, _BITS["tempo"])]
    octaves = {_octave(own[0] / t) for t in tempos}
    if octaves in ({1}, {-1}):
        words = "double" if octaves == {1} else "half the"
        text = f"{words} tempo ({_bpm(own)} against {_bpm(tempos)} BPM)"
        return [Reason("octave", text, _BITS["octave"])]
    return []


def _key(seeds: Sequence[Profile], neighbour: Profile) -> list[Reason]:
    keys, own = _sure_keys(seeds), _sure_keys([neighbour])
    if not (keys and own):
        return []
    relations = {_relation(one, own[0]) for one in keys}
    if "" in relations:
        return []
    if relations == {"same"}:
        return [Reason("key", f"same key ({_key_name(own[0])})", _BITS["same key"])]
    names = ", ".join(dict.fromkeys(map(_key_name, [*keys, own[0]])))
    if relations == {"relative"}:
        return [Reason("relative key", f"relative keys ({names})", _BITS["relative key"])]
    return [Reason("near keys", f"keys that mix well ({names})", _BITS["near keys"])]


def _file(profiles: Sequence[Profile]) -> list[Reason]:
    found = []
    genres = [{name_key(genre): genre for genre in p.genres} for p in profiles]
    heard = set(profiles[0].heard).intersection(*(p.heard for p in profiles[1:]))
    said = {name_key(text) for text in heard}  # need not be said again
    common = [key for key in genres[0] if key and all(key in one for one in genres[1:])]
    common = [key for key in common if key not in said]
    if common:
        text = f"{_all(profiles)} tagged {genres[0][common[0]].lower()}"
        found.append(Reason("genre", text, _BITS["genre"]))
    years = [p.year for p in profiles if p.year]
    if len(years) == len(profiles) and max(years) - min(years) <= YEARS_SPAN:
        text = f"from {min(years)}" if len(set(years)) == 1 else f"from {min(years)}-{max(years)}"
        found.append(Reason("years", f"{_all(profiles)} {text}", _BITS["years"]))
    return found


def _loudness(profiles: Sequence[Profile]) -> list[Reason]:
    levels = _values(profiles, "loudness")
    if not levels or max(levels) - min(levels) > LOUDNESS_SPAN:
        return []
    return [Reason("loudness", "similar loudness", 0.0)]


# -- numbers ---------------------------------------------------------------------------------------


def _sure_tempos(profiles: Sequence[Profile]) -> list[float]:
    """Give the tempos of all, or nothing when one is unknown or unsure."""
    sure = all(p.descriptors.get("tempo_confidence", 0.0) >= TEMPO_SURE for p in profiles)
    tempos = _values(profiles, "tempo")
    return tempos if sure and all(t > 0 for t in tempos) else []


def _sure_keys(profiles: Sequence[Profile]) -> list[tuple[int, bool]]:
    """Give the keys of all as (tonic, is major), or nothing when one is unknown or unsure."""
    sure = all(p.descriptors.get("key_confidence", 0.0) >= KEY_SURE for p in profiles)
    tonics, modes = _values(profiles, "key_tonic"), _values(profiles, "key_mode")
    if not (sure and tonics and modes):
        return []
    return [(int(tonic) % 12, mode > 0.5) for tonic, mode in zip(tonics, modes, strict=True)]


def _octave(ratio: float) -> int:
    """Give 1 for double, -1 for half the tempo, 0 for neither."""
    octaves = log2(ratio)
    return round(octaves) if abs(abs(octaves) - 1) <= log2(1 + TEMPO_SPAN) else 0


def _relation(one: tuple[int, bool], other: tuple[int, bool]) -> str:
    """Name how two keys are related; the neighbours on the circle of fifths are fit for mixing."""
    (tonic, major), (other_tonic, other_major) = one, other
    step = (other_tonic - tonic) % 12
    if major == other_major:
        return {0: "same", 5: "fifth", 7: "fifth"}.get(step, "")
    return "relative" if step == (9 if major else 3) else ""


def _key_name(key: tuple[int, bool]) -> str:
    return f"{_TONICS[key[0]]} {'major' if key[1] else 'minor'}"


def _bpm(tempos: Sequence[float]) -> int:
    return round(sum(tempos) / len(tempos))


def _values(profiles: Sequence[Profile], name: str) -> list[float]:
    """Give a descriptor of everyone, or nothing when one lacks it."""
    values = [p.descriptors.get(name) for p in profiles]
    known = [float(v) for v in values if v is not None and np.isfinite(v)]
    return known if len(known) == len(profiles) else []


def _with(*names: str) -> str:
    """Say "with piano and violin, without singing"."""
    there = [name for name in names if name != NO_SINGING]
    parts = [f"with {' and '.join(there)}"] if there else []
    return ", ".join([*parts, "without singing"] if NO_SINGING in names else parts)


def _all(profiles: Sequence[Profile]) -> str:
    return "both" if len(profiles) == 2 else "all"
