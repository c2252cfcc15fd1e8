"""The probe's classifiers: on clouds of vectors whose genres are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.train.clouds import clouds, names

pytest.importorskip("sklearn", reason="scikit-learn is not installed (extra `genres`)")

from murecom.label.probe import KEYS, nearest
from murecom.train import linear
from murecom.train.cases import Clips, folds, sample
from murecom.train.distance import ball, reach
from murecom.train.linear import USUAL, Choice, choose, fit, held_distances


@pytest.fixture(scope="module")
def fitted():
    return fit(clouds([6, 6, 6]), names(3))


def said(probe, clips: Clips) -> np.ndarray:
    return probe.probabilities(clips.means())


def test_tells_clouds_apart_that_it_has_not_seen(fitted):
    others = clouds([5, 5, 5], seed=1)
    probabilities = said(fitted.probe, others)
    assert (probabilities.argmax(axis=1) == others.labels).all()
    assert probabilities.max(axis=1).mean() > 0.7
    assert probabilities.sum(axis=1).max() <= 1 + 1e-5


def test_names_every_candidate_and_what_was_chosen(fitted):
    assert len(fitted.tried) == len(linear.LEVELS) * len(linear.INPUTS) * len(linear.MEMBERS)
    assert str(fitted.choice) in fitted.tried
    assert list(fitted.tried.values()) == sorted(fitted.tried.values())


def test_is_the_same_twice(fitted):
    assert fit(clouds([6, 6, 6]), names(3)).probe.version == fitted.probe.version


def test_noise_far_from_all_clips_gets_no_confidence(fitted):
    random = np.random.default_rng(5)
    far = {
        "musicnn-msd-1": random.standard_normal((20, 200)).astype(np.float32) * 12,
        "musicnn-msd-1-tags": random.random((20, 50)).astype(np.float32),
        "mfcc-1": random.standard_normal((20, 60)).astype(np.float32) * 12,
    }
    assert fitted.probe.evidence(far).max() < 0.1
    assert fitted.probe.probabilities(far).max() < 0.1


def test_two_genres_with_two_clips_each():
    fitted = fit(clouds([2, 2], distance=3), names(2))
    others = clouds([3, 3], seed=4, distance=3)
    probabilities = said(fitted.probe, others)
    assert (probabilities.argmax(axis=1) == others.labels).all()
    assert probabilities.max() < 0.99  # four clips cannot make anybody certain


def test_a_rare_genre_is_still_found():
    fitted = fit(clouds([30, 3], windows=2), names(2))
    others = clouds([5, 5], seed=6)
    assert (said(fitted.probe, others).argmax(axis=1) == others.labels).all()


def test_many_genres(monkeypatch):
    monkeypatch.setattr(linear, "CHOOSING", 40)  # choose on a few, calibrate on all
    clips = clouds([3] * 30, windows=1, distance=2)
    probe = fit(clips, names(30)).probe
    others = clouds([1] * 30, seed=8, windows=1, distance=2)
    assert (said(probe, others).argmax(axis=1) == others.labels).mean() > 0.8


def test_labels_that_mean_nothing_give_no_confidence():
    clips = clouds([8, 8], distance=0)
    probabilities = said(fit(clips, names(2)).probe, clouds([20, 20], seed=3, distance=0))
    assert probabilities.max(axis=1).mean() < 0.75


def test_a_genre_without_clips_is_never_said():
    clips = replace(clouds([6, 6]), genres=3)
    probabilities = said(fit(clips, names(3)).probe, clouds([3, 3], seed=1))
    assert probabilities[:, 2].max() < 0.01


def test_constant_features_do_no_harm():
    clips = clouds([4, 4])
    blocks = {key: block.copy() for key, block in clips.windows.items()}
    blocks[KEYS[0]][:, :50] = 7
    probe = fit(replace(clips, windows=blocks), names(2)).probe
    assert np.isfinite(said(probe, replace(clips, windows=blocks))).all()


def test_keeps_artists_together():
    groups = np.array([0, 0, 1, 1, 2, 3, 3, 4, 4, 5])
    labels = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    cuts = list(folds(labels, groups))
    assert len(cuts) == 3
    for train, test in cuts:
        assert not set(groups[train]) & set(groups[test])
        assert set(labels[train]) == {0, 1}
    assert sorted(np.concatenate([test for _, test in cuts])) == list(range(10))


def test_takes_the_usual_unless_another_is_clearly_better():
    random = np.random.default_rng(0)
    labels = random.integers(0, 2, 100)
    good = np.where(labels[:, None] == [0, 1], 2.0, -2.0)
    noise = random.standard_normal((100, 2))
    other = Choice("means", KEYS, "svm")
    lucky = good + noise
    lucky[0] += good[0]
    lucky[1] -= good[1] / 2
    alike = {USUAL: good + noise, other: lucky}
    assert choose(alike, labels, 1)[0] == USUAL
    better = {USUAL: noise, other: good}
    choice, tried = choose(better, labels, 1)
    assert choice == other
    assert list(tried) == [str(other), str(USUAL)]


def test_distances_are_those_of_clips_kept_back():
    clips = clouds([6, 6])
    view = linear.View(clips)
    whitening, centres = ball(view.means, clips.labels, 2)
    seen = nearest(view.means @ whitening, centres)
    assert np.median(held_distances(clips)) > np.median(seen)


def test_reach_grows_with_the_spread():
    near, far = reach(np.linspace(1, 2, 101))
    assert near == pytest.approx(1.9)
    assert far == pytest.approx(1.9 + 0.6)
    assert reach(np.ones(5)) == (1.0, 1.25)
    assert reach(np.zeros(0))[0] > 1e5
    assert reach(np.zeros(3))[1] > 0


def test_part_keeps_windows_with_their_clips():
    clips = clouds([3, 3], windows=2)
    part = clips.part(np.array([4, 1]))
    assert part.owner.tolist() == [0, 0, 1, 1]
    assert part.labels.tolist() == [1, 0]
    for key in KEYS:
        assert np.array_equal(part.means()[key], clips.means()[key][[4, 1]])


def test_sample_takes_as_many_of_each():
    labels = np.repeat([0, 1, 2], [100, 10, 3])
    rows = sample(labels, 30)
    assert np.bincount(labels[rows]).tolist() == [10, 10, 3]
    assert len(sample(labels, 1000)) == len(labels)


def test_says_which_extra_is_missing(monkeypatch):
    import sys

    from murecom.errors import MissingExtra

    monkeypatch.setitem(sys.modules, "sklearn.svm", None)
    with pytest.raises(MissingExtra, match="genres"):
        fit(clouds([2, 2]), names(2))
