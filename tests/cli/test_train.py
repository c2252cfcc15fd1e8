"""`murecom train genres`: what it prints and keeps, exit codes, and going on after a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.train import folders

from murecom.cli import run


@pytest.fixture(scope="module")
def music(tmp_path_factory) -> Path:
    return folders.library(tmp_path_factory.mktemp("music"))


@pytest.fixture
def murecom(tmp_path, capsys):
    """Run a command in a home of its own; give (exit code, stdout, stderr)."""

    def call(*arguments: object) -> tuple[int, str, str]:
        code = run(["--home", str(tmp_path / "home"), *map(str, arguments)])
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


def needs_torch() -> None:
    pytest.importorskip("torch", reason="networks need the extra train")


FAST = ("--model", "original", "--folds", "2", "--epochs", "2")


def test_a_network_as_text_and_json(murecom, music, tmp_path):
    needs_torch()
    code, out, err = murecom("train", "genres", music, *FAST)
    assert code == 0
    assert "macro-F1" in out
    assert "hiss" in out
    place = tmp_path / "home" / "models" / "genres-original"
    assert f"Kept in {place}." in err
    assert (place / "manifest.json").exists()

    code, out, _ = murecom("train", "genres", music, *FAST, "--json", "-q", "-o", tmp_path / "own")
    document = json.loads(out)
    assert code == 0
    assert document["model"] == "original"
    assert document["folder"] == str(tmp_path / "own")
    assert document["report"]["genres"] == ["bells", "drones", "hiss"]
    assert len(document["report"]["confusion"]) == 3
    assert document["problems"] == []


def test_a_list_and_a_broken_clip(murecom, tmp_path):
    needs_torch()
    music = folders.library(tmp_path / "music")
    (music / "hiss" / "broken.mp3").write_bytes(b"ID3 and nothing more")
    split = tmp_path / "split.csv"
    stems = sorted(path.stem for path in music.rglob("*.*") if path.is_file())
    parts = {"0": "train", "1": "train", "2": "valid", "3": "test"}
    split.write_text("".join(f"{stem},{parts[stem[-1]]}\n" for stem in stems if stem[-1] in parts))
    code, out, err = murecom("train", "genres", music, *FAST, "--split", split)
    assert code == 4
    assert "of 3," in out
    assert "broken.mp3" in err


def test_refusals(murecom, music, tmp_path):
    code, _, err = murecom("train", "genres", tmp_path / "nowhere")
    assert (code, "no folder" in err) == (3, True)
    code, _, err = murecom("train", "genres", music / "hiss")
    assert (code, "genre" in err) == (1, True)
    assert murecom("train", "genres", music, "--folds", "1")[0] == 2
    assert murecom("train", "genres", music, "--model", "large")[0] == 2
    code, _, err = murecom("train", "genres", music, "--epochs", "3")
    assert (code, "--model small" in err) == (2, True)


PROGRAM = """
import os, signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # work in the background ignores it
from murecom.train import loop
from murecom.train.checkpoint import Checkpoint
loop.SAVE_EVERY = 0.0
when, how = Path(sys.argv[1]), int(sys.argv[2])
save = Checkpoint.save
def save_and_end(self, *arguments, **more):
    save(self, *arguments, **more)
    if when.exists():
        os.kill(os.getpid(), how)
Checkpoint.save = save_and_end
from murecom.cli import main
main(sys.argv[3:])
"""


def test_stopped_and_killed_training_goes_on(murecom, music, tmp_path):
    needs_torch()
    options = ("train", "genres", str(music), "--model", "original", "--folds", "2")
    options += ("--epochs", "8", "--json", "-q", "-o")
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    work = tmp_path / "one" / "training"

    def start_and_end(how: signal.Signals, when: Path) -> tuple[int, str]:
        command = ("--home", str(tmp_path / "home"), *options, str(tmp_path / "one"))
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(when), str(int(how)), *command],
            env=env,
            stderr=subprocess.PIPE,
            text=True,
            timeout=300,
        )
        return done.returncode, done.stderr

    code, err = start_and_end(signal.SIGINT, work / "fold-0.npz")
    assert code == 130
    assert "the same command goes on" in err
    code, _ = start_and_end(signal.SIGKILL, work / "fold-1.npz")
    assert code == -signal.SIGKILL
    assert (work / "fold-0.npz").exists()

    answers = []
    for place in ("one", "two"):
        code, out, _ = murecom(*options, tmp_path / place)
        assert code == 0
        answers.append(json.loads(out))
    assert not work.exists()
    assert answers[0]["report"] == answers[1]["report"]
    assert answers[0]["figures"] == answers[1]["figures"]  # the key is a hash of the weights
