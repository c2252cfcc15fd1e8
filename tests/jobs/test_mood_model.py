"""The model of a home folder: shipped, with what was taught and imported."""

from __future__ import annotations

import pytest

from mood_doubles import letter_head
from murecom.jobs.mood_model import mood_model, stamp_of
from murecom.jobs.mood_teach import forget, teach
from murecom.mood.encoder import Cached
from murecom.mood.head import Head
from untaught import Letters, WordReader


@pytest.fixture(autouse=True)
def _small_head(monkeypatch) -> None:
    monkeypatch.setattr(Head, "shipped", classmethod(lambda cls: letter_head(Letters())))


def test_what_was_taught_joins(tmp_path):
    pytest.importorskip("sklearn", reason="teaching needs the extra mood")
    home, encoder = tmp_path / "home", Cached(Letters())
    before = stamp_of(home)
    assert mood_model(home, encoder).voices == []
    file = tmp_path / "own.csv"
    rows = [
        f"{'great fun' if n % 2 else 'lonely'} {n},{'joy' if n % 2 else 'sad'}" for n in range(40)
    ]
    file.write_text("text,label\n" + "\n".join(rows), encoding="utf-8")
    teach(home, file, model=WordReader())
    assert stamp_of(home) != before
    model = mood_model(home, encoder)
    assert [voice.name.partition("-")[0] for voice in model.voices] == ["taught"]
    assert model.encoder is encoder
    forget(home)
    assert stamp_of(home) == before
    assert mood_model(home, encoder).voices == []
