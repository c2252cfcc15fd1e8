"""`murecom evaluate`: tables on stdout, talk on stderr, exit codes, Ctrl-C."""

from __future__ import annotations

import json

import pytest

import lists
from murecom.cli import run
from murecom.cli.evaluate import SCENARIOS
from murecom.evaluate import protocol


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return lists.write(tmp_path_factory.mktemp("lists") / "playlists.jsonl", count=160)


@pytest.fixture
def murecom(tmp_path, capsys):
    """Run a command in a home of its own; give (exit code, stdout, stderr)."""

    def call(*arguments: object) -> tuple[int, str, str]:
        code = run(["--home", str(tmp_path / "home"), *map(str, arguments)])
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


def test_the_help_names_the_scenarios():
    assert tuple(protocol.SCENARIOS) == SCENARIOS


def test_a_table(murecom, file, tmp_path):
    code, out, err = murecom(
        "evaluate", "playlists", file, "--compare", "item_knn, popular", "--scenarios", "first5",
        "-o", tmp_path / "out",
    )  # fmt: skip
    assert code == 0
    assert "item_knn" in out
    assert "less the first" in out
    assert "Wrote" in err
    assert (tmp_path / "out" / "report.txt").read_text() == out


def test_json(murecom, file):
    arguments = ("evaluate", "playlists", file, "--compare", "popular", "--json", "-q")
    code, out, err = murecom(*arguments, "--scenarios", "title,next", "--validation")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document["options"]["on"] == "validation"
    assert set(document["models"][0]["scenarios"]) == {"title", "next"}
    unseen = json.loads(murecom(*arguments, "--scenarios", "next", "--keep-unseen")[1])
    assert unseen["options"]["keep_unseen"] is True


def test_the_dial(murecom, file):
    pytest.importorskip("matplotlib", reason="pictures need the extra plots")
    code, out, err = murecom(
        "evaluate", "playlists", file, "--compare", "item_knn", "--scenarios", "first1",
        "--novelty-sweep", "--lists", "10",
    )  # fmt: skip
    assert code == 0
    assert "dial" in out
    assert "novelty-item_knn.png" in err


def test_a_model_that_lacks_something_is_named(murecom, file):
    code, out, _ = murecom(
        "evaluate", "playlists", file, "--compare", "popular,audio_knn", "--scenarios", "first1"
    )
    assert code == 4
    assert "Not measured: audio_knn" in out


def test_refusals(murecom, file):
    for arguments, code, words in (
        ((), 1, "murecom import"),
        ((file, "--compare", "nobody"), 3, "nobody"),
        ((file, "--compare", "popular", "--scenarios", "first7"), 1, "first7"),
        ((file, "--lists", "0"), 2, "--lists"),
        (("nowhere.jsonl",), 3, "nowhere"),
    ):
        found, out, err = murecom("evaluate", "playlists", *arguments)
        assert (found, out) == (code, "")
        assert words in err


def test_stopped(murecom, file, monkeypatch):
    from murecom.evaluate import compare

    real, calls = compare.measure, []

    def stopped(*arguments, **more):
        if len(calls) == 1:
            raise KeyboardInterrupt
        calls.append(1)
        return real(*arguments, **more)

    arguments = ("evaluate", "playlists", file, "--compare", "popular", "--scenarios", "title,next")
    monkeypatch.setattr(compare, "measure", stopped)
    code, _, err = murecom(*arguments)
    assert code == 130
    assert "the same command goes on" in err
    monkeypatch.setattr(compare, "measure", lambda *a, **k: calls.append(2) or real(*a, **k))
    assert murecom(*arguments)[0] == 0
    assert calls == [1, 2]  # what was finished is not measured again
