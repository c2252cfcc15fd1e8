"""The stored map: kept while it fits, continued when the library grows, made anew when told."""

from __future__ import annotations

import numpy as np
import pytest

from murecom import artefact
from murecom.jobs.group_index import stamp_of
from murecom.jobs.map_layout import NAME, map_places
from murecom.recommend.audio_knn import AudioKNN
from murecom.recommend.base import Data, VectorBlock
from murecom.types import TrackId


def model(n: int, revision: int = 1, key: str = "v", silent: int | None = None) -> AudioKNN:
    random = np.random.default_rng(0)
    centres = np.repeat(np.eye(10, dtype=np.float32)[:6], 10, axis=0)
    matrix = centres + 0.1 * random.standard_normal(centres.shape).astype(np.float32)
    matrix = matrix[random.permutation(60)][:n]
    if silent is not None:
        matrix[silent] = np.nan
    block = VectorBlock(matrix, np.zeros(10, np.float32), np.ones(10, np.float32))
    ids = [TrackId(f"t:{number}") for number in range(n)]
    return AudioKNN().fit(Data(ids, {key: block}, revision=revision))


def test_it_is_kept_and_read(tmp_path):
    first = map_places(tmp_path, model(40))
    manifest, arrays = artefact.load(tmp_path / "models" / NAME)
    assert manifest["revision"] == 1
    assert arrays["places"].tolist() == first.tolist()
    artefact.save(tmp_path / "models" / NAME, {**arrays, "places": first + 1}, manifest)
    assert map_places(tmp_path, model(40)).tolist() == (first + 1).tolist()
    assert map_places(tmp_path, model(40), anew=True).tolist() == first.tolist()


def test_it_grows(tmp_path):
    small = map_places(tmp_path, model(54))
    large = map_places(tmp_path, model(60, revision=2))
    assert large.shape == (60, 2)
    # neither turned nor mirrored; it may have become a little wider
    before, after = (own / np.sqrt((own**2).sum(axis=1).mean()) for own in (small, large[:54]))
    assert np.median(np.linalg.norm(after - before, axis=1)) < 0.3
    assert stamp_of(model(54)) != stamp_of(model(60, revision=2))


def test_another_kind_of_vectors_is_another_map(tmp_path):
    map_places(tmp_path / "a", model(40))
    other = map_places(tmp_path / "a", model(40, revision=2, key="w"))
    assert other.tolist() == map_places(tmp_path / "b", model(40, revision=2, key="w")).tolist()


def test_tracks_without_sound_have_no_place(tmp_path):
    places = map_places(tmp_path, model(40, silent=7))
    assert np.flatnonzero(np.isnan(places).any(axis=1)).tolist() == [7]
    again = map_places(tmp_path, model(41, revision=2))
    assert np.isfinite(again).all()


@pytest.mark.parametrize("damage", [b"{", b"{}"])
def test_damage_is_mended(tmp_path, damage):
    first = map_places(tmp_path, model(40))
    (tmp_path / "models" / NAME / "manifest.json").write_bytes(damage)
    assert map_places(tmp_path, model(40)).tolist() == first.tolist()
