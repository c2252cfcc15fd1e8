"""Commands that go by playlists: train, similar, continue, next, status, doctor."""

from __future__ import annotations

import json
import shutil

import pytest

import put_together
from murecom.cli import run
from murecom.store import Store


@pytest.fixture(autouse=True)
def _counting(monkeypatch: pytest.MonkeyPatch) -> None:
    put_together.register(monkeypatch)


@pytest.fixture
def home(scanned, tmp_path):
    """A scanned library with playlists, and no model of these yet."""
    shutil.copytree(scanned, tmp_path / "home")
    with Store.open(tmp_path / "home" / "murecom.db") as store:
        put_together.fill(store)
    return tmp_path / "home"


@pytest.fixture
def app(home, capsys, monkeypatch, tmp_path):
    """Run a command there; gives (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, train: bool = False) -> tuple[int, str, str]:
        if train:
            assert run(["--home", str(home), "train", "playlists", "-q"]) == 0
            capsys.readouterr()
        code = run(["--home", str(home), *map(str, arguments)])
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


def answer(text: str) -> dict:
    found = json.loads(text)
    assert set(found) == {"seeds", "tracks", "model", "notes"}
    for neighbour in found["tracks"]:
        assert set(neighbour) == {"track", "score", "why"}
        assert 0 <= neighbour["score"] <= 1
        assert neighbour["why"]
    return found


def test_train_and_ask(app):
    code, _, err = app("similar", "Song 000", "--by", "playlists")
    assert (code, "murecom train playlists" in err) == (1, True)
    code, out, err = app("train", "playlists")
    assert code == 0
    assert "counting" in out
    assert "24" in out
    assert "Kept in" in err
    code, out, _ = app("similar", "Song 000", "--by", "playlists", "-k", "2", "--json")
    assert code == 0
    found = answer(out)
    assert found["model"] == "counting"
    assert found["tracks"][0]["why"] == "in 6 playlists with Song 000"
    code, out, _ = app("similar", "Song 000", "--json")
    assert answer(out)["model"] == "audio_knn + counting"
    code, out, _ = app("similar", "Song 000", "--by", "sound", "--json")
    assert answer(out)["model"] == "audio_knn"


def test_train_json_and_bad_use(app):
    code, out, _ = app("train", "playlists", "--json", "--models", "counting")
    assert code == 0
    made = json.loads(out)
    assert (made["playlists"], made["entries"], made["tried"]) == (24, 156, [])
    for wrong in (["--models", ","], ["--budget", "soon"], ["--budget", "0"], ["--min-count", "0"]):
        assert app("train", "playlists", *wrong)[0] == 2
    assert app("train", "playlists", "--models", "nonsense")[0] == 3
    assert app("train", "playlists", "nowhere.json")[0] == 2
    assert app("train", "playlists", "--min-count", "100")[0] == 1


def test_an_empty_home_says_what_to_do(capsys, tmp_path):
    assert run(["--home", str(tmp_path / "new"), "train", "playlists"]) == 1
    assert "murecom import" in capsys.readouterr().err
    assert run(["--home", str(tmp_path / "new"), "train", "playlists", "--tried"]) == 3
    assert run(["--home", str(tmp_path / "new"), "continue", "--title", "rain"]) == 1
    assert run(["--home", str(tmp_path / "new"), "next", "--title", "rain"]) == 2


def test_albums_are_not_in_files(app, tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_text('{"tracks": [{"track_uri": "x:1"}, {"track_uri": "x:2"}]}')
    code, _, err = app("train", "playlists", str(file), "--albums")
    assert code == 1
    assert "leave --albums out" in err


def test_a_budget_for_too_few_is_a_note(app):
    code, _, err = app("train", "playlists", "--budget", "1m30s")
    assert code == 0
    assert "too few to tune on" in err
    assert app("train", "playlists", "--tried")[0] == 3


def test_continue_by_seeds_and_title(app):
    code, out, _ = app(
        "continue", "--seed", "Song 000", "--seed", "spotify:track:0x1", "--length", "3", "--json",
        train=True,
    )  # fmt: skip
    assert code == 0
    found = answer(out)
    assert [seed["title"] for seed in found["seeds"]] == ["Song 000", "Hit 01"]
    code, out, _ = app("continue", "--title", "rain evening", "--length", "3", "--json")
    assert code == 0
    found = answer(out)
    assert found["seeds"] == []
    assert all(n["track"]["title"].split()[1][0] == "2" for n in found["tracks"])
    code, _, err = app("continue", "--seed", "nobody knows this")
    assert code == 3
    code, out, err = app(
        "continue", "--seed", "nobody knows this", "--title", "loud", "--length", "2"
    )
    assert code == 0
    assert "nobody knows this" in err
    assert app("continue")[0] == 2


def test_continue_a_file_by_its_name(app, tmp_path):
    (tmp_path / "loud evening.m3u").write_text("#EXTM3U\n#EXTINF:1,No - Body\nx.mp3\n")
    code, out, err = app("continue", "loud evening.m3u", "--length", "3", "--json", train=True)
    assert code == 0
    assert all(n["track"]["title"].split()[1][0] == "1" for n in answer(out)["tracks"])
    assert "No – Body" in err
    (tmp_path / "playlist.m3u").write_text("#EXTM3U\n#EXTINF:1,No - Body\nx.mp3\n")
    assert app("continue", "playlist.m3u")[0] == 3


def test_next(app):
    code, out, _ = app(
        "next", "--seed", "Song 000", "--seed", "spotify:track:0x1", "-k", "1", "--by", "playlists",
        "--json", train=True,
    )  # fmt: skip
    assert code == 0
    assert [n["track"]["title"] for n in answer(out)["tracks"]] == ["Hit 02"]
    assert app("next", "--title", "rain")[0] == 2


def test_novelty_is_checked(app):
    assert app("similar", "Song 000", "--novelty", "2", train=True)[0] == 2
    code, out, _ = app("similar", "Song 000", "--novelty", "0.8", "--by", "playlists", "--json")
    assert code == 0
    assert answer(out)["tracks"]


def test_status_and_doctor_know_the_model(app, home):
    _, out, _ = app("status", "--json")
    status = json.loads(out)
    assert (status["playlists"], status["trainable"]) == (24, 24)
    assert status["playlist_model"] is None
    _, out, _ = app("status", train=True)
    assert "counting, trained 2" in out
    _, out, _ = app("doctor")
    assert "counting of 24 playlists" in out
    (home / "models" / "playlists" / "manifest.json").write_text("{")
    _, out, err = app("doctor")
    assert "murecom train playlists" in out + err
    assert "damaged" in app("status")[1]


def test_ctrl_c_leaves_the_old_model(app, home, monkeypatch):
    assert app("similar", "Song 000", "--by", "playlists", train=True)[0] == 0
    before = (home / "models" / "playlists" / "manifest.json").read_bytes()

    def interrupted(*arguments, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr(put_together.Counting, "_fit", interrupted)
    code, _, err = app("train", "playlists")
    assert (code, "Stopped" in err) == (130, True)
    assert (home / "models" / "playlists" / "manifest.json").read_bytes() == before
    assert app("similar", "Song 000", "--by", "playlists")[0] == 0


def test_local_leaves_out_what_has_no_file(app):
    code, out, _ = app("similar", "Song 000", "--local", "--json", train=True)
    assert code == 0
    assert all(n["track"]["path"] for n in answer(out)["tracks"])


def test_only_one_training_at_a_time(app, home):
    from murecom.jobs.lock import only_one

    with only_one(home, "training"):
        code, _, err = app("train", "playlists")
    assert code == 1
    assert "Another training" in err
