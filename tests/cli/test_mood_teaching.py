"""`murecom mood teach` and `murecom mood import-lexicon`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import dutir_file
from murecom.cli import NOTHING_FOUND, run
from murecom.jobs import mood_teach
from untaught import WordReader


@pytest.fixture
def mood(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(mood_teach, "_shipped", lambda home: WordReader())

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        code = run(["--home", str(tmp_path / "home"), "mood", *map(str, arguments)])
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


@pytest.fixture
def own(tmp_path) -> Path:
    both = (("great fun today", "happy"), ("lonely and grey", "哀"))
    lines = [f"{both[k % 2][0]} {k},{both[k % 2][1]}" for k in range(60)]
    path = tmp_path / "own.csv"
    path.write_text("\n".join(["text,label", *lines]), encoding="utf-8")
    return path


def test_teach(mood, own) -> None:
    code, out, err = mood("teach", own, "--dry-run")
    assert code == 0
    assert out.startswith("Would teach 60 sentences: added 60")
    code, out, err = mood("teach", own)
    assert code == 0
    assert out.startswith("Taught 60 sentences: added 60  changed 0  known 0\n")
    assert "macro-F1 1.000" in out
    code, out, err = mood("teach", own, "--json")
    answer = json.loads(out)
    assert (answer["known"], answer["labels"]["joy"]) == (60, 30)
    assert "Nothing new" in err


def test_unknown_labels_are_named_with_the_next_step(mood, tmp_path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("text,label\na,hapy\nb,sad\nc,meh\n,sad\n")
    code, _, err = mood("teach", path)
    assert code == 4
    assert "'hapy'; is it 'happy'? Say what it means: --label-map 'hapy=joy'" in err
    assert "line 5: no text" in err
    assert "one label alone" in err
    (tmp_path / "map.json").write_text('{"hapy": "joy", "meh": "joy"}')
    code, out, _ = mood(
        "teach", path, "--map", tmp_path / "map.json", "--label-map", "meh=neutral", "--jsonl"
    )
    assert (code, out) == (4, "")  # the line without a text
    code, out, _ = mood("teach", "--json")
    assert json.loads(out)["labels"] == {"sadness": 1, "joy": 1, "neutral": 1}


def test_forget(mood, own) -> None:
    assert mood("teach", "--forget")[0] == 3
    mood("teach", own)
    assert mood("teach", "--forget")[:2] == (0, "Forgot 60 sentences.\n")
    assert mood("teach")[0] == 1
    assert mood("teach", own, "--forget")[0] == 2


def test_wrong_use(mood, own, tmp_path) -> None:
    for wrong in ("meh", "=joy"):
        assert mood("teach", own, "--label-map", wrong)[0] == 2
    (tmp_path / "map.json").write_text("[1]")
    assert mood("teach", own, "--map", tmp_path / "map.json")[0] == 2
    (tmp_path / "map.json").write_text("{")
    assert mood("teach", own, "--map", tmp_path / "map.json")[0] == 2
    assert mood("teach", own, "--map", tmp_path / "none.json")[0] == NOTHING_FOUND
    assert mood("teach", own, "--label-map", "meh=nonsense")[0] == 1
    assert mood("teach", tmp_path / "none.csv")[0] == 3


def test_import_lexicon(mood, tmp_path) -> None:
    file = dutir_file.write(tmp_path / "d.csv")
    code, out, err = mood("import-lexicon", file)
    assert code == 0
    assert out == "Kept 19 words: rows 20  senses 20  auxiliary 5  refused 0\n"
    assert "老顽固" in err
    code, out, err = mood("import-lexicon", dutir_file.write(file, refused=True), "--dry-run")
    assert code == 4
    assert out.startswith("Would keep 19 words")
    assert "没有类 (XX) in line 23" in err
    code, out, _ = mood("import-lexicon", file, "--jsonl", "-q")
    assert json.loads(out.splitlines()[-1])["line"] == 25
    assert mood("import-lexicon", tmp_path / "none.csv")[0] == 3
