"""`murecom genres` on a scanned library."""

from __future__ import annotations

import json
import shutil

import pytest
from tests.label.probes import probe_for

from murecom.cli import run


@pytest.fixture
def murecom(scanned, tmp_path, capsys, monkeypatch):
    home = tmp_path / "home"
    shutil.copytree(scanned, home)
    probe_for(home)
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, home=home) -> tuple[int, str, str]:
        code = run(["--home", str(home), "genres", *map(str, arguments)])
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


def test_summary_as_text_and_json(murecom):
    code, out, _ = murecom()
    assert code == 0
    assert "unsure" in out.splitlines()[-1]
    code, out, _ = murecom("--json")
    summary = json.loads(out)
    assert code == 0
    assert summary["tracks"] == 12
    assert summary["written"] is None
    assert {"genre", "tracks", "share"} == set(summary["genres"][0])
    assert murecom("--jsonl")[1].count("\n") == len(summary["genres"])


def test_write_and_forget(murecom):
    assert "12 tracks" in murecom("--write")[2]
    assert "kept before" in murecom("--write")[2]
    assert json.loads(murecom("--write", "--json")[1])["written"] == 0
    assert json.loads(murecom("--forget", "--json")[1])["forgotten"] >= 12


def test_named_tracks(murecom, music):
    code, out, _ = murecom("Song 000", next(music.rglob("*.wav")), "--least", "0")
    assert code == 0
    assert len(out.splitlines()) == 2
    assert "calm" in out
    code, out, err = murecom("Song 000", "nobody knows this", "--json")
    [one] = json.loads(out)
    assert code == 0
    assert set(one) == {"track", "genre", "own", "genres", "evidence"}
    assert "nobody knows this" in err
    assert murecom("nobody knows this")[0] == 3


def test_list_writes_a_playlist(murecom, tmp_path):
    code, out, _ = murecom("--list", "calm", "--least", "0", "-k", "4")
    assert (code, len(out.splitlines())) == (0, 4)
    code, _, _ = murecom("--list", "calm", "--least", "0", "-o", tmp_path / "calm.m3u8")
    assert code == 0
    assert len([x for x in (tmp_path / "calm.m3u8").read_text().splitlines() if x[0] != "#"]) == 12
    assert murecom("--list", "calm", "--least", "1")[0] == 3
    assert murecom("--list", "polka")[0] == 3


def test_disagree_finds_nothing_in_a_library_without_tags(murecom):
    code, out, err = murecom("--disagree")
    assert (code, out) == (3, "")
    assert "No genre tag is denied" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("Song 000", "--write"),
        ("--list", "calm", "--disagree"),
        ("--least", "2"),
        ("-k", "3"),
        ("-o", "x.m3u8"),
        ("--write", "--forget"),
    ],
)
def test_wrong_usage(murecom, arguments):
    assert murecom(*arguments)[0] == 2


def test_without_a_probe(murecom, tmp_path):
    code, _, err = murecom(home=tmp_path / "new")
    assert code == 1
    assert "murecom train genres DIR" in err
