"""What a listening history says: how much each track counts today, and what was heard of late.

A listen counts half as much for every half-life that has passed since. Tracks that were heard often
and lately become seeds; what was broken off at once counts against. `service.history` reads the
listens and asks these functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from math import isnan, log
from typing import ClassVar, Final

from murecom.errors import BadInput
from murecom.playlist.pool import Candidate, SoFar
from murecom.text.counts import counted
from murecom.types import TrackId

HALF_LIFE: Final = 30.0
"Days after which a listen counts half: the daily mix of the original idea forgets in months."

HEARD_MS: Final = 30_000
"Milliseconds from which a track counts as heard; streaming services count plays from here on."

BROKEN_OFF: Final = -0.5
"What a track gets that was broken off sooner: two of these outweigh one time that it was heard."

MONTH: Final = 30
"Days that reasons call the last ones."

DAY: Final = 86_400

Play = tuple[TrackId, int, int | None, bool | None]
"A track, when it was heard (seconds since 1970), for how many milliseconds, whether broken off."


@dataclass(frozen=True, slots=True)
class Habit:
    """How often a track was heard, and how much that counts.

    `weight` is relative: 1 is a single listen at the time of the newest one; 0 and less says that
    it was mostly broken off. `times` says how often it counted as heard, of which `lately` in the
    last 30 days, and `heard` when it last did; `last` is when it last began to play at all. Both in
    seconds since 1970, `heard` 0 for never.
    """

    track: TrackId
    weight: float
    times: int
    lately: int
    heard: int
    last: int


def worth(ms: int | None, is_skipped: bool | None) -> float:
    """Say what a listen counts before it ages: 1, 0, or less for what was broken off at once.

    Parameters
    ----------
    ms : int, optional
        How long it was heard; None where that is not known.
    is_skipped : bool, optional
        Whether the listener went on to another track before its end; None if that is not known.

    Notes
    -----
    ======================== ========= =======================
    heard                    not known to the end broken off
    ======================== ========= =======================
    for 30 s or longer       1         0
    shorter                  0         -0.5
    for an unknown time      1         -0.5
    ======================== ========= =======================

    A short listen that nobody broke off says nothing: a pause, a jingle, a lost connection.
    """
    is_short = ms is not None and ms < HEARD_MS
    if is_skipped:
        return 0.0 if ms is not None and not is_short else BROKEN_OFF
    return 0.0 if is_short else 1.0


def habits(
    plays: Iterable[Play],
    now: float,
    half_life: float = HALF_LIFE,
    same: Mapping[TrackId, TrackId] | None = None,
) -> dict[TrackId, Habit]:
    """Add up listens, each halved for every half-life since.

    Parameters
    ----------
    plays : iterable of Play
        In any order. One in the future (a clock that went back) counts as of now.
    now : float
        Seconds since 1970.
    half_life : float
        Days, above 0; infinite for no ageing.
    same : mapping of TrackId to TrackId, optional
        Tracks that count as another one, such as the file of the same recording.

    Returns
    -------
    dict of TrackId to Habit
        Every track that was heard or broken off; empty without plays.

    Raises
    ------
    BadInput
        The half-life is not above 0.

    Notes
    -----
    The sum over listens of worth · 2^(-age / half-life). All of it is divided by what one listen at
    the time of the newest would count, so that years of silence, or a short half-life, lose nothing
    to rounding; the ratios are those of ages counted from now.
    """
    if not half_life > 0:
        raise BadInput(f"The half-life must be above 0 days, not {half_life:g}. Give a longer one.")
    span, month = half_life * DAY, now - MONTH * DAY
    known = same or {}
    sums: dict[TrackId, list[float]] = {}
    newest = -float("inf")
    for raw, at, ms, is_skipped in plays:
        track, when, value = known.get(raw, raw), min(at, now), worth(ms, is_skipped)
        newest = max(newest, when)
        one = sums.setdefault(track, [0.0, when, 0, 0, 0, when])
        # the sum stands at the time of its newest listen: one[1]
        if when >= one[1]:
            one[0] = one[0] * 2 ** ((one[1] - when) / span) + value
            one[1] = when
        else:
            one[0] += value * 2 ** ((when - one[1]) / span)
        one[5] = max(one[5], when)
        if value > 0:
            one[2] += 1
            one[3] += when >= month
            one[4] = max(one[4], when)
    return {
        track: Habit(track, one[0] * 2 ** ((one[1] - newest) / span), *map(int, one[2:]))
        for track, one in sums.items()
    }


def strongest(known: Mapping[TrackId, Habit]) -> list[Habit]:
    """Give the tracks that count, the strongest first; of equals the one heard last."""
    liked = [habit for habit in known.values() if habit.weight > 0]
    return sorted(liked, key=lambda one: (-one.weight, -one.last, one.track))


def draw(known: Iterable[Habit], day: str) -> list[Habit]:
    """Draw tracks without putting them back, each with a chance that is its weight.

    Parameters
    ----------
    known : iterable of Habit
        In any order; those that do not count are left out.
    day : str
        The same text draws alike. Each track has its own luck, so one more track does not mix up
        the others.

    Returns
    -------
    list of Habit
        All of them, in the order in which they were drawn.

    Notes
    -----
    Source: Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006: the order of
    u^(1/w) for u even in 0..1. Written here as log(w) - log(-log(u)), which small weights stand.
    """

    def luck(habit: Habit) -> float:
        digest = blake2b(f"{day}\n{habit.track}".encode("utf-8", "surrogatepass"), digest_size=8)
        even = (int.from_bytes(digest.digest()) + 0.5) / 2**64
        return log(habit.weight) - log(-log(min(even, 1 - 2**-53)))

    return sorted((one for one in known if one.weight > 0), key=lambda one: (-luck(one), one.track))


def told(habit: Habit) -> str:
    """Write how often a track was heard: in the last 30 days, or at all and when last."""
    if habit.lately:
        return f"{_times(habit.lately)} in the last {MONTH} days"
    last = datetime.fromtimestamp(habit.heard, UTC).date().isoformat()
    return f"{_times(habit.times)}, last on {last}"


def days_told(days: float) -> str:
    """Write a span that ends now: "the last day", "the last 7 days"."""
    return "the last day" if days == 1 else f"the last {days:g} days"


def check_days(days: float) -> float:
    """Refuse a number of days that is none; BadInput below 0."""
    if isnan(days) or days < 0:
        raise BadInput(f"Tracks are left out for 0 or more days, not for {days:g}. Give more.")
    return days


@dataclass(frozen=True, eq=False)
class NotHeard:
    """Nothing that was heard in the last `days`, see `playlist.rules`; it is never broken.

    `ids` are tracks; `recordings` are keys of these as `Candidate.recording`, which keep out other
    versions and other ids of them. What it refuses it notes in `left_out`.
    """

    days: float
    ids: frozenset[TrackId]
    recordings: frozenset[str] = frozenset()
    left_out: set[TrackId] = field(default_factory=set)
    static: ClassVar[bool] = True

    def __call__(self, so_far: SoFar, candidate: Candidate, /) -> float | None:
        """Refuse what was heard."""
        if candidate.track.id in self.ids or candidate.recording in self.recordings:
            self.left_out.add(candidate.track.id)
            return None
        return 1.0

    def notes(self) -> list[str]:
        """Say how many tracks it kept out of an answer; nothing if none."""
        if not self.left_out:
            return []
        many = counted(len(self.left_out), "track was", "tracks were")
        return [f"{many} left out: heard in {days_told(self.days)}."]


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")
