"""Words that are true of both tracks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.playlist.why import TAG_LEAST, Profile, alike, why
from murecom.types import Track, TrackId

TAGS = ("ambient", "electronic", "rock", "Jazz")


def profile(
    artist: str = "", album: str | None = None, tags: list[float] | None = None, **numbers: float
) -> Profile:
    track = Track(TrackId("x"), "t", (artist,) if artist else (), album)
    return Profile(track, numbers, None if tags is None else np.array(tags))


def test_shared_tags_strongest_first() -> None:
    one, other = profile(tags=[0.2, 0.5, 0.9, 0.01]), profile(tags=[0.9, 0.3, 0.1, 0.02])
    assert why([one], other, 0.9, TAGS) == "both: electronic, ambient"
    assert why([one, other], one, 0.9, TAGS) == "all: electronic, ambient"


def test_a_tag_of_one_is_not_said() -> None:
    one, other = profile(tags=[0.9, 0, 0, 0.9]), profile(tags=[0, 0.9, 0.9, 0.2])
    assert why([one], other, 0.5, TAGS) == "both: jazz"
    assert why([one], profile(tags=[0, 1, 1, 0]), 0.5, TAGS) == "sounds alike"
    assert why([one], profile(), 0.5, TAGS) == "sounds alike"
    assert why([one], other, 0.5) == "sounds alike"


def test_tempo_key_and_loudness() -> None:
    one = profile(tempo=120, tempo_confidence=0.9, key_tonic=9, key_mode=0, loudness=-14.0)
    other = profile(tempo=123, key_tonic=9, key_mode=0, key_confidence=0.2, loudness=-13.5)
    words = "same tempo (about 122 BPM) · same key (A minor) · similar loudness"
    assert why([one], other, 0.9) == words
    far = profile(tempo=126, key_tonic=9, key_mode=1, loudness=-12)
    assert why([one], far, 0.8) == "sounds much alike"
    unsure = profile(tempo=120, tempo_confidence=0.1, key_tonic=9, key_mode=0, key_confidence=0.01)
    assert why([one], unsure, 0.8) == "sounds much alike"


def test_loudness_never_stands_alone() -> None:
    assert why([profile(loudness=-9)], profile(loudness=-9.2), 0.3) == (
        "sounds a little alike · similar loudness"
    )


def test_names() -> None:
    one = profile("Sigur Rós", "Takk")
    assert why([one], profile("sigur ros", "Other"), 0.5) == "same artist"
    assert why([one], profile("SIGUR ROS", "takk"), 0.5) == "same album"
    assert why([one], profile("Somebody", "Takk"), 0.5) == "sounds alike"
    assert why([profile()], profile(), 0.5) == "sounds alike"


def test_nonsense_numbers_say_nothing() -> None:
    odd = profile(tempo=0.0, key_tonic=float("nan"), key_mode=1, loudness=float("-inf"))
    assert why([odd], odd, 0.0) == "the nearest there is, but different"


@pytest.mark.parametrize(
    ("score", "words"),
    [(1, "sounds much alike"), (0.5, "sounds alike"), (0.2, "sounds a little alike"),
     (0.1, "the nearest there is, but different"), (-1, "the nearest there is, but different")],
)  # fmt: skip
def test_similarity_in_words(score: float, words: str) -> None:
    assert alike(score) == words


tags = st.lists(st.floats(0, 1), min_size=4, max_size=4)


@given(st.lists(tags, min_size=1, max_size=3), tags)
def test_every_tag_said_is_true_of_all(seeds: list[list[float]], other: list[float]) -> None:
    words = why([profile(tags=t) for t in seeds], profile(tags=other), 0.5, TAGS)
    assert words
    for i, name in enumerate(TAGS):
        if name.lower() in words:
            assert all(t[i] >= TAG_LEAST for t in [*seeds, other])
