"""Pictures of genres: written whole, or refused with the extra to install."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from murecom.errors import MissingExtra, Unreachable
from murecom.plots import genres as pictures

PNG = b"\x89PNG\r\n\x1a\n"


def test_pictures_are_written(tmp_path):
    pytest.importorskip("matplotlib", reason="pictures need the extra plots")
    names = ("jazz", "rock")
    first = pictures.confusion(tmp_path / "c.png", names, [[3, 1], [0, 4]], "title")
    second = pictures.spectrograms(tmp_path / "s.png", names, np.ones((2, 20, 10)))
    assert first.read_bytes()[:8] == second.read_bytes()[:8] == PNG
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.png", "s.png"]
    with pytest.raises(Unreachable, match="another folder"):
        pictures.confusion(tmp_path / "none" / "c.png", names, [[3, 1], [0, 4]])


def test_without_matplotlib(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.setitem(sys.modules, "matplotlib.backends.backend_agg", None)
    with pytest.raises(MissingExtra, match=r"pip install '.\[plots\]'"):
        pictures.confusion(tmp_path / "c.png", ("a",), [[1]])


def test_a_spectrogram_in_letters():
    picture = np.zeros((8, 4))
    picture[:4, 0] = 40  # the lowest band, in the first half
    lines = pictures.spectrogram_text(picture, rows=4, columns=4).splitlines()
    assert lines == ["    ", "    ", "    ", "██  "]
    assert pictures.spectrogram_text(np.ones((3, 2))) == "   \n   "
