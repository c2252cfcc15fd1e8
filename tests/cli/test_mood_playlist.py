"""`murecom mood TEXT`: text or sub-command, points, journeys, files, exit codes."""

from __future__ import annotations

import json
import shutil

import pytest

from murecom.cli import run
from murecom.cli._mood_playlist import line
from murecom.service import Murecom
from murecom.store import Store
from murecom.store.moods import MoodRow
from murecom.types import Mood

SAD = Mood(-0.48, -0.21, "sadness", {"sadness": 0.61, "joy": 0.02, "calm": 0.37}, confidence=0.8)


@pytest.fixture
def heard(monkeypatch):
    """Texts that were read; a reader without a network: a question mark says nothing."""
    texts: list[str] = []

    def mood_of(self, text):
        texts.append(text)
        return Mood(0.0, 0.0, "no_signal") if "?" in text else SAD

    monkeypatch.setattr(Murecom, "mood_of", mood_of, raising=False)
    return texts


@pytest.fixture
def mood(scanned, heard, capsys, monkeypatch, tmp_path):
    """Run `murecom mood` in a library with moods; gives (exit code, stdout, stderr)."""
    home = tmp_path / "home"
    shutil.copytree(scanned, home)
    monkeypatch.chdir(tmp_path)
    with Store.open(home / "murecom.db") as store:
        store.moods.put(
            MoodRow(track.id, "all", -0.5 + n / 12, -0.2, 0.8)
            for n, track in enumerate(store.tracks.iter())
        )

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(["--home", str(home), "mood", *map(str, arguments)])
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


def test_text_needs_no_sub_command_and_no_quotes(mood, heard):
    code, out, _ = mood("I", "feel", "blue", "--length", "3")
    assert code == 0
    first, *rows = out.splitlines()
    assert first == "sadness 0.61 · calm 0.37   valence -0.48  arousal -0.21"
    assert len(rows) == 3
    assert "near the mood" in rows[0]
    assert heard == ["I feel blue"]
    assert mood("playlist", "I feel blue", "--length", "3")[1] == out


@pytest.mark.parametrize("text", ["playlist", "read", "-_-", "--;", "后悔也都没有用", "😢"])
def test_any_text_can_be_said(mood, heard, text):
    arguments = [text] if text not in ("playlist", "read") else ["playlist", text]
    assert mood(*arguments, "--length", "1")[0] == 0
    assert heard == [text]


def test_a_point_stands_for_text(mood, heard):
    code, out, _ = mood("--valence", "-0.5", "--arousal", "-0.2", "--length", "1")
    assert code == 0
    assert out.splitlines()[0].endswith("valence -0.50  arousal -0.20")
    assert heard == []
    assert mood("--valence", "7")[0] == 2
    assert mood("--lenght", "3")[0] == 2


def test_help_names_the_sub_commands(mood):
    for arguments in ((), ("--help",), ("-h",)):
        _, out, err = mood(*arguments)
        assert "playlist" in out + err
    assert "--journey" in mood("playlist", "--help")[1]


def test_json_holds_the_mood(mood):
    code, out, _ = mood("blue", "--json", "--length", "2")
    answer = json.loads(out)
    assert code == 0
    assert list(answer) == ["seeds", "tracks", "model", "notes", "mood", "journey", "points"]
    assert set(answer["tracks"][0]) == {"track", "score", "why"}
    assert answer["mood"]["label"] == "sadness"
    assert answer["journey"] is None
    assert len(answer["points"]) == 2
    lines = mood("blue", "--jsonl", "--length", "2")[1].splitlines()
    assert [set(json.loads(one)) for one in lines] == [{"track", "score", "why"}] * 2


def test_journeys_lead_to_words_or_points(mood, heard):
    code, out, _ = mood("--valence", "0.4", "--journey", "-0.4,-0.2", "--length", "3")
    assert code == 0
    assert out.splitlines()[1].startswith("to near ")
    assert heard == []
    code, out, _ = mood("blue", "--journey", "bright", "--way", "straight", "--length", "3")
    assert code == 0
    assert heard == ["blue", "bright"]
    assert mood("blue", "--journey", " ")[0] == 2
    for wrong in ("3,0", "9,9", "0.1；-2"):
        assert mood("blue", "--journey", wrong)[0] == 2
    heard.clear()
    for point in ("-0.4，-0.2", "-0.4、-0.2", "－０.４；-.2", "−0.4, -0.2", "-0.4,-0.2"):
        code, out, _ = mood("--valence", "0.4", "--journey", point, "--length", "1")
        assert code == 0
        assert out.splitlines()[1].endswith("valence -0.40  arousal -0.20")
    assert heard == []


def test_a_file_is_written(mood, tmp_path):
    code, out, err = mood("blue", "-o", "evening.m3u8", "--length", "3", "--hour", "23")
    assert code == 0
    assert out == ""
    assert "sadness 0.61" in err
    assert "Time of day (night)" in err
    assert len((tmp_path / "evening.m3u8").read_text().strip().splitlines()) >= 3


def test_what_cannot_be_read_is_refused(mood):
    for arguments, expected in ((("???",), 1), (("",), 2), ((" ",), 2), (("playlist",), 2)):
        code, out, err = mood(*arguments)
        assert (code, out) == (expected, "")
        assert "--valence" in err
    assert mood("--valence", "nan")[0] == 2
    assert mood("blue", "--arousal", "nan")[0] == 2
    assert mood("???", "--valence", "-0.4", "--length", "1")[0] == 0


def test_without_moods_the_next_step_is_named(murecom, heard):
    code, _, err = murecom("mood", "blue")
    assert code == 1
    assert "murecom mood tracks" in err


def test_the_first_line():
    assert line(Mood(0.5, -0.6, "calm")) == "near calm   valence 0.50  arousal -0.60"
    assert line(Mood(-0.001, -0.5, "neutral")) == "quiet   valence 0.00  arousal -0.50"
    shares = {"sadness": 0.6, "neutral": 0.2, "calm": 0.1, "joy": 0.06, "anger": 0.04}
    told = line(Mood(-0.48, -0.21, "sadness", shares))
    assert told.startswith("sadness 0.60 · neutral 0.20 · calm 0.10   valence")
