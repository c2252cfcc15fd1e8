"""Vectors of clips: heard once, kept by content, broken files named."""

from __future__ import annotations

import numpy as np
import pytest

import sounds
from doubles import Here
from murecom.errors import Unreachable
from murecom.label.probe import DIMS, KEYS
from murecom.train.clip_vectors import clip_vectors, embedders
from murecom.train.dataset import Clip


@pytest.fixture
def clips(tmp_path):
    made = []
    for number, genre in enumerate(("low", "low", "high")):
        path = tmp_path / genre / f"{number}.wav"
        sounds.write(path, sounds.chord(100 * 2**number, seconds=4, seed=number))
        made.append(Clip(path, genre, None, f"{genre}/{number}.wav"))
    return made


def test_the_embedders_are_those_of_the_probe():
    assert {member.key: member.dim for member in embedders()} == DIMS
    assert tuple(member.key for member in embedders()) == KEYS


def test_hears_once_and_knows_moved_clips(clips, tmp_path):
    steps = []
    vectors, problems = clip_vectors(clips, tmp_path / "cache", Here(), steps.append)
    assert (sorted(vectors), problems) == ([0, 1, 2], [])
    assert vectors[0][KEYS[0]].shape[1] == 200
    assert steps[-1].counts == {"new": 3, "known": 0, "failed": 0}
    moved = clips[0].path.rename(tmp_path / "elsewhere.wav")
    again = [Clip(moved, "low", None, "x"), *clips[1:]]
    same, _ = clip_vectors(again, tmp_path / "cache", Here(), steps.append)
    assert steps[-1].counts == {"new": 0, "known": 3, "failed": 0}
    for key in KEYS:
        assert np.array_equal(same[0][key], vectors[0][key])


def test_goes_on_after_an_interruption(clips, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        clip_vectors(clips, tmp_path / "cache", Here(stop_after=2))
    steps = []
    clip_vectors(clips, tmp_path / "cache", Here(), steps.append)
    assert steps[-1].counts == {"new": 1, "known": 2, "failed": 0}


def test_broken_and_short_clips_are_named(clips, tmp_path):
    clips[1].path.write_bytes(b"no sound at all")
    sounds.write(clips[2].path, sounds.chord(200, seconds=1))
    vectors, problems = clip_vectors(clips, tmp_path / "cache", Here())
    assert list(vectors) == [0]
    assert [problem.path for problem in problems] == sorted(str(c.path) for c in clips[1:])
    assert all(problem.reason for problem in problems)


@pytest.mark.parametrize("damage", [b"", b"PK nothing", None])
def test_a_damaged_cache_is_made_again(clips, tmp_path, damage):
    cache = tmp_path / "cache"
    clip_vectors(clips, cache, Here())
    files = sorted(cache.rglob("*.npz"))
    assert len(files) == 3
    if damage is None:  # of other embedders
        np.savez(files[0], other=np.zeros(3))
    else:
        files[0].write_bytes(damage)
    steps = []
    vectors, _ = clip_vectors(clips, cache, Here(), steps.append)
    assert steps[-1].counts == {"new": 1, "known": 2, "failed": 0}
    assert len(vectors) == 3


def test_a_cache_that_cannot_be_written(clips, tmp_path):
    (tmp_path / "cache").write_text("a file in its place")
    with pytest.raises(Unreachable, match="Make room"):
        clip_vectors(clips, tmp_path / "cache", Here())
    assert not list(tmp_path.rglob("*.part"))


def test_mixed_rates_are_heard_alike(tmp_path):
    clips = []
    for rate in (22_050, 44_100):
        path = tmp_path / f"a.{rate}.wav"
        t = np.arange(4 * rate) / rate
        wave = sum(np.sin(2 * np.pi * 220 * k * t) / k for k in (1, 2, 3)) * np.exp(-3 * (t % 0.5))
        sounds.write(path, (0.2 * wave).astype(np.float32), rate)
        clips.append(Clip(path, "a", None, path.name))
    vectors, _ = clip_vectors(clips, tmp_path / "cache", Here())
    one, other = (vectors[k][KEYS[0]].mean(axis=0) for k in (0, 1))
    assert one @ other / np.linalg.norm(one) / np.linalg.norm(other) > 0.99
