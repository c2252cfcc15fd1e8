"""The picture of a map: every kind of input gives a whole file."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from murecom.errors import BadInput, MissingExtra, Unreachable
from murecom.plots.map import COLOURS, draw

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("places", "kinds"),
    [
        ([(0, 0)], ["only"]),
        ([(0, 0)], [None]),
        ([(0.5, -1), (0.5, 1)], ["same", "same"]),
        (np.random.default_rng(0).random((300, 2)), [f"kind {n % 30}" for n in range(300)]),
        (np.zeros((20, 2)), ["a", None] * 10),
        ([(0, 0), (1, 1)], ["古典", "ジャズ with a name that is much too long for a legend"]),
    ],
)
@pytest.mark.parametrize("is_named", [True, False])
def test_pictures_are_written(tmp_path, places, kinds, is_named):
    pytest.importorskip("matplotlib", reason="pictures need the extra plots")
    path = draw(tmp_path / "map.png", places, kinds, "title", is_named_on_map=is_named)
    assert path.read_bytes()[:8] == PNG
    assert [file.name for file in tmp_path.iterdir()] == ["map.png"]


def test_colours_differ():
    assert len(set(COLOURS)) == len(COLOURS)


def test_refusals(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib", reason="pictures need the extra plots")
    with pytest.raises(BadInput):
        draw(tmp_path / "map.png", np.empty((0, 2)), [])
    with pytest.raises(BadInput):
        draw(tmp_path / "map.png", [(0, 0)], ["a", "b"])
    with pytest.raises(Unreachable, match="another folder"):
        draw(tmp_path / "none" / "map.png", [(0, 0)], ["a"])
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.setitem(sys.modules, "matplotlib.backends.backend_agg", None)
    with pytest.raises(MissingExtra, match=r"pip install '.\[plots\]'"):
        draw(tmp_path / "map.png", [(0, 0)], ["a"])
