"""Commands that go by what was heard: similar --history, daily, --exclude-recent, forget."""

from __future__ import annotations

import json

import pytest

import put_together
from listened import heard, listen
from murecom.cli import forget, run

__all__ = ["heard"]


@pytest.fixture(autouse=True)
def _counting(monkeypatch: pytest.MonkeyPatch) -> None:
    put_together.register(monkeypatch)


@pytest.fixture
def call(heard, capsys, monkeypatch, tmp_path):
    """Run a command where something was heard; gives (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    listen(heard, heard.find("Song 000"), 5, 6, 7)
    listen(heard, heard.find("Song 001"), 1)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(["--home", str(heard.home), *arguments])
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


def titles(text: str) -> list[str]:
    return [n["track"]["title"] for n in json.loads(text)["tracks"]]


def test_similar_to_what_was_heard(call):
    code, out, err = call("similar", "--history", "-k", "3")
    assert code == 0
    assert len(out.splitlines()) == 3
    assert "Note: From 2 tracks that you heard: " in err
    code, out, _ = call("similar", "--history", "--json")
    assert [seed["title"] for seed in json.loads(out)["seeds"]] == ["Song 000", "Song 001"]
    assert call("similar", "--history", "--local", "-o", "a.m3u8")[0] == 0
    for wrong in (["similar"], ["similar", "--history", "Song 000"]):
        code, _, err = call(*wrong)
        assert (code, "--history" in err) == (2, True)


def test_daily(call, tmp_path):
    code, out, err = call("daily", "--length", "6", "--artist-cap", "0")
    assert code == 0
    assert len(out.splitlines()) == 6
    assert "you heard it 3 times in the last 30 days" in out
    assert "(3 listens) · " in out
    assert "1 track that you know rests" in err
    assert call("daily", "--length", "6", "--artist-cap", "0")[1] == out
    assert call("daily", "--length", "4", "--by", "sound", "--half-life", "7", "-q")[2] == ""
    assert call("daily", "--local", "-o", "mix.m3u8")[0] == 0
    assert "Daily mix 2" in (tmp_path / "mix.m3u8").read_text()
    for wrong in (["--length", "0"], ["--half-life", "0"], ["--exclude-recent", "-1"]):
        assert call("daily", *wrong)[0] == 2
    code, _, err = call("daily", "--half-life", "nan")
    assert (code, "half-life" in err) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        ("similar", "Song 002", "-k", "9"),
        ("continue", "--seed", "Song 002", "--length", "9"),
        ("next", "--seed", "Song 002", "-k", "9"),
        ("radio", "Song 002", "--length", "9"),
    ],
)
def test_what_was_heard_of_late_is_left_out(call, words):
    more = ("--by", "sound", "--artist-cap", "0", "--album-cap", "0", "--json")
    assert {"Song 000", "Song 001"} <= set(titles(call(*words, *more)[1]))
    code, out, _ = call(*words, *more, "--exclude-recent", "3")
    assert code == 0
    assert "Song 000" in titles(out)
    assert "Song 001" not in titles(out)
    assert "heard in the last 3 days" in " ".join(json.loads(out)["notes"])


def test_nothing_heard(call):
    assert call("forget", "history", "--yes", "-q")[0] == 0
    for words in (("daily",), ("similar", "--history")):
        code, _, err = call(*words)
        assert (code, "murecom import" in err) == (1, True)
    code, _, err = call("similar", "Song 000", "--exclude-recent", "3", "-k", "2")
    assert (code, "No listening history is known" in err) == (0, True)


def test_forget_asks(call, heard, monkeypatch):
    code, _, err = call("forget", "history")
    assert (code, "--yes" in err) == (2, True)
    assert heard.listens() == 4
    monkeypatch.setattr(forget, "can_ask", lambda: True)
    monkeypatch.setattr("click.confirm", lambda text, **more: text == "Delete 4 listens?")
    assert call("forget", "history")[1] == "Forgot 4 listens.\n"
    assert heard.listens() == 0
    assert call("forget", "history")[1] == "Forgot 0 listens.\n"


def test_forget_as_json(call, heard):
    code, out, _ = call("forget", "history", "-y", "--json")
    assert (code, json.loads(out)) == (0, {"forgotten": 4})
    assert heard.find("Song 000").title == "Song 000"
    assert heard.status()["playlists"] == 24
