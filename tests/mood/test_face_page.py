"""The tables of docs/face.md: in step with the code, and whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from murecom.jobs.face_model import PARTS
from murecom.mood.expression import EXPRESSIONS
from murecom.mood.labels import ORIGINAL

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "face.md").read_text(encoding="utf-8")


def rows(text):
    return [[cell.strip() for cell in line.strip("| ").split("|")] for line in text.splitlines()]


def test_points_of_expressions():
    said = {row[0]: row[1:] for row in rows(PAGE) if len(row) == 5}
    for one in EXPRESSIONS:
        label, code, valence, arousal = said[one.name]
        assert (label, code) == (one.label, one.code or "none")
        assert (float(valence), float(arousal)) == (one.valence, one.arousal)


def test_packages():
    for part in PARTS:
        assert f"{part.package} {part.version}" in PAGE
        assert f"`{part.file}`" in PAGE


def test_emotic():
    table = re.search(r"<!-- emotic -->\n(.*)<!-- end -->", PAGE, re.DOTALL)
    assert table
    categories, reached = [], set()
    for name, classes, left in rows(table[1].strip())[2:]:
        shares = dict(re.findall(r"([A-Z]{2}) ([\d.]+)", classes))
        assert set(shares) <= set(ORIGINAL), name
        total = sum(map(float, shares.values())) + float(left)
        assert total == pytest.approx(1), name
        categories.append(name)
        reached |= set(shares)
    assert len(set(categories)) == 26
    assert categories == sorted(categories)
    assert reached == set(ORIGINAL)
