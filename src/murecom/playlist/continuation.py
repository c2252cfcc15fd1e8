"""Continuation: the best tracks that the rules let in, one after the other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput
from murecom.playlist.pool import Pool, SoFar
from murecom.playlist.rules import Notes, Rule, Sieve, Verdict, judge, moving


@dataclass(frozen=True, slots=True)
class Chosen:
    """Pool rows in playing order, their scores after rules, and what a listener must know."""

    items: tuple[int, ...]
    scores: tuple[float, ...]
    notes: tuple[str, ...] = ()


def choose(
    pool: Pool,
    length: int,
    rules: Sequence[Rule] = (),
    *,
    given: Sequence[int] = (),
    without: Collection[int] = (),
) -> Chosen:
    """Choose tracks by score, best first, under rules.

    Parameters
    ----------
    pool : Pool
        Candidates with scores.
    length : int
        How many tracks to choose.
    rules : sequence of Rule
        See `playlist.rules`; `rules.standard` makes the usual ones.
    given : sequence of int
        Pool rows that stand in the playlist already; they are not chosen again.
    without : collection of int
        Pool rows that are never chosen, such as a seed from outside the library.

    Returns
    -------
    Chosen
        No track twice. Fewer than `length` tracks, with a note, when no more pass the rules that
        are never broken. Ties go to the earlier row.

    Raises
    ------
    BadInput
        `length` is below 1.
    """
    if length < 1:
        raise BadInput(f"A playlist needs at least one track, not {length}. Give length ≥ 1.")
    taken = {*given, *without}
    order = np.argsort(-pool.scores, kind="stable").tolist()
    left = [item for item in order if item not in taken]
    so_far = SoFar(pool.given(given))
    sieve, asked = Sieve(rules, pool), moving(rules)
    items: list[int] = []
    scores: list[float] = []
    notes = Notes()
    known = Known()
    while len(items) < length:
        picked = pick(asked, pool, sieve(left), so_far, pool.scores, known=known)
        if not picked:
            break
        item, score, verdict = picked[0]
        notes.add(verdict.broken)
        items.append(item)
        scores.append(score)
        left.remove(item)
        so_far.append(pool[item])
    told = notes.tell()
    if len(items) < length:
        told.append(_short(len(items), length))
    return Chosen(tuple(items), tuple(scores), tuple(told))


@dataclass(slots=True)
class Known:
    """What earlier places have told about candidates while a list only grew.

    Who has been refused for good stays refused, and a broken cap stays broken; only rules about
    what stands right before (`ordered`) may change their mind.
    """

    refused: set[int] = field(default_factory=set)
    costs: dict[int, int] = field(default_factory=dict)
    "Least cost of an item from now on."


def pick(
    rules: Sequence[Rule],
    pool: Pool,
    items: Iterable[int],
    so_far: SoFar,
    scores: NDArray[np.float64] | Sequence[float],
    want: int = 1,
    known: Known | None = None,
) -> list[tuple[int, float, Verdict]]:
    """Find the best candidates for the next place.

    Parameters
    ----------
    items : iterable of int
        Pool rows by falling score.
    scores : array of shape (n,)
        A score for every row of the pool.
    want : int
        How many.
    known : Known, optional
        Filled and used where one list grows by one call after another.

    Returns
    -------
    list of (item, score times the rules' factors, verdict)
        Best first, at most `want`. All break the same rules: none, if any candidate breaks none,
        else as few and as unimportant ones as possible. Empty when strict rules refuse all.
    """
    best: list[tuple[int, float, Verdict]] = []
    known = known or Known()
    for item in items:
        if item in known.refused:
            continue
        score = float(scores[item])
        if len(best) == want:
            is_behind = score <= best[-1][1]  # factors only lower a score
            if is_behind and best[0][2].cost == 0:
                break  # nothing that follows can come in
            least = known.costs.get(item, 0)
            if least > best[0][2].cost or (least == best[0][2].cost and is_behind):
                continue
        verdict = judge(rules, so_far, pool[item])
        if verdict is None:
            known.refused.add(item)
            continue
        known.costs[item] = verdict.lasting
        if best and verdict.cost != best[0][2].cost:
            if verdict.cost > best[0][2].cost:
                continue
            best.clear()
        best.append((item, score * verdict.factor, verdict))
        best.sort(key=lambda entry: -entry[1])
        del best[want:]
    return best


def _short(found: int, length: int) -> str:
    count = {0: "No track fits", 1: "Only 1 track fits"}.get(found, f"Only {found} tracks fit")
    return f"{count} the rules, {length} were asked for."
