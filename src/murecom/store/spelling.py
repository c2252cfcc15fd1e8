"""Misspelt words: the words of the name index that are nearest to one that it does not have."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from murecom.store.base import Backend
from murecom.text.tokens import is_unspaced

_SHORTEST = 4
"Letters below which a neighbouring word is a different word."

_LONG = 8
"Letters from which two mistakes are allowed."

_ALTERNATIVES = 5
"Nearest words that are tried for one misspelt word."


def respelt(
    connection: sa.Connection, backend: Backend, terms: Sequence[str]
) -> tuple[tuple[str, ...], ...]:
    """Give for each term itself or, if it is in no name, the nearest words that are.

    Returns
    -------
    tuple of tuple of str
        Empty if nothing was misspelt or a misspelt word has no neighbour.
    """
    groups: list[tuple[str, ...]] = []
    is_changed = False
    for term in terms:
        if is_unspaced(term) or len(term) < _SHORTEST:
            groups.append((term,))
            continue
        allowed = 2 if len(term) >= _LONG else 1
        lengths = range(len(term) - allowed, len(term) + allowed + 1)
        # Mistakes are rare at the very beginning, rarer in the first half; the shorter start is
        # tried only when the longer one, which is far quicker, gives nothing.
        near: list[tuple[int, str]] = []
        for start in (term[: len(term) // 2], term[0]):
            words = backend.words(connection, start, lengths)
            if term in words:
                near = [(0, term)]
                break
            letters = set(term)
            # Each mistake takes away one letter at most: most words fall out here, cheaply.
            words = [word for word in words if len(letters.difference(word)) <= allowed]
            distances = ((distance(term, word, allowed), word) for word in words)
            near = sorted(pair for pair in distances if pair[0] <= allowed)[:_ALTERNATIVES]
            if near:
                break
        if not near:
            return ()
        is_changed |= near[0][0] > 0
        groups.append(tuple(word for _, word in near))
    return tuple(groups) if is_changed else ()


def distance(first: str, second: str, most: int) -> int:
    """Count the mistakes between two words: letters missing, added, changed or swapped.

    Returns
    -------
    int
        At most ``most + 1``, which stands for everything above `most`.

    Notes
    -----
    Optimal string alignment (Damerau 1964 with the restriction that no part is edited twice),
    given up as soon as a whole row exceeds `most`.
    """
    if abs(len(first) - len(second)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(second, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
