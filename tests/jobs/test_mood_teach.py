"""Teaching: sentences are kept, added up, and never lost."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from mood_doubles import letter_model
from murecom.errors import BadInput, NotFound, NotReady, Unreachable
from murecom.jobs import mood_teach
from murecom.jobs.mood_lexicon import lexicon_folder
from murecom.jobs.mood_teach import forget, taught_folder, taught_note, taught_voice, teach
from murecom.mood.dutir import Sense
from murecom.mood.lexicon import Lexicon
from murecom.mood.taught import TaughtHead
from untaught import Letters, WordReader


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def write(tmp_path: Path):
    """Write rows of (text, label) as a CSV file."""

    def make(rows, name: str = "own.csv") -> Path:
        lines = ["text,label", *(f"{text},{label}" for text, label in rows)]
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
        return tmp_path / name

    return make


def rows(n: int, start: int = 0) -> list[tuple[str, str]]:
    both = (("great fun today", "happy"), ("lonely and grey", "sad"))
    return [(f"{both[k % 2][0]} {start + k}", both[k % 2][1]) for k in range(n)]


def kept(home: Path) -> dict[str, str]:
    lines = (home / "mood" / "taught.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["text"]: row["label"] for row in map(json.loads, lines)}


def test_teach_and_voice(home, write) -> None:
    assert taught_voice(home, Letters.key) is None
    steps = []
    report = teach(home, write(rows(60)), model=WordReader(), progress=steps.append)
    assert (report.rows, report.added, report.sentences) == (60, 60, 60)
    assert report.labels == {"joy": 30, "sadness": 30}
    assert report.is_fitted
    assert report.figures["macro_f1"] == 1
    assert {step.stage for step in steps} == {"Encoding", "Teaching"}
    voice = taught_voice(home, Letters.key)
    assert voice is not None
    assert voice.weight == report.weight
    texts = ["great fun", "so lonely"]
    said, evidence = voice.speak(texts, Letters().encode(texts))
    assert voice.head.labels == ("joy", "sadness")
    assert said[0].argmax() != said[1].argmax()
    assert (evidence > 0.3).all()
    assert taught_voice(home, "another-1") is None


def test_a_second_file_adds_and_changes(home, write) -> None:
    teach(home, write(rows(10)), model=WordReader())
    more = [("great fun today 0", "sad"), ("lonely and grey 1", "sad"), ("new", "joy")]
    more += [("twice", "joy"), ("twice", "sad")]
    report = teach(home, write(more), model=WordReader())
    assert (report.added, report.changed, report.known) == (2, 2, 1)
    assert report.sentences == 12
    assert kept(home)["great fun today 0"] == "sadness"
    assert kept(home)["twice"] == "sadness"
    voice = taught_voice(home, Letters.key)
    assert sum(voice.head.counts) == 12


def test_what_is_known_is_not_learned_again(home, write, monkeypatch) -> None:
    file = write(rows(10))
    teach(home, file, model=WordReader())
    reader = WordReader()
    report = teach(home, file, model=reader)
    assert (report.known, report.is_fitted) == (10, True)
    assert not reader.texts
    assert "Nothing new" in report.notes[0]
    teach(home, model=reader)  # asked for without a file
    assert len(reader.texts) == 10


def test_without_a_file_what_was_taught_is_learned_again(home, write) -> None:
    with pytest.raises(NotReady, match="murecom mood teach FILE"):
        teach(home, model=WordReader())
    teach(home, write(rows(10)), model=WordReader())
    (taught_folder(home) / "manifest.json").write_text("{")
    with pytest.raises(BadInput, match="murecom mood teach"):
        taught_voice(home, Letters.key)
    assert teach(home, model=WordReader()).sentences == 10
    assert taught_voice(home, Letters.key) is not None


def test_interrupted_between_sentences_and_head(home, write) -> None:
    teach(home, write(rows(10)), model=WordReader())
    with pytest.raises(KeyboardInterrupt):
        teach(home, write(rows(10, start=100), "b.csv"), model=WordReader(stop_after=0))
    assert len(kept(home)) == 20
    assert sum(taught_voice(home, Letters.key).head.counts) == 10  # the old one, whole
    # the same command goes on, although nothing in the file is new
    report = teach(home, write(rows(10, start=100), "b.csv"), model=WordReader())
    assert (report.added, report.sentences) == (0, 20)
    assert sum(taught_voice(home, Letters.key).head.counts) == 20


def test_unknown_labels_are_counted_and_explained(home, write) -> None:
    file = write([("a", "joy"), ("b", "hapy"), ("c", "hapy"), ("d", "meh"), ("", "joy")])
    report = teach(home, file, model=WordReader(), dry_run=True)
    first = report.unknown[0]
    assert (first.name, first.rows, first.nearest) == ("hapy", 2, "happy")
    assert len(report.unknown) == 2
    assert len(report.refused) == 1
    names = {"hapy": "joy", "meh": "neutral"}
    report = teach(home, file, model=WordReader(), names=names)
    assert report.labels == {"joy": 3, "neutral": 1}
    assert not report.unknown


def test_only_unknown_labels_are_refused(home, write) -> None:
    with pytest.raises(BadInput, match=r"'5'.*--label-map"):
        teach(home, write([("a", "5"), ("b", "6")]), model=WordReader())
    with pytest.raises(BadInput, match="cannot be taught"):
        teach(home, write([("a", "no_signal")]), model=WordReader())
    with pytest.raises(BadInput, match="Take one of"):
        teach(home, write(rows(4)), model=WordReader(), names={"x": "y"})
    with pytest.raises(NotFound):
        teach(home, Path("none.csv"), model=WordReader())
    assert not home.exists()


def test_one_label_is_kept_but_teaches_nothing(home, write) -> None:
    report = teach(home, write([("sunny day", "joy"), ("what fun", "happy")]), model=WordReader())
    assert not report.is_fitted
    assert "other moods" in report.notes[0]
    assert taught_voice(home, Letters.key) is None
    report = teach(home, write([("all alone", "sad"), ("!!!", "sad")]), model=WordReader())
    assert (report.is_fitted, report.sentences) == (True, 4)
    assert "1 sentence without words" in report.notes[0]


def test_signs_alone_teach_nothing(home, write) -> None:
    report = teach(home, write([("!!!", "joy"), ("…", "sad"), ("5", "sad")]), model=WordReader())
    assert (report.is_fitted, report.sentences) == (False, 3)
    assert "say something" in report.notes[-1]


def test_dry_run_writes_nothing(home, write) -> None:
    report = teach(home, write(rows(4)), dry_run=True)  # asks for no model either
    assert (report.added, report.sentences, report.is_fitted) == (4, 4, False)
    assert not home.exists()


def test_forget(home, write) -> None:
    assert forget(home) == 0
    teach(home, write(rows(10)), model=WordReader())
    assert forget(home) == 10
    assert taught_voice(home, Letters.key) is None
    assert forget(home) == 0
    with pytest.raises(NotReady):
        teach(home, model=WordReader())


def test_damaged_lines_are_passed_over(home, write) -> None:
    teach(home, write(rows(10)), model=WordReader())
    file = home / "mood" / "taught.jsonl"
    with file.open("ab") as lines:
        lines.write(b'{"text": "cut o\n\xff\xfe\n[]\n{"text": 1, "label": 2}\n')
    report = teach(home, write([("new", "joy")]), model=WordReader())
    assert report.sentences == 11
    assert "4 damaged lines" in report.notes[0]


def test_a_full_disk_keeps_what_was_taught(home, write, monkeypatch) -> None:
    teach(home, write(rows(10)), model=WordReader())

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unreachable, match="still there"):
        teach(home, write([("new", "joy")]), model=WordReader())
    monkeypatch.undo()
    assert len(kept(home)) == 10
    assert not list((home / "mood").glob("*.part"))


def test_the_head_says_what_it_was_taught(home, write) -> None:
    teach(home, write(rows(10)), model=WordReader())
    first = TaughtHead.load(taught_folder(home)).data
    teach(home, write(rows(12)), model=WordReader())
    assert TaughtHead.load(taught_folder(home)).data != first
    assert np.isfinite(TaughtHead.load(taught_folder(home)).bias).all()


def test_a_failure_puts_the_sentences_of_before_back(home, write, monkeypatch) -> None:
    def broken(*_):
        raise ValueError("shape mismatch")

    monkeypatch.setattr("murecom.train.teach.fit", broken)
    with pytest.raises(ValueError, match="shape"):
        teach(home, write(rows(10)), model=WordReader())
    assert not (home / "mood" / "taught.jsonl").exists()
    monkeypatch.undo()
    teach(home, write(rows(10)), model=WordReader())
    monkeypatch.setattr("murecom.train.teach.fit", broken)
    with pytest.raises(ValueError, match="shape"):
        teach(home, write(rows(10, start=100)), model=WordReader())
    assert len(kept(home)) == 10
    monkeypatch.undo()
    assert teach(home, write([("new", "joy")]), model=WordReader()).sentences == 11


def test_a_head_of_other_sentences_goes(home, write) -> None:
    teach(home, write(rows(60)), model=WordReader())
    report = teach(home, write([(text, "joy") for text, _ in rows(60)]), model=WordReader())
    assert (report.changed, report.is_fitted) == (30, False)
    assert taught_voice(home, Letters.key) is None
    assert not taught_folder(home).exists()
    teach(home, write(rows(60)), model=WordReader())
    wordless = {text: "!" * (k + 1) for k, (text, _) in enumerate(rows(60))}
    lines = [json.dumps({"text": one, "label": "joy"}) for one in wordless.values()]
    lines.append(json.dumps({"text": "5", "label": "sad"}))
    (home / "mood" / "taught.jsonl").write_text("\n".join(lines))
    assert not teach(home, model=WordReader()).is_fitted
    assert taught_voice(home, Letters.key) is None


@pytest.mark.parametrize("change", [{"grams": 0}, {"encoder": "older-1"}, {"format": 99}])
def test_what_is_outdated_is_left_out_and_told(home, write, change) -> None:
    assert taught_note(home, Letters.key) is None
    teach(home, write(rows(10)), model=WordReader())
    assert taught_note(home, Letters.key) is None
    path = taught_folder(home) / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert taught_voice(home, Letters.key) is None
    assert "murecom mood teach" in taught_note(home, Letters.key)
    assert teach(home, model=WordReader()).is_fitted
    assert taught_note(home, Letters.key) is None
    assert taught_voice(home, Letters.key) is not None


def test_only_what_counts_is_encoded(home, write, monkeypatch) -> None:
    monkeypatch.setattr("murecom.train.teach.MOST", 100)
    monkeypatch.setattr("murecom.train.teach.CHOOSING", 60)
    reader = WordReader()
    steps = []
    report = teach(home, write(rows(1_000)), model=reader, progress=steps.append)
    assert max(step.total for step in steps if step.stage == "Encoding") == 100
    assert len(reader.texts) == 60
    assert report.sentences == 1_000
    assert "100 of the sentences" in report.notes[0]
    assert report.figures["sentences"] == 60


def test_the_imported_lexicon_is_one_of_those_it_is_weighed_against(home, monkeypatch) -> None:
    monkeypatch.setattr("murecom.mood.model.MoodModel.shipped", lambda encoder: letter_model())
    monkeypatch.setattr("murecom.mood.encoder.UniversalEncoder", Letters)
    assert not mood_teach._shipped(home).voices
    Lexicon.of([Sense("高兴", "PA", 5)]).save(lexicon_folder(home))
    (voice,) = mood_teach._shipped(home).voices
    assert voice.name.startswith("lexicon")


def test_rows_of_several_lines_are_told(home, tmp_path) -> None:
    path = tmp_path / "own.csv"
    path.write_text('text,label\n"two\nlines",sad\n"open,joy\nfine,joy\nlast" one,sad\n')
    report = teach(home, path, model=WordReader(), dry_run=True)
    assert (report.spanning, report.mended) == (1, 1)
    assert "1 row with a stray quotation mark" in report.notes[0]
    assert "1 row of several lines" in report.notes[1]
