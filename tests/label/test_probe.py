"""The probe as it is served: numpy, one product, honest about what it has never heard."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from murecom.errors import BadInput, NotReady
from murecom.label.probe import DIMS, KEYS, Probe, features, nearest
from murecom.store.tags import GUESS

DIM = sum(DIMS.values())


def probe_of(genres=("calm", "loud")) -> Probe:
    """Make a probe for which the first number of the first block tells the genre."""
    weights = np.zeros((DIM, len(genres)), np.float32)
    weights[0] = np.linspace(-1, 1, len(genres))
    whitening = np.zeros((DIM, 1), np.float32)
    whitening[0] = 1
    return Probe(
        genres=tuple(genres),
        keys=KEYS,
        mean=np.zeros(DIM, np.float32),
        scale=np.ones(DIM, np.float32),
        weights=weights,
        bias=np.zeros(len(genres), np.float32),
        whitening=whitening,
        centres=np.linspace(-2, 2, len(genres), dtype=np.float32)[:, None],
        near=2.0,
        far=4.0,
        metrics={"clips": 4},
    )


def vectors(*values: float) -> dict[str, np.ndarray]:
    blocks = {key: np.zeros((len(values), DIMS[key]), np.float32) for key in KEYS}
    blocks["musicnn-msd-1-tags"] += 0.5  # log-odds 0
    blocks["musicnn-msd-1"][:, 0] = values
    return blocks


def test_probabilities_are_the_softmax_times_the_evidence():
    said = probe_of().probabilities(vectors(-2, 0, 2, 5, 7))
    assert said.dtype == np.float32
    sure = 1 / (1 + np.exp(-4))
    assert said[0] == pytest.approx([sure, 1 - sure], abs=1e-5)
    assert said[1] == pytest.approx([0.5, 0.5], abs=1e-5)
    # distance 3 from the centre at 2: half way from near to far, where a tenth is left
    assert said[3].sum() == pytest.approx(0.1**0.5, abs=1e-5)
    assert said[4].sum() == pytest.approx(0.1**1.5, abs=1e-5)
    assert probe_of().evidence(vectors(2, 4, 6)) == pytest.approx([1, 1, 0.1], abs=1e-5)


def test_no_rows_and_unknown_rows():
    probe = probe_of(("a", "b", "c"))
    assert probe.probabilities(vectors()).shape == (0, 3)
    rows = vectors(0, 1)
    rows["mfcc-1"][1] = np.nan
    said = probe.probabilities(rows)
    assert said[0].sum() == pytest.approx(1, abs=1e-5)
    assert said[1].tolist() == [0, 0, 0]
    assert probe.evidence(rows)[1] == 0


def test_input_stays_as_it_is():
    rows = vectors(1, 2)
    before = {key: block.copy() for key, block in rows.items()}
    probe_of().probabilities(rows)
    assert all(np.array_equal(rows[key], before[key]) for key in KEYS)


def test_wrong_vectors_are_refused():
    rows = vectors(1)
    with pytest.raises(BadInput, match=r"sound\.model = msd"):
        probe_of().probabilities({"genre_cnn-small-1-abc": np.zeros((1, 256), np.float32)})
    with pytest.raises(BadInput, match="mfcc-1"):
        probe_of().probabilities({**rows, "mfcc-1": np.zeros((1, 59), np.float32)})
    with pytest.raises(BadInput, match="one row per track"):
        probe_of().probabilities({**rows, "mfcc-1": np.zeros((2, 60), np.float32)})


def test_tags_become_log_odds_and_stay_finite():
    rows = vectors(0, 0)
    rows["musicnn-msd-1-tags"][0] = 0
    rows["musicnn-msd-1-tags"][1] = 1
    made = features(rows)[:, 200:250]
    assert np.isfinite(made).all()
    assert (made[0] < -6).all()
    assert made[1] == pytest.approx(-made[0], abs=1e-4)


def test_comes_back_from_disk(tmp_path):
    probe = probe_of()
    probe.save(tmp_path)
    loaded = Probe.load(tmp_path)
    assert loaded.version == probe.version
    assert loaded.genres == probe.genres
    assert loaded.metrics == {"clips": 4}
    rows = vectors(-1, 3)
    assert np.array_equal(loaded.probabilities(rows), probe.probabilities(rows))
    assert {path.suffix for path in tmp_path.iterdir()} == {".npy", ".json"}


def test_the_version_changes_with_what_it_says():
    probe = probe_of()
    others = [
        replace(probe, bias=probe.bias + 1),
        replace(probe, far=5.0),
        replace(probe, genres=("calm", "noisy")),
    ]
    assert len({probe.version, *(other.version for other in others)}) == 4
    assert replace(probe, metrics={}).version == probe.version
    assert probe.source.startswith(GUESS)


def test_missing_damaged_and_foreign_folders(tmp_path):
    with pytest.raises(NotReady, match="murecom train genres"):
        Probe.load(tmp_path)
    probe_of().save(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    (tmp_path / "manifest.json").write_text(json.dumps({**manifest, "genres": ["one"]}))
    with pytest.raises(BadInput, match="damaged"):
        Probe.load(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({**manifest, "class": "GenreCNN"}))
    with pytest.raises(BadInput, match="GenreCNN"):
        Probe.load(tmp_path)


def test_shapes_and_distances_that_do_not_fit_are_refused():
    probe = probe_of()
    with pytest.raises(ValueError, match="bias"):
        replace(probe, bias=np.zeros(3, np.float32))
    with pytest.raises(ValueError, match="distances"):
        replace(probe, near=4.0)


def test_nearest_is_the_euclidean_distance():
    random = np.random.default_rng(0)
    points = random.standard_normal((7, 4)).astype(np.float32)
    centres = random.standard_normal((3, 4)).astype(np.float32)
    expected = np.linalg.norm(points[:, None] - centres[None], axis=2).min(axis=1)
    assert nearest(points, centres) == pytest.approx(expected, abs=1e-4)
