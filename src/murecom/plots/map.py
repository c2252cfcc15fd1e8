"""The picture of a map: a dot for each track, coloured by what it is."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from murecom.errors import BadInput
from murecom.plots import figure as figures

COLOURS = (
    "#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#76b7b2", "#b07aa1", "#edc948", "#ff9da7",
    "#9c755f", "#1f9e89", "#d37295", "#7b6fd0", "#a0cb5a", "#c85200", "#2b5c8a", "#86693d",
)  # fmt: skip
"Tableau's ten, and six that stay apart from them; more kinds than these are grey."

REST = "#c9c9c9"

LONGEST = 28
"Letters of a name beside the map."

FONTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei", "Microsoft YaHei", "PingFang SC", "Hiragino Sans", "Droid Sans Fallback",
)  # fmt: skip
"Fonts that have Chinese and Japanese signs, in order; used if they are installed."


def draw(
    path: Path,
    places: ArrayLike,
    kinds: Sequence[str | None],
    title: str = "",
    is_named_on_map: bool = True,
) -> Path:
    """Draw a map.

    Parameters
    ----------
    path : Path
        The PNG file to write.
    places : array_like of float, shape (n, 2)
        Where the tracks stand, at least one.
    kinds : sequence of str or None
        What each is coloured by; None for what is unknown, which is grey, as are the kinds that are
        left when the colours are used up.
    title : str
        Above the picture.
    is_named_on_map : bool
        Write the names of kinds amid their tracks; otherwise beside the map.

    Raises
    ------
    BadInput
        No tracks, or not one kind for each.
    MissingExtra
        matplotlib is not installed.
    Unreachable
        The file cannot be written.
    """
    points = np.asarray(places, dtype=float)
    if points.ndim != 2 or not len(points) or len(kinds) != len(points):
        raise BadInput("A map needs a place and a kind for each track. Run: murecom scan.")
    figure = figures.make(10 if is_named_on_map else 13.8, 10.4)
    axes = figure.add_subplot()
    names = [name for name, _ in Counter(kind for kind in kinds if kind).most_common()]
    named, left = names[: len(COLOURS)], set(names[len(COLOURS) :])
    size = float(np.clip(24_000 / len(points), 4, 90))
    style = {"s": size, "alpha": 0.85, "linewidths": min(0.5, size / 60), "edgecolors": "white"}
    rest = np.array([kind is None or kind in left for kind in kinds])
    if rest.any():
        word = "other" if left else "unknown"
        axes.scatter(*points[rest].T, color=REST, label=f"{word} ({rest.sum()})", **style)
    middles = []
    for colour, name in zip(COLOURS, named, strict=False):
        own = points[np.array([kind == name for kind in kinds])]
        axes.scatter(*own.T, color=colour, label=f"{_short(name)} ({len(own)})", **style)
        middles.append(_amid(own))
    _frame(axes, points)
    font = _fonts()
    axes.set_title(title, loc="left", fontsize=13, fontfamily=font)
    if is_named_on_map:
        _write_names(axes, named, middles, font)
    elif named or rest.any():
        handles, labels = axes.get_legend_handles_labels()
        if rest.any():
            handles, labels = [*handles[1:], handles[0]], [*labels[1:], labels[0]]
        axes.legend(
            handles,
            [textwrap.shorten(label, 32, placeholder=" …") for label in labels],
            loc="center left",
            bbox_to_anchor=(1, 0.5),
            frameon=False,
            prop={"family": font, "size": 10},
            markerscale=max(1.0, 6 / size**0.5),
        )
    axes.annotate(
        "near = sounds alike; the directions mean nothing",
        (0, 0), (0, -6), xycoords="axes fraction", textcoords="offset points",
        va="top", fontsize=8.5, color="#777777",
    )  # fmt: skip
    return figures.write(figure, path)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1].rstrip() + "…"


def _frame(axes: Any, points: NDArray[np.float64]) -> None:
    low, high = points.min(axis=0), points.max(axis=0)
    middle, half = (low + high) / 2, 0.53 * max(float((high - low).max()), 1e-6)
    axes.set_xlim(middle[0] - half, middle[0] + half)
    axes.set_ylim(middle[1] - half, middle[1] + half)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_color("#dddddd")


def _amid(own: NDArray[np.float64]) -> NDArray[np.float64]:
    """Find where most of some points are: the one with the most others near it."""
    some = own[:: max(1, len(own) // 500)]
    apart = np.sqrt(((some[:, None] - some) ** 2).sum(axis=2))
    width = max(float(np.median(apart)) / 2, 1e-9)
    middle: NDArray[np.float64] = some[np.exp(-((apart / width) ** 2)).sum(axis=1).argmax()]
    return middle


def _write_names(
    axes: Any, names: Sequence[str], middles: Sequence[NDArray[np.float64]], font: list[str]
) -> None:
    """Write names amid their points, moved up and down until none covers another."""
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=3.5, foreground="white", alpha=0.9)]
    # widths and heights of the letters in units of the map, by the size of the axes in points
    low, high = axes.get_ylim()
    height = (high - low) * 0.021
    left, right = axes.get_xlim()
    letter = (right - left) * 0.0105
    placed: list[tuple[float, float, float]] = []
    for name, colour, (x, y) in sorted(
        zip(names, COLOURS, middles, strict=False), key=lambda one: -one[2][1]
    ):
        half = letter * len(name) / 2
        x = float(np.clip(x, left + half, right - half))
        y = float(y)
        while any(abs(x - a) < half + width and abs(y - b) < height for a, b, width in placed):
            y -= height / 4
        placed.append((x, y, half))
        axes.text(
            x,
            y,
            name,
            ha="center",
            va="center",
            fontsize=11,
            fontweight="bold",
            color=_dark(colour),
            path_effects=halo,
            fontfamily=font,
        )


def _dark(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[i : i + 2], 16) / 255 * 0.6 for i in (1, 3, 5))


def _fonts() -> list[str]:
    from matplotlib import font_manager

    installed = set(font_manager.get_font_names())
    return ["DejaVu Sans", *(name for name in FONTS if name in installed)]
