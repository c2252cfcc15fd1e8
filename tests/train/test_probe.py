"""Training a probe from files: splits are kept, broken clips leave, the artefact works."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.train.clouds import clouds, names

import sounds
from doubles import Here
from murecom.errors import BadInput
from murecom.label.probe import KEYS, Probe
from murecom.service import Murecom
from murecom.train.dataset import Clip, read_clips
from murecom.train.probe import examine, train_probe
from murecom.train.splits import Fold, Split
from murecom.train.splits import folds as make_folds
from murecom.types import to_json

pytest.importorskip("sklearn", reason="scikit-learn is not installed (extra `genres`)")


def rows(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.intp)


def two_folds(clips: list[Clip]) -> Split:
    return make_folds(clips, 2)


@pytest.fixture(scope="module")
def genres(tmp_path_factory):
    """Chords in `calm`, noise in `loud`: four clips each."""
    folder = tmp_path_factory.mktemp("genres")
    random = np.random.default_rng(0)
    for number in range(4):
        sounds.write(folder / f"calm/{number}.wav", sounds.chord(110 + 40 * number, 5, seed=number))
        noise = 0.2 * random.standard_normal(5 * sounds.RATE)
        sounds.write(folder / f"loud/{number}.wav", noise.astype(np.float32))
    return folder


@pytest.fixture(scope="module")
def trained(genres, tmp_path_factory):
    clips, _ = read_clips(genres)
    cache = tmp_path_factory.mktemp("cache")
    return train_probe(clips, two_folds, Here(), cache)


def test_tells_chords_from_noise(trained):
    assert trained.report.accuracy == 1.0
    assert trained.report.clips == 8
    assert trained.probe.genres == ("calm", "loud")
    assert 0 <= trained.figures["calibration_error"] <= 1
    assert trained.figures["log_loss"] < np.log(2)
    assert "chosen" in trained.text
    assert "recall" in trained.text


def test_the_artefact_tells_how_good_it_is(trained, tmp_path):
    trained.save(tmp_path)
    probe = Probe.load(tmp_path)
    assert probe.metrics["clips"] == 8
    assert probe.metrics["report"]["accuracy"] == 1.0
    assert len(probe.metrics["candidates"]) == 24
    json.dumps(to_json(trained.report))


def test_broken_clips_leave_and_the_folds_still_fit(genres, tmp_path):
    clips, _ = read_clips(genres)
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF nothing")
    clips.insert(3, Clip(broken, "calm", None, "calm/broken.wav"))
    made = train_probe(clips, two_folds, Here(), tmp_path / "cache")
    assert [problem.path for problem in made.problems] == [str(broken)]
    assert made.report.clips == 8


def test_broken_clips_do_not_decide_how_the_others_are_divided(genres, tmp_path):
    # as an artist of its own, the broken one would leave all others of its genre in one fold
    clips = [
        replace(clip, artist="ann" if clip.genre == "calm" else clip.id)
        for clip in read_clips(genres)[0]
    ]
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF nothing")
    clips.append(Clip(broken, "calm", None, "calm/broken.wav"))
    made = train_probe(clips, two_folds, Here(), tmp_path / "cache")
    assert made.split.kind == "stratified"
    assert made.report.clips == 8


def test_too_few_readable_clips_are_refused(genres, tmp_path):
    clips = [clip for clip in read_clips(genres)[0] if clip.genre == "calm"]
    broken = tmp_path / "b.wav"
    broken.write_bytes(b"nothing")
    clips += [Clip(broken, "loud", None, "loud/b.wav")]
    with pytest.raises(BadInput, match="one genre"):
        train_probe(clips, two_folds, Here(), tmp_path / "cache")


def test_a_published_list_keeps_its_test_part_out(genres, tmp_path):
    clips, _ = read_clips(genres)
    split = Split((Fold(rows(0, 1, 4, 5), rows(2, 6), rows(3, 7)),), "published")
    made = train_probe(clips, lambda _: split, Here(), tmp_path / "cache")
    assert made.report.clips == 2
    without = [clips[k] for k in (0, 1, 2, 4, 5, 6)]
    same = train_probe(without, two_folds, Here(), tmp_path / "cache")
    assert made.probe.version == same.probe.version


def test_tested_clips_teach_nothing():
    data = clouds([6, 6])
    parts = [(rows(*range(3), *range(6, 9)), rows(3, 4, 5, 9, 10, 11))]
    tested, said, _ = examine(data, names(2), parts)
    assert tested.tolist() == [3, 4, 5, 9, 10, 11]
    spoilt = {key: block.copy() for key, block in data.windows.items()}
    late = np.isin(data.owner, [11])
    for key in KEYS:
        spoilt[key][late] = spoilt[key][late][:, ::-1]
    other = type(data)(spoilt, data.owner, data.labels, data.groups, 2)
    assert np.array_equal(examine(other, names(2), parts)[1][:5], said[:5])


def test_nothing_to_test_is_said():
    with pytest.raises(BadInput, match="test"):
        examine(clouds([2, 2]), names(2), [(rows(0, 1, 2, 3), rows())])


def test_the_service_keeps_probe_and_cache_in_home(genres, tmp_path):
    with Murecom(home=tmp_path) as app:
        made = app.train_genres(genres, folds=2, engine=Here())
        again = Here()
        app.train_genres(genres, folds=2, engine=again)
    assert made.report.accuracy == 1.0
    assert Probe.load(tmp_path / "models" / "genres-probe").genres == ("calm", "loud")
    assert len(list((tmp_path / "cache" / "clips").rglob("*.npz"))) == 8
