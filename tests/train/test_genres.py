"""The whole of `train genres` with a network: folds, report, pictures, going on, refusals."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="networks need the extra train")

from murecom.embed.genre_cnn import GenreCNN  # noqa: E402
from murecom.errors import BadInput, MissingExtra, NotReady  # noqa: E402
from murecom.train.dataset import read_clips  # noqa: E402
from murecom.train.genres import WORK, architecture_of, train_genres  # noqa: E402

FAST = {"model": "original", "fold_count": 2, "epochs": 2}


@pytest.fixture
def clips(music):
    return read_clips(music)[0]


class Stop(Exception):
    pass


def test_all_there_is(clips, tmp_path):
    pytest.importorskip("matplotlib", reason="pictures need the extra plots")
    steps = []
    made = train_genres(clips, tmp_path, **FAST, progress=steps.append)
    assert made.report.clips == 12
    assert made.report.slices == made.report.clips + 6  # every second clip holds two
    assert made.split == "stratified"
    assert made.folds == 2
    assert len(made.epochs) == 3
    assert steps[-1].done == steps[-1].total == 3 * 2
    assert {path.name for path in tmp_path.iterdir() if path.suffix != ".npy"} == {
        "manifest.json",
        "genres.onnx",
        "report.txt",
        "report.json",
        "confusion.png",
        "spectrograms.png",
    }
    network = GenreCNN(tmp_path)
    assert network.key == made.key
    assert network.genres == ("bells", "drones", "hiss")
    assert network.manifest["report"]["accuracy"] == made.report.accuracy
    document = json.loads((tmp_path / "report.json").read_text())
    assert document["confusion"] == [list(row) for row in made.report.confusion]
    text = (tmp_path / "report.txt").read_text()
    assert "hiss: mean spectrogram" in text
    assert "█" in text


@pytest.mark.parametrize("stage", ["Listening", "Training"])
def test_goes_on_after_an_interruption(clips, tmp_path, stage, monkeypatch):
    monkeypatch.setattr("murecom.train.loop.SAVE_EVERY", 0.0)

    def stop(step):
        if step.stage == stage and step.done >= 3:
            raise Stop

    with pytest.raises(Stop):
        train_genres(clips, tmp_path / "one", **FAST, progress=stop)
    assert not (tmp_path / "one" / "manifest.json").exists()
    steps = []
    resumed = train_genres(clips, tmp_path / "one", **FAST, progress=steps.append)
    assert (steps[0].stage == "Listening") == (stage == "Listening")
    whole = train_genres(clips, tmp_path / "two", **FAST)
    assert resumed.report == whole.report
    assert resumed.key == whole.key
    assert not (tmp_path / "one" / WORK).exists()


def test_another_training_is_not_mixed_in(clips, tmp_path):
    def stop(step):
        if step.stage == "Training":
            raise Stop

    with pytest.raises(Stop):
        train_genres(clips, tmp_path, **FAST, progress=stop)
    with pytest.raises(NotReady, match="--restart"):
        train_genres(clips, tmp_path, **FAST, seed=1)
    made = train_genres(clips, tmp_path, **FAST, seed=1, restart=True)
    assert made.key == GenreCNN(tmp_path).key


def test_a_published_list(clips, tmp_path):
    parts = ["train", "train", "valid", "test"]
    lines = [f"{clip.path.stem},{parts[k % 4]}" for k, clip in enumerate(clips)]
    (tmp_path / "list.csv").write_text("id,part\n" + "\n".join([*lines, "other,test"]))
    made = train_genres(clips, tmp_path / "model", **FAST | {"split_file": tmp_path / "list.csv"})
    assert made.report.clips == 3
    assert made.split == "published"
    assert len(made.epochs) == 1  # the network that was tested is the one that is kept
    assert any("other" in note for note in made.notes)


def test_broken_clips_are_left_out(music, tmp_path, clips):
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(b"ID3 and nothing more")
    from dataclasses import replace

    made = train_genres([*clips, replace(clips[-1], path=broken, id="b")], tmp_path / "m", **FAST)
    assert [problem.path for problem in made.problems] == [str(broken)]
    assert made.clips == 12
    with pytest.raises(BadInput, match="only one of 'hiss'"):
        few = [clip for clip in clips if clip.genre != "hiss"]
        wrong = [replace(clip, path=broken) for clip in clips if clip.genre == "hiss"][1:]
        train_genres([*few, *wrong, clips[-1]], tmp_path / "n", **FAST)


def test_without_matplotlib_there_is_text(clips, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.setitem(sys.modules, "matplotlib.backends.backend_agg", None)
    made = train_genres(clips, tmp_path, **FAST)
    assert "[plots]" in made.notes[-1]
    assert (tmp_path / "report.txt").exists()
    assert not list(tmp_path.glob("*.png"))


def test_without_torch(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtra, match=r"pip install '.\[train\]'"):
        architecture_of("small")


def test_no_such_model():
    with pytest.raises(BadInput, match="original, small"):
        architecture_of("large")


def test_the_embedder_hears_what_was_trained(clips, tmp_path):
    from murecom.audio.decode import read_windows

    train_genres(clips, tmp_path, model="small", fold_count=2, epochs=3)
    network = GenreCNN(tmp_path)
    right = 0
    for clip in clips:
        windows = read_windows(clip.path, network.rate, network.windows, network.samples)
        said = network.probabilities(windows).mean(axis=0)
        right += network.genres[int(np.argmax(said))] == clip.genre
    assert right >= 10
