"""Which mood is meant: words, a point, or both, and what the hour of the day adds."""

from __future__ import annotations

import datetime
import math
import numbers
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from murecom.errors import BadInput
from murecom.mood.cues import find_words
from murecom.mood.labels import CLASSES, FELT
from murecom.mood.list_words import FELT as SURE
from murecom.mood.list_words import Place, found, mean
from murecom.playlist.mood_list import Aim, Floats
from murecom.types import Mood

Point = tuple[float | None, float | None]
"Valence and arousal, -1..1; None leaves an axis to the words."

UNSURE = 0.25
"A mood read with less confidence is called a guess."

LEAST = 0.12
"A mood read with less confidence is noise: letters at random are read with up to 0.25."

CLEAR = 0.5
"Confidence from which a wish is taken as it is meant, see `wished`; at `LEAST` as it was read."

HALF, PLAIN = 0.5, 0.8
"""Up to the first share of neutral a wish is taken as it is meant; from the other one on it says
nothing of a mood. Evenly less between them."""

SURELY_FELT = 0.4
"A sentence that is read with so much feeling is not read once more by its words for feelings."

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


def ask_mood(
    read: Callable[[str], Mood], text: str | Mood | None, point: Point | None
) -> AskedMood:
    """Find out which mood is meant.

    Parameters
    ----------
    read : callable
        Gives the mood of a text.
    text : str or Mood, optional
        Any words, or what was read from them. A mood without labels counts as a point.
    point : (float or None, float or None), optional
        Wins over the words, axis by axis; their labels do not count then.

    Raises
    ------
    BadInput
        Neither words nor point, a point outside -1..1, or words that say nothing (or less than
        `LEAST`, and are none of `mood.list_words`) without a point.
    """
    valence, arousal = (None, None) if point is None else checked(point)
    has_point = valence is not None or arousal is not None
    words = "" if isinstance(text, Mood) else (text or "").strip()
    mood = text if isinstance(text, Mood) else read(words) if words else None
    if mood is None and not has_point:
        raise BadInput("Say in words how it should feel, or give --valence and --arousal.")
    if mood is not None:
        checked((mood.valence, mood.arousal))
    notes = []
    hits = found(words)
    if mood is not None and not hits and _says_nothing(mood):
        if not has_point:
            raise BadInput(
                f"No mood can be read from {_short(words) or 'this'}. "
                "Use other words, or give --valence and --arousal."
            )
        notes.append("No mood can be read from the words: only the point counts.")
        mood = None
    if mood is not None:
        mood = as_on_a_list(mood, hits)
    if mood is not None and not has_point:
        if words and mood.confidence < UNSURE:
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


def _says_nothing(mood: Mood) -> bool:
    """Tell whether there is no mood; one without labels is a point, which is known."""
    if mood.label == "no_signal":
        return True
    return bool(mood.probabilities) and mood.confidence < LEAST


def _short(words: str) -> str:
    short = words if len(words) <= SHOWN else f"{words[: SHOWN - 1]}…"
    return f"“{short}”" if words else ""


def wished(mood: Mood) -> Mood:
    """Give what a wish means: who says "calm, at home" does not want half of it to be nothing.

    The share of neutral goes to the other labels, and the point moves away from the middle as it
    was held there by that share, to twice as far at most: part of that share is tiredness, which
    stands elsewhere. The less sure the mood (`CLEAR`) and the more neutral (`HALF`), the less of
    this happens: what is noise or plainly neutral stays as it was read.
    """
    neutral = mood.probabilities.get("neutral", 0.0)
    sure = (mood.confidence - LEAST) / (CLEAR - LEAST)
    clear = (PLAIN - neutral) / (PLAIN - HALF)
    gone = neutral * min(max(sure, 0.0), 1.0) * min(max(clear, 0.0), 1.0)
    if gone <= 0:
        return mood
    middle = next(one for one in CLASSES if one.code == "NEUTRAL")
    held = min(gone, 0.5)
    more = 1 + gone / (1 - neutral)
    shares = {name: round(share * more, 4) for name, share in mood.probabilities.items()}
    shares["neutral"] = round(neutral - gone, 4)
    return replace(
        mood,
        valence=_inside((mood.valence - held * middle.valence) / (1 - held)),
        arousal=_inside((mood.arousal - held * middle.arousal) / (1 - held)),
        probabilities=shares,
        label=max(shares, key=lambda name: shares[name]),
    )


def _inside(value: float) -> float:
    return round(min(max(value, -1.0), 1.0), 4)


def as_on_a_list(mood: Mood, hits: Sequence[tuple[str, Place]] = ()) -> Mood:
    """Give what a wish means, and let words count that name lists: gym, party, 助眠.

    Parameters
    ----------
    mood : Mood
        What was read.
    hits : sequence of (word, place)
        See `mood.list_words.found`. Words for feelings only count if little was felt
        (`SURELY_FELT`): then a sentence is read by the model, which knows what it says of them.

    Returns
    -------
    Mood
        `wished` of what was read. With such words its point lies between theirs and that, by the
        squares of how sure they are, as in `mood.list_words.with_words`; what was surely felt
        counts ever more. Words for things to do name no feeling: where they weigh more than what
        was read the mood has a point and no labels.
    """
    felt = mood.confidence * (1 - mood.probabilities.get("neutral", 0.0))
    wish = wished(mood)
    to_do = [place for word, place in hits if not find_words(word)]
    place = mean(to_do if felt >= SURELY_FELT else [place for _, place in hits])
    if place is None:
        return wish
    said = SURE * min(1.0, (1 - felt) / (1 - SURELY_FELT))
    own = felt**2 / (felt**2 + said**2)
    valence, arousal = (
        round(own * read + (1 - own) * word, 4)
        for read, word in zip((wish.valence, wish.arousal), place, strict=True)
    )
    mixed = replace(
        wish, valence=valence, arousal=arousal, confidence=round(max(wish.confidence, said), 4)
    )
    if own >= 0.5 or (not to_do and mood.label != "no_signal"):
        return mixed
    told = f"words that name lists: {', '.join(dict.fromkeys(word for word, _ in hits))}"
    return replace(mixed, probabilities={}, classes={}, label="neutral", why=(told,))


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
    hour = datetime.datetime.now().hour if time_of_day is True else time_of_day
    if not isinstance(hour, numbers.Integral) or not 0 <= hour <= 23:
        raise BadInput(
            f"The hours of a day are whole numbers from 0 to 23, not {hour!r}. Correct it."
        )
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


def checked(point: Point) -> Point:
    """Give a point back if it is one.

    Raises
    ------
    BadInput
        It has not two axes, or one of them is no number from -1 to 1.
    """
    if isinstance(point, str) or not isinstance(point, Sequence | np.ndarray) or len(point) != 2:
        raise BadInput(f"A point has a valence and an arousal, unlike {point!r}. Give two numbers.")
    for name, value in zip(("Valence", "Arousal"), point, strict=True):
        is_number = isinstance(value, numbers.Real)
        if value is not None and not (is_number and -1 <= value <= 1):
            raise BadInput(f"{name} goes from -1 to 1, not to {value}. Correct it.")
    return point
