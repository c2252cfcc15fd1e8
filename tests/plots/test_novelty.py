"""The price curve: written whole, or refused."""

from __future__ import annotations

import pytest

from murecom.errors import BadInput
from murecom.plots import novelty

PNG = b"\x89PNG\r\n\x1a\n"


def test_the_curve_is_written(tmp_path):
    pytest.importorskip("matplotlib", reason="pictures need the extra plots")
    gains = {"coverage": [0.0, 0.2, 0.5], "new artists": [0.0, 0.02, 0.1]}
    bounds = [[0, -0.01, 0.02], [0, 0.02, 0.08]]
    path = novelty.draw(tmp_path / "n.png", (0, 0.5, 1), (0, 0.01, 0.05), bounds, gains, "blend")
    assert path.read_bytes()[:8] == PNG
    assert [file.name for file in tmp_path.iterdir()] == ["n.png"]
    novelty.draw(tmp_path / "n.png", (0,), (0,), [[0], [0]], {})


def test_values_that_do_not_fit(tmp_path):
    for dials, lost, bounds, gains in (
        ((), (), [[], []], {}),
        ((0, 1), (0,), [[0, 0], [0, 0]], {}),
        ((0, 1), (0, 0), [[0], [0]], {}),
        ((0, 1), (0, 0), [[0, 0], [0, 0]], {"coverage": [0]}),
    ):
        with pytest.raises(BadInput):
            novelty.draw(tmp_path / "n.png", dials, lost, bounds, gains)
