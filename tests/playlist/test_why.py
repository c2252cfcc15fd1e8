"""Words that are true of both tracks."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.playlist.heard import Word
from murecom.playlist.why import KEY_SURE, MOST, TEMPO_SURE, Profile, alike, differences, why
from murecom.types import Track, TrackId

SURE = {"tempo_confidence": 0.95, "key_confidence": 0.95}


def profile(
    artist: str = "",
    album: str | None = None,
    *,
    heard: dict[str, float] | None = None,
    instruments: tuple[str, ...] = (),
    timbre: list[float] | None = None,
    genres: tuple[str, ...] = (),
    year: int | None = None,
    **numbers: float,
) -> Profile:
    track = Track(TrackId("x"), "t", (artist,) if artist else (), album)
    words = {text: Word(text, above, text in instruments) for text, above in (heard or {}).items()}
    block = None if timbre is None else np.array(timbre)
    return Profile(track, {**SURE, **numbers}, words, block, genres, year)


def test_shared_words_the_most_telling_first() -> None:
    one = profile(heard={"rock": 0.9, "jazz": 3.0, "blues": 2.0, "soul": 1.0})
    other = profile(heard={"rock": 0.9, "jazz": 2.0, "blues": 2.5})
    assert why([one], other, 0.9) == "both: blues, jazz"
    assert why([one, other], one, 0.9) == "all: blues, jazz"
    assert why([one], profile(heard={"metal": 3.0}), 0.5) == "sounds alike"
    assert why([one], profile(), 0.5) == "sounds alike"


def test_voices_and_instruments() -> None:
    one = profile(heard={"piano": 2.0, "jazz": 1.0}, instruments=("piano",))
    assert why([one], one, 0.9) == "both with piano · both: jazz"
    strings = ("violin", "strings")
    quartet = profile(heard={"strings": 3.0, "violin": 2.0}, instruments=strings)
    assert why([quartet], quartet, 0.9) == "both with violin"
    quiet = profile(heard={"no singing": 2.0, "piano": 1.0}, instruments=("no singing", "piano"))
    assert why([quiet], quiet, 0.9) == "both with piano, without singing"


@pytest.mark.parametrize(
    ("own", "words"),
    [
        (120, "same tempo (about 120 BPM)"),
        (123, "same tempo (about 122 BPM)"),
        (240, "double tempo (240 against 120 BPM)"),
        (60.5, "half the tempo (60 against 120 BPM)"),
        (126, "sounds much alike"),
        (180, "sounds much alike"),
    ],
)
def test_tempo(own: float, words: str) -> None:
    assert why([profile(tempo=120)], profile(tempo=own), 0.9) == words


@pytest.mark.parametrize(
    ("tonic", "mode", "words"),
    [
        (9, 0, "same key (A minor)"),
        (0, 1, "relative keys (A minor, C major)"),
        (4, 0, "keys that mix well (A minor, E minor)"),
        (2, 0, "keys that mix well (A minor, D minor)"),
        (9, 1, "sounds much alike"),
        (10, 0, "sounds much alike"),
        (3, 1, "sounds much alike"),
    ],
)
def test_key(tonic: int, mode: int, words: str) -> None:
    one = profile(key_tonic=9, key_mode=0)
    other = profile(key_tonic=tonic, key_mode=mode)
    assert why([one], other, 0.9) == words
    assert (why([other], one, 0.9) == "sounds much alike") == (words == "sounds much alike")


def test_what_is_unsure_is_not_said() -> None:
    one = profile(tempo=120, key_tonic=9, key_mode=0)
    tempo = profile(tempo=120, tempo_confidence=TEMPO_SURE - 0.01)
    tonality = profile(key_tonic=9, key_mode=0, key_confidence=KEY_SURE - 0.01)
    assert why([one], tempo, 0.8) == why([one], tonality, 0.8) == "sounds much alike"


def test_timbre() -> None:
    one = profile(timbre=[1, 0.2, 0])
    assert why([one], profile(timbre=[2, 0.1, 0.3]), 0.9) == "same timbre"
    assert why([one], profile(timbre=[0, 1, 0]), 0.9) == "sounds much alike"
    assert why([one], profile(timbre=[0, 0, 0]), 0.9) == "sounds much alike"
    assert why([one], profile(), 0.9) == "sounds much alike"


def test_what_the_files_say() -> None:
    one = profile(genres=("Folk", "World"), year=1971)
    assert why([one], profile(genres=("folk",), year=1973), 0.9) == (
        "both tagged folk · both from 1971-1973"
    )
    assert why([one], profile(year=1971), 0.9) == "both from 1971"
    heard = profile(genres=("Folk",), heard={"folk": 1.0})
    assert why([heard], heard, 0.9) == "both: folk"
    assert why([one], profile(genres=("rock",), year=1990), 0.9) == "sounds much alike"


def test_loudness_never_stands_alone() -> None:
    assert why([profile(loudness=-9)], profile(loudness=-9.2), 0.5) == (
        "sounds alike · similar loudness"
    )
    assert why([profile(loudness=-9)], profile(loudness=-11), 0.5) == "sounds alike"


def test_names() -> None:
    one = profile("Sigur Rós", "Takk")
    assert why([one], profile("sigur ros", "Other"), 0.5) == "same artist"
    assert why([one], profile("SIGUR ROS", "takk"), 0.5) == "same album"
    assert why([one], profile("Somebody", "Takk"), 0.5) == "sounds alike"
    assert why([profile()], profile(), 0.5) == "sounds alike"


def test_rare_statements_come_first_and_few_are_said() -> None:
    everything = profile(
        "A",
        "B",
        heard={"piano": 2.5, "jazz": 0.8},
        instruments=("piano",),
        timbre=[1.0, 0.0],
        genres=("Jazz",),
        year=1960,
        tempo=100,
        key_tonic=0,
        key_mode=1,
        loudness=-10,
    )
    words = why([everything], everything, 1.0)
    assert words.startswith("same album · both with piano")
    assert len(words.split(" · ")) == MOST
    assert "similar loudness" not in words


def test_differences_of_what_is_far() -> None:
    one = profile(tempo=90, loudness=-20, heard={"ambient": 2.0})
    other = profile(tempo=140, loudness=-9, heard={"metal": 2.0, "ambient": 0.8})
    assert (
        why([one], other, 0.1) == "both: ambient · but faster (140 against 90 BPM) and more metal"
    )
    assert why([one], other, 0.6) == "both: ambient"
    assert differences([other], one) == ["slower (90 against 140 BPM)", "quieter"]
    with_flute = profile(heard={"flute": 2.0}, instruments=("flute",))
    assert why([one], with_flute, 0.3) == "sounds a little alike · but with flute"
    assert why([profile()], with_flute, 0.3) == "sounds a little alike"  # perhaps unheard
    assert differences([profile(tempo=70)], profile(tempo=140)) == []  # perhaps the same pulse
    assert differences([], one) == []


def test_nonsense_numbers_say_nothing() -> None:
    odd = profile(tempo=0.0, key_tonic=float("nan"), key_mode=1, loudness=float("-inf"))
    assert why([odd], odd, 0.0) == "the nearest there is, but different"
    assert why([], odd, 0.0) == "the nearest there is, but different"


@pytest.mark.parametrize(
    ("score", "words"),
    [(1, "sounds much alike"), (0.5, "sounds alike"), (0.2, "sounds a little alike"),
     (0.1, "the nearest there is, but different"), (-1, "the nearest there is, but different")],
)  # fmt: skip
def test_similarity_in_words(score: float, words: str) -> None:
    assert alike(score) == words


some = st.floats(0, 1)
profiles = st.builds(
    lambda tempo, sure, tonic, mode, key_sure, loudness, heard, timbre, year: profile(
        tempo=tempo,
        tempo_confidence=sure,
        key_tonic=tonic,
        key_mode=mode,
        key_confidence=key_sure,
        loudness=loudness,
        heard=heard,
        timbre=timbre,
        year=year,
    ),
    st.floats(40, 250), some, st.integers(0, 11), st.integers(0, 1), some, st.floats(-40, 0),
    st.dictionaries(st.sampled_from(["jazz", "rock", "piano"]), st.floats(0.7, 4)),
    st.lists(st.floats(-2, 2), min_size=3, max_size=3), st.integers(1960, 2020),
)  # fmt: skip


@given(st.lists(profiles, min_size=1, max_size=3), profiles, some)
def test_no_number_contradicts_what_is_said(
    seeds: list[Profile], neighbour: Profile, score: float
) -> None:
    words = why(seeds, neighbour, score)
    common, _, apart = words.partition("but ")
    everyone = [*seeds, neighbour]
    values = {name: [p.descriptors[name] for p in everyone] for name in neighbour.descriptors}
    if "tempo" in common:
        assert min(values["tempo_confidence"]) >= TEMPO_SURE
    if "same tempo" in common:
        assert max(values["tempo"]) <= 1.04 * min(values["tempo"])
    for word, factor in (("double tempo", 2), ("half the tempo", 0.5)):
        if word in common:
            ratios = np.array(values["tempo"][-1]) / values["tempo"][:-1]
            assert (abs(np.log2(ratios / factor)) <= np.log2(1.04) + 1e-9).all()
    if "key" in common:
        assert min(values["key_confidence"]) >= KEY_SURE
    if "same key" in common:
        assert len({*zip(values["key_tonic"], values["key_mode"], strict=True)}) == 1
    if "similar loudness" in common:
        assert max(values["loudness"]) - min(values["loudness"]) <= 1
    for name in ("jazz", "rock", "piano"):
        if name in common:
            assert all(name in p.heard for p in everyone)
        if name in apart:
            assert name in neighbour.heard
            assert not any(name in p.heard for p in seeds)
    if "same timbre" in common:
        rows = np.stack([p.timbre / np.linalg.norm(p.timbre) for p in everyone])
        assert (rows @ rows.T).min() >= 0.6 - 1e-9
    if years := re.search(r"from (\d+)", common):
        assert min(p.year or 0 for p in everyone) == int(years[1])
    if "louder" in apart:
        assert values["loudness"][-1] > max(values["loudness"][:-1])
    if "faster" in apart:
        assert values["tempo"][-1] > max(values["tempo"][:-1])
