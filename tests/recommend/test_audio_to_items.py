"""Sound and playlists in one space: a known linear map must be found again."""

import sys
from pathlib import Path

import numpy as np
import pytest

from murecom.errors import NotFound, NotReady
from murecom.recommend.audio_to_items import AudioToItems
from murecom.recommend.base import Data, Interactions, Recommender, Request, VectorBlock
from murecom.testing import RecommenderContract, tiny_data
from murecom.types import TrackId

pytest.importorskip("irspack")

STYLES, SIZE, SOUND = 6, 40, 12
"Styles of so many tracks; numbers of a vector of sound."


class TestAudioToItems(RecommenderContract):
    make = AudioToItems


def made(noise: float = 0.3) -> tuple[Data, np.ndarray]:
    """Give 240 tracks of six styles, and their sounds.

    Of each style the first 30 are in playlists, the last 20 have a sound: ten have both, ten have
    no playlist. What a style sounds like is a random direction.
    """
    random = np.random.default_rng(6)
    n = STYLES * SIZE
    styles = random.normal(size=(STYLES, SOUND))
    style = np.arange(n) // SIZE
    sound = (styles[style] + noise * random.normal(size=(n, SOUND))).astype(np.float32)
    known = sound.copy()
    known[np.arange(n) % SIZE < 20] = np.nan
    rows = [random.choice(30, 8, replace=False) + SIZE * (i % STYLES) for i in range(240)]
    starts = np.cumsum([0, *map(len, rows)])
    block = VectorBlock(known, np.zeros(SOUND, np.float32), np.ones(SOUND, np.float32))
    lists = Interactions(starts, np.concatenate(rows).astype(np.int32), n)
    return Data([TrackId(f"t:{i}") for i in range(n)], {"v": block}, lists), sound


def style_of(ids: list[TrackId]) -> set[int]:
    return {int(track_id[2:]) // SIZE for track_id in ids}


@pytest.fixture(scope="module")
def model() -> AudioToItems:
    return AudioToItems(dim=STYLES).fit(made()[0])


def test_a_file_that_nobody_listed_is_among_those_that_were(model: AudioToItems) -> None:
    data, sound = made()
    for style in range(STYLES):
        outside = sound[[style * SIZE + 3]]  # its sound was not learned
        ids, _ = model.recommend(Request(vectors={"v": outside}), 20)
        assert style_of(ids) == {style}
        unlisted = data.items[style * SIZE + 35]
        ids, _ = model.recommend(Request((unlisted,)), 20)
        assert style_of(ids) == {style}
        listed = data.items[style * SIZE + 2]  # which has no sound
        ids, _ = model.recommend(Request((listed,)), 39)
        assert {int(track_id[2:]) % SIZE for track_id in ids} >= set(range(30, SIZE))
        assert style_of(ids) == {style}


def test_it_tells_what_it_covers(model: AudioToItems) -> None:
    assert model.metrics["items_with_sound"] == 120
    assert model.metrics["pairs"] == 60
    assert model.metrics["items_placed"] == 240
    assert 0.6 < model.metrics["variance_explained"] < 1
    nothing = made(noise=100)[0]
    assert AudioToItems(dim=STYLES).fit(nothing).metrics["variance_explained"] < 0.2


def test_the_more_playlists_the_more_they_say() -> None:
    data, sound = made()
    only_sound, only_lists = AudioToItems(6, evidence=1e9), AudioToItems(6, evidence=1e-9)
    heard, listed, half = (m.fit(data) for m in (only_sound, only_lists, AudioToItems(6)))
    item = np.array([25])
    plays = float(data.interactions.popularity[25])  # type: ignore[union-attr]
    ends = [m._factors.take(item)[0] for m in (heard, listed)]
    assert heard._line(heard._space.transform({"v": sound[item]}))[0] == pytest.approx(
        ends[0], abs=1e-3
    )
    # what is left is learned by slightly different weights of the pairs
    blend = (plays * ends[1] + 3 * half._line(half._space.transform({"v": sound[item]}))[0]) / (
        plays + 3
    )
    assert half._factors.take(item)[0] == pytest.approx(blend, abs=1e-3)


def test_tracks_inside_and_outside_can_be_seeds_together(model: AudioToItems) -> None:
    data, sound = made()
    outside = {"v": np.stack([sound[SIZE + 3], np.full(SOUND, np.nan, np.float32)])}
    both = Request((data.items[2],), vectors=outside)
    ids, _ = model.recommend(both, 30)
    assert style_of(ids) == {0, 1}
    weighed = Request((data.items[2],), [0, 1, 1], vectors=outside)
    assert style_of(model.recommend(weighed, 20)[0]) == {1}
    last = model.scores(Request((data.items[2], data.items[SIZE + 2]), mode="next"))
    alike = model.scores(Request((data.items[2], data.items[SIZE + 2])))
    assert last[SIZE] - last[0] > alike[SIZE] - alike[0]
    with pytest.raises(NotFound, match="sound"):
        model.recommend(Request(vectors={"v": outside["v"][1:]}))


def test_tracks_with_neither_have_no_place() -> None:
    data, _ = made()
    block = data.vectors["v"]
    block.matrix[[39, 79]] = np.nan
    model = AudioToItems().fit(data)
    assert model.split(data.items)[1] == ["t:39", "t:79"]
    assert model.scores(Request((data.items[0],)))[39] == -np.inf


def test_too_few_pairs_are_told() -> None:
    data = tiny_data()
    data.vectors["test-1"].matrix[3:] = np.nan
    with pytest.raises(NotReady, match="Only 3 tracks"):
        AudioToItems().fit(data)


def test_it_comes_back_and_answers_with_numpy_alone(
    model: AudioToItems, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.save(tmp_path)
    for name in ("irspack", "irspack.recommenders.ials", "scipy", "scipy.sparse"):
        monkeypatch.setitem(sys.modules, name, None)
    again = Recommender.load(tmp_path)
    request = Request(vectors={"v": made()[1][[3]]})
    assert again.recommend(request, 5)[0] == model.recommend(request, 5)[0]
    assert again.metrics["pairs"] == 60
