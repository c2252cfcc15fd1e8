"""The price of novelty: what a turn of the dial costs in accuracy, and what it buys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from murecom.errors import BadInput
from murecom.plots import figure as figures

COLOURS = ("#4e79a7", "#f28e2b", "#59a14f", "#b07aa1", "#9c755f", "#76b7b2")


def draw(
    path: Path,
    dials: Sequence[float],
    lost: ArrayLike,
    bounds: ArrayLike,
    gains: Mapping[str, Sequence[float]],
    title: str = "",
) -> Path:
    """Draw the price curve.

    Parameters
    ----------
    path : Path
        The PNG file to write.
    dials : sequence of float, length n
        Settings of the dial, rising.
    lost : array_like of float, shape (n,)
        Share of the precision that is lost at each.
    bounds : array_like of float, shape (2, n)
        Lower and upper end of its interval.
    gains : mapping of str to sequence of float
        What rises, by name: how much it is above that at 0, as a share.
    title : str
        Above the picture.

    Raises
    ------
    BadInput
        No settings, or not one value for each.
    MissingExtra
        matplotlib is not installed.
    Unreachable
        The file cannot be written.
    """
    price, ends = 100 * np.asarray(lost, np.float64), 100 * np.asarray(bounds, np.float64)
    n = len(dials)
    if not n or ends.shape != (2, n) or {len(price), *map(len, gains.values())} != {n}:
        raise BadInput("A price curve needs one value for each setting of the dial.")
    figure = figures.make(11, 4.6)
    cost, worth = figure.subplots(1, 2)
    cost.axhline(0, color="#999999", linewidth=0.8)
    cost.fill_between(dials, *-ends, color="#e15759", alpha=0.2, linewidth=0)
    cost.plot(dials, -price, color="#e15759", marker="o", markersize=4)
    cost.set_xlabel("novelty")
    cost.set_ylabel("change of precision of the first 10, %")
    cost.set_title("What it costs (band: 95 %)", loc="left", fontsize=10)
    worth.axhline(0, color="#999999", linewidth=0.8)
    for colour, (name, values) in zip(COLOURS, gains.items(), strict=False):
        share = 100 * np.asarray(values, np.float64)
        worth.plot(price, share, color=colour, marker="o", markersize=4, label=name)
    apart, last = 0.03 * float(np.ptp(price)), -np.inf
    for dial, x in zip(dials, price, strict=True):
        if abs(x - last) < apart:
            continue  # settings of nearly one price: the first is named
        last = x
        worth.annotate(
            f"{dial:g}", (x, 0), (0, -12), textcoords="offset points", ha="center", fontsize=7,
            color="#777777",
        )  # fmt: skip
    worth.set_xlabel("precision lost, % (small figures: novelty)")
    worth.set_ylabel("change, %")
    worth.set_title("What it buys", loc="left", fontsize=10)
    if gains:
        worth.legend(frameon=False, fontsize=9)
    for axes in (cost, worth):
        axes.grid(color="#eeeeee")
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle(title, x=0.01, ha="left", fontsize=12)
    return figures.write(figure, path)
