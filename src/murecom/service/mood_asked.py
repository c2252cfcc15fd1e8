"""Which mood is meant: words, a point, or both, and what the hour of the day adds."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from murecom.errors import BadInput
from murecom.mood.labels import CLASSES, FELT, near
from murecom.mood.list_words import FELT as SURE
from murecom.mood.list_words import by_words
from murecom.playlist.mood_list import Aim, Floats
from murecom.types import Mood

Point = tuple[float | None, float | None]
"Valence and arousal, -1..1; None leaves an axis to the words."

UNSURE = 0.25
"A mood read with less confidence is called a guess."

PLAIN = 0.8
"Share of neutral from which a wish says nothing of a mood."

SHOWN = 40
"Characters of a text that an error repeats."

HOURS: Final = (
    (5, 10, "morning", 0.05, -0.1),
    (10, 17, "day", 0.0, 0.0),
    (17, 22, "evening", 0.0, -0.1),
    (22, 29, "night", 0.0, -0.2),
)
"""From and up to which hour, what it is called, and what it adds to valence and arousal. That
people hear calmer music late at night than by day: Park et al., "Global music streaming data reveal
diurnal and seasonal patterns of affective preference", Nature Human Behaviour 2019. The sizes are
ours: small against the 1.2 between calm and joy."""


@dataclass(frozen=True, slots=True, eq=False)
class AskedMood:
    """A mood that was asked for, what to aim at, and what is to be told of it."""

    mood: Mood
    aim: Aim
    notes: tuple[str, ...] = ()


def ask_mood(read: Callable[[str], Mood], text: str | None, point: Point | None) -> AskedMood:
    """Find out which mood is meant.

    Parameters
    ----------
    read : callable
        Gives the mood of a text.
    text : str, optional
        Any words.
    point : (float or None, float or None), optional
        Wins over the words, axis by axis; their labels do not count then.

    Raises
    ------
    BadInput
        Neither words nor point, a point outside -1..1, or words that say nothing without a point.
    """
    valence, arousal = (None, None) if point is None else _checked(point)
    has_point = valence is not None or arousal is not None
    words = (text or "").strip()
    if not words and not has_point:
        raise BadInput("Say in words how it should feel, or give --valence and --arousal.")
    mood = read(words) if words else None
    notes = []
    if mood is not None and (mood.label == "no_signal" or mood.confidence <= 0):
        if not has_point:
            short = words if len(words) <= SHOWN else f"{words[: SHOWN - 1]}…"
            raise BadInput(
                f"No mood can be read from “{short}”. "
                "Use other words, or give --valence and --arousal."
            )
        notes.append("No mood can be read from the words: only the point counts.")
        mood = None
    if mood is not None:
        mood = as_on_a_list(wished(mood), words)
    if mood is not None and not has_point:
        if mood.confidence < UNSURE:
            notes.append(
                f"The words say little of a mood (confidence {mood.confidence:.2f}): this is a "
                "guess. Say more, or give --valence and --arousal."
            )
        return AskedMood(mood, aim_of(mood), tuple(notes))
    base = mood or Mood(0.0, 0.0, "neutral")
    aim = Aim(
        base.valence if valence is None else valence, base.arousal if arousal is None else arousal
    )
    if mood is None:
        mood = mood_at(aim.valence, aim.arousal)
    else:
        mood = replace(mood, valence=aim.valence, arousal=aim.arousal)
    return AskedMood(mood, aim, tuple(notes))


def wished(mood: Mood) -> Mood:
    """Give what a wish means: who says "calm, at home" does not want half of it to be nothing.

    The share of neutral goes to the other labels, and the point moves away from the middle as it
    was held there by that share, to twice as far at most: part of that share is tiredness, which
    stands elsewhere. Words that are clearly neutral (`PLAIN`) stay so.
    """
    neutral = mood.probabilities.get("neutral", 0.0)
    if not 0 < neutral < PLAIN:
        return mood
    rest = 1 - neutral
    middle = next(one for one in CLASSES if one.code == "NEUTRAL")
    held = min(neutral, 0.5)
    shares = {name: round(share / rest, 4) for name, share in mood.probabilities.items()}
    shares["neutral"] = 0.0
    return replace(
        mood,
        valence=_inside((mood.valence - held * middle.valence) / (1 - held)),
        arousal=_inside((mood.arousal - held * middle.arousal) / (1 - held)),
        probabilities=shares,
        label=max(shares, key=lambda name: shares[name]),
    )


def _inside(value: float) -> float:
    return round(min(max(value, -1.0), 1.0), 4)


def as_on_a_list(mood: Mood, words: str) -> Mood:
    """Let words count that name lists (gym, party, 助眠) and in sentences say no feeling.

    Their place and the mood that was read are weighed by the squares of how sure they are, as in
    `mood.list_words.with_words`; without such a word the mood stays as it is.
    """
    place = by_words(words)
    if place is None:
        return mood
    own = mood.confidence**2 / (mood.confidence**2 + SURE**2)
    valence, arousal = (
        round(own * read + (1 - own) * said, 4)
        for read, said in zip((mood.valence, mood.arousal), place, strict=True)
    )
    said = near(*place)
    shares = {
        label: round(own * mood.probabilities.get(label, 0.0) + (1 - own) * float(share), 4)
        for label, share in zip(FELT, said, strict=True)
    }
    return replace(
        mood,
        valence=valence,
        arousal=arousal,
        probabilities=shares | {"no_signal": 0.0},
        label=max(shares, key=lambda name: shares[name]),
        confidence=max(mood.confidence, SURE),
    )


def aim_of(mood: Mood) -> Aim:
    """Give the point of a mood and, if it was read from words, its labels."""
    shares: Floats | None = None
    if mood.probabilities:
        shares = np.array([mood.probabilities.get(label, 0.0) for label in FELT], np.float32)
    return Aim(mood.valence, mood.arousal, shares)


def mood_at(valence: float, arousal: float) -> Mood:
    """Give the mood of a point: labelled as the class that stands nearest, certain, no words."""
    nearest = min(CLASSES, key=lambda c: math.hypot(c.valence - valence, c.arousal - arousal))
    label = max(nearest.labels, key=lambda one: one[1])[0]
    return Mood(valence, arousal, label, confidence=1.0, why=("the point that was given",))


def at_the_hour(asked: AskedMood, time_of_day: bool | int | None) -> AskedMood:
    """Lean a mood towards what the hour suggests, and say so.

    Parameters
    ----------
    asked : AskedMood
        The mood.
    time_of_day : bool or int, optional
        True for now, an hour from 0 to 23, None or False for nothing.

    Raises
    ------
    BadInput
        There is no such hour.
    """
    if time_of_day is None or time_of_day is False:
        return asked
    hour = datetime.datetime.now().hour if time_of_day is True else int(time_of_day)
    if not 0 <= hour <= 23:
        raise BadInput(f"The hours of a day go from 0 to 23, not to {hour}. Correct it.")
    name, valence, arousal = next(
        (name, valence, arousal)
        for first, end, name, valence, arousal in HOURS
        if first <= hour < end or first <= hour + 24 < end
    )
    if not (valence or arousal):
        return replace(asked, notes=(*asked.notes, "Time of day: by day it changes nothing."))
    aim = replace(
        asked.aim,
        valence=float(np.clip(asked.aim.valence + valence, -1, 1)),
        arousal=float(np.clip(asked.aim.arousal + arousal, -1, 1)),
    )
    told = f"Time of day ({name}): valence {valence:+.2f}, arousal {arousal:+.2f}."
    return replace(asked, aim=aim, notes=(*asked.notes, told))


def _checked(point: Point) -> Point:
    for name, value in zip(("Valence", "Arousal"), point, strict=True):
        if value is not None and not -1 <= value <= 1:
            raise BadInput(f"{name} goes from -1 to 1, not to {value}. Correct it.")
    return point
