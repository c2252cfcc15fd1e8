"""Artists instead of tracks."""

import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from murecom.errors import NotFound, NotReady
from murecom.recommend.artist import Artist
from murecom.recommend.base import Data, Interactions, Request
from murecom.testing import RecommenderContract, tiny_data
from murecom.types import TrackId

pytest.importorskip("irspack")

NAMES = ("Sigur Rós", "Björk", "múm", "周杰倫", "Mayday", "蘇打綠")
"Three that go together, and three others; each with ten tracks."


class TestArtist(RecommenderContract):
    make = Artist


def listed() -> Data:
    """Give data of 60 tracks: of ten by an artist, five are in playlists, the first in the most."""
    random = np.random.default_rng(4)
    rows = []
    for i in range(60):
        artists = random.permutation(3)[:2] + 3 * (i % 2)
        rows.append(np.concatenate([[a * 10, *(a * 10 + random.choice(5, 2))] for a in artists]))
    starts = np.cumsum([0, *map(len, rows)])
    return Data(
        [TrackId(f"t:{i}") for i in range(60)],
        interactions=Interactions(starts, np.concatenate(rows).astype(np.int32), 60),
        artists=[NAMES[i // 10] for i in range(60)],
    )


def request(*items: int, **more: Any) -> Request:
    return Request(tuple(TrackId(f"t:{i}") for i in items), **more)


def numbers(ids: list[TrackId]) -> list[int]:
    return [int(track_id[2:]) for track_id in ids]


def test_artists_that_go_together_are_found_by_their_most_popular_tracks() -> None:
    model = Artist().fit(listed())
    first = numbers(model.recommend(request(1, 11), 3)[0])
    assert {item // 10 for item in first} <= {0, 1, 2}
    scores = model.scores(request(1, 11))
    assert scores[:30].min() > scores[30:].max()
    plays = listed().interactions.popularity  # type: ignore[union-attr]
    own = scores[20:30] / scores[20]
    assert own == pytest.approx(((plays[20:30] + 0.1) / (plays[20] + 0.1)) ** 0.3, rel=1e-4)


def test_tracks_in_no_playlist_are_scored_and_can_be_seeds() -> None:
    model = Artist().fit(listed())
    assert model.split(listed().items)[1] == []
    scores = model.scores(request(9))  # nobody lists it
    assert scores[:30].min() > scores[30:].max()
    assert scores[8] > 0
    assert scores[8] < scores[4]


def test_tracks_that_nobody_knows_count_by_their_artists() -> None:
    model = Artist().fit(listed())
    by_name = model.scores(Request(artists=("SIGUR ROS", "Bjork ")))
    assert by_name == pytest.approx(model.scores(request(5, 15)), abs=1e-5)
    assert by_name[:30].min() > by_name[30:].max()
    assert model.scores(Request(artists=("周杰伦",)))[30:].min() > 0
    both = model.scores(request(5, artists=("Björk", "nobody")))
    assert both == pytest.approx(by_name, abs=1e-5)
    with pytest.raises(NotFound, match="nobody"):
        model.recommend(Request(artists=("nobody",)))
    assert model.own(model._resolve(Request(artists=("nobody",)))) is None
    assert model.own(model._resolve(Request(artists=("bjork",)))) is not None


def test_more_tracks_of_an_artist_weigh_more_but_not_as_much() -> None:
    model = Artist().fit(listed())
    ratio = [s[0] / s[30] for s in (model.scores(request(*seeds)) for seeds in [
        (0, 30), (0, 1, 2, 30)])]  # fmt: skip
    assert 1 < ratio[1] / ratio[0] < 3


def test_spellings_of_one_artist_are_one() -> None:
    data = listed()
    names = list(data.artists)
    names[0] = "BJÖRK"
    names[59] = None
    names[58] = "!!!"
    model = Artist().fit(replace(data, artists=names))
    assert model.state["factors.row"][0] == model.state["factors.row"][11]
    scores = model.scores(request(11))
    assert scores[59] == -np.inf
    assert scores[58] == -np.inf  # its only track is in no playlist
    assert model.split([TrackId("t:59")])[1] == ["t:59"]


def test_artists_that_are_all_blank_are_none() -> None:
    data = replace(tiny_data(), artists=[None] * 12)
    assert Artist().lacks(data) == ["artists"]
    with pytest.raises(NotReady, match="artists"):
        Artist().fit(data)


def test_only_the_most_popular_artists_have_vectors() -> None:
    model = Artist(most=2).fit(listed())
    assert model._factors.own == 2
    assert len(model.split(listed().items)[0]) == 20


def test_answers_need_no_training_library(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Artist().fit(tiny_data())
    for name in ("irspack", "irspack.recommenders.ials", "scipy", "scipy.sparse"):
        monkeypatch.setitem(sys.modules, name, None)
    assert model.recommend(Request((TrackId("test:0"),)), 3)[0]
