"""How well moods are told, as figures with their 95 % intervals, for `mood.py`.

The same draws serve every row of a table (`murecom.evaluate.intervals`): texts are drawn with
replacement, and a figure is counted anew for each draw, all draws at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from _common import table
from murecom.evaluate.intervals import Bootstrap, Figure

Doubles = NDArray[np.float64]
Numbers = NDArray[np.integer]

Row = dict[str, Any]


@dataclass
class Part:
    """A table: its name, what it is about, rows of equal keys, bars, and what must be said."""

    name: str
    title: str
    rows: list[Row] = field(default_factory=list)
    bars: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def bar(self, name: str, value: Figure | float, limit: float, at_least: bool = True) -> None:
        """Note whether a figure reaches what it should."""
        value = value.value if isinstance(value, Figure) else value
        is_met = value >= limit if at_least else value <= limit
        self.bars.append(
            {"bar": name, "value": value, "limit": limit, "at_least": at_least, "is_met": is_met}
        )

    def text(self) -> str:
        """Lay it out."""
        keys = list(dict.fromkeys(key for row in self.rows for key in row))
        cells = [[shown(row.get(key)) for key in keys] for row in self.rows]
        lines = [f"== {self.name}: {self.title}", "", table(keys, cells), ""]
        for bar in self.bars:
            sign = "≥" if bar["at_least"] else "≤"
            word = "met" if bar["is_met"] else "MISSED"
            lines.append(f"{bar['bar']}: {bar['value']:.3g} ({sign} {bar['limit']:g}) {word}")
        return "\n".join([*lines, *self.notes, ""])

    def plain(self) -> Row:
        """Give it as what JSON can hold."""
        rows = [{key: _plain(value) for key, value in row.items()} for row in self.rows]
        return {"title": self.title, "rows": rows, "bars": self.bars, "notes": self.notes}


def shown(value: Any) -> str:
    """Show a cell."""
    if isinstance(value, Figure):
        return f"{_short(value.value)} ({_short(value.low)} to {_short(value.high)})"
    if isinstance(value, float):
        return _short(value)
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def _short(value: float) -> str:
    if np.isnan(value):
        return "-"
    text = f"{value:.3f}" if abs(value) < 10 else f"{value:,.0f}"
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def _plain(value: Any) -> Any:
    return asdict(value) if isinstance(value, Figure) else value


@cache
def draws(count: int) -> Doubles:
    """Give how often each of so many cases is in each draw, shape (draws, count)."""
    return Bootstrap(count).draws


def with_interval(value: float, drawn: Doubles) -> Figure:
    """Put the interval to a value; draws in which it could not be counted are left out."""
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return Figure(float(value), float(low), float(high))


def hot(columns: Numbers, width: int) -> NDArray[np.bool_]:
    """Give one true cell a row, shape (n, width)."""
    return np.asarray(columns)[:, None] == np.arange(width)


def macro_f1(truth: NDArray[np.bool_], answer: NDArray[np.bool_]) -> Figure:
    """Give the mean of F1 over the columns that occur in the truth; cells may be several a row."""
    there = truth.any(axis=0)
    t, a = truth[:, there].astype(np.float64), answer[:, there].astype(np.float64)

    def of(weights: Doubles) -> Doubles:
        sums = weights @ t + weights @ a
        each: Doubles = 2 * (weights @ (t * a)) / np.where(sums > 0, sums, 1)
        return each.mean(axis=1)

    return with_interval(of(np.ones((1, len(t))))[0], of(draws(len(t))))


def mean(values: NDArray[Any]) -> Figure:
    """Give a mean: accuracy, where the values are right or wrong."""
    values = np.asarray(values, np.float64)
    drawn = draws(len(values))
    return with_interval(values.mean(), drawn @ values / drawn.sum(axis=1))


def auc(scores: NDArray[Any], is_positive: NDArray[np.bool_]) -> Figure:
    """Give the chance that a positive case has a higher score than another; ties count half.

    Source: Hanley and McNeil, "The meaning and use of the area under a ROC curve", 1982.
    """
    order = np.argsort(scores, kind="stable")
    scores, is_positive = np.asarray(scores)[order], is_positive[order]
    first, last = (np.searchsorted(scores, scores, side) for side in ("left", "right"))

    def of(weights: Doubles) -> Doubles:
        below = np.concatenate(
            [np.zeros((len(weights), 1)), np.cumsum(weights * ~is_positive, axis=1)], axis=1
        )
        ours = weights * is_positive
        half = (below[:, first] + below[:, last]) / 2
        pairs = ours.sum(axis=1) * below[:, -1]
        result: Doubles = (ours * half).sum(axis=1) / np.where(pairs > 0, pairs, np.nan)
        return result

    return with_interval(of(np.ones((1, len(scores))))[0], of(draws(len(scores))))


def pearson(one: NDArray[Any], other: NDArray[Any]) -> Figure:
    """Correlate; 0 where one of them is constant."""
    x, y = np.asarray(one, np.float64), np.asarray(other, np.float64)

    def of(weights: Doubles) -> Doubles:
        total = weights.sum(axis=1)
        mx, my = weights @ x / total, weights @ y / total
        xx, yy = weights @ x**2 / total - mx**2, weights @ y**2 / total - my**2
        both = weights @ (x * y) / total - mx * my
        scale = np.sqrt(np.maximum(xx, 0) * np.maximum(yy, 0))
        result: Doubles = np.where(scale > 1e-12, both / np.maximum(scale, 1e-12), 0)
        return result

    return with_interval(of(np.ones((1, len(x))))[0], of(draws(len(x))))


def spearman(one: NDArray[Any], other: NDArray[Any]) -> Figure:
    """Correlate ranks, equal ones sharing theirs; draws keep the ranks among all cases."""
    return pearson(ranks(one), ranks(other))


def ranks(values: NDArray[Any]) -> Doubles:
    """Give ranks from 1; equal values have the mean of theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    result: Doubles = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return result


def precision_at(order: Sequence[int] | Numbers, is_right: NDArray[np.bool_], k: int) -> Doubles:
    """Give the share of right ones among the first k of a ranking.

    Returns
    -------
    ndarray, shape (1 + draws,)
        The value, then that of each draw: of cases drawn with replacement, in the same order.
    """
    right = is_right[order].astype(np.float64)
    weights = np.concatenate([np.ones((1, len(right))), draws(len(is_right))[:, order]])
    until = np.minimum(np.cumsum(weights, axis=1), k)
    taken = np.diff(until, axis=1, prepend=0)
    result: Doubles = taken @ right / k
    return result
