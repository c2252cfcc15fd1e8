"""Names, numbers and words beside the sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sounds
from doubles import Here
from murecom.errors import BadInput, NotReady
from murecom.index.space import Space
from murecom.jobs.inputs import NAMES, Facts, Inputs, facts_of, folder_of, key_of
from murecom.service import Murecom
from murecom.service.answers import start_from

FACTS = [
    Facts("Blue Moon", ("Ann",), "Nights", ("Jazz",), 1965, 180.0, "blue moon you saw me\n" * 3),
    Facts("Red Moon", ("Ann", "Bob"), "Nights", ("jazz", "Soul"), 1968, 200.0, "moon, me, blue"),
    Facts("Fire", ("Cat",), "War", ("Metal",), 2015, 420.0, "fire and war and blood\n" * 3),
    Facts("War", ("Dan",), "War II", ("Metal",), 2019, 400.0, "blood on the fire of war"),
    Facts(),
]  # fmt: skip


@pytest.mark.parametrize("name", [name for name in NAMES if name != "lyrics"])
def test_each_block_brings_together_what_belongs_together(name: str) -> None:
    block = Inputs({name: 1.0}).fit(FACTS).blocks(FACTS)[key_of(name)]
    unit = Space().fit({"x": block}).transform({"x": block.matrix})
    near = unit @ unit.T
    assert near[0, 1] > max(near[0, 2:4])
    assert near[2, 3] > max(near[2, :2])
    assert block.matrix.shape[1] <= 32


def test_lyrics_of_one_subject_are_near() -> None:
    love, war = (
        ["love", "heart", "kiss", "moon", "night", "star"],
        ["war", "gun", "blood", "fire", "death", "soldier"],
    )
    random = np.random.default_rng(0)
    facts = [Facts(lyrics=" ".join(random.permutation(w)[:4])) for w in [love] * 20 + [war] * 20]
    block = Inputs({"lyrics": 1.0}).fit(facts).blocks(facts)[key_of("lyrics")]
    unit = Space().fit({"x": block}).transform({"x": block.matrix})
    near = unit @ unit.T
    assert near[:20, :20].mean() > near[:20, 20:].mean() + 0.1


def test_a_track_without_a_value_is_as_far_from_all() -> None:
    facts = [Facts(year=1960 + n % 60) for n in range(300)] + [Facts()] * 300
    block = Inputs({"year": 1.0}).fit(facts).blocks(facts)[key_of("year")]
    unit = Space().fit({"x": block}).transform({"x": block.matrix})
    near = unit @ unit.T
    np.testing.assert_allclose(np.linalg.norm(unit, axis=1), 1, rtol=1e-5)
    assert abs(near[300:, :300].mean()) < 0.02
    assert abs((near[300:, 300:] - np.eye(300)).mean()) < 0.02


def test_nobody_has_a_value() -> None:
    blocks = Inputs(dict.fromkeys(NAMES, 0.5)).fit([Facts()] * 3).blocks([Facts()] * 3)
    assert set(blocks) == {key_of(name) for name in NAMES}
    assert all(np.isnan(block.matrix).all() for block in blocks.values())
    Space().fit(blocks)


def test_weights_of_nought_and_unknown_names() -> None:
    assert Inputs({"title": 0.0, "year": 0.5}).fit(FACTS).blocks(FACTS).keys() == {key_of("year")}
    with pytest.raises(BadInput, match="no input 'mood'"):
        Inputs({"mood": 1.0})


def test_what_was_learned_is_kept(tmp_path: Path) -> None:
    inputs = Inputs(dict.fromkeys(NAMES, 0.5)).fit(FACTS)
    inputs.save(tmp_path)
    again = Inputs.load(tmp_path)
    assert again.weights == inputs.weights
    for key, matrix in inputs.vectors(FACTS).items():
        np.testing.assert_allclose(again.vectors(FACTS)[key], matrix, rtol=2e-3, atol=1e-3)


def test_what_was_kept_may_be_damaged(tmp_path: Path) -> None:
    with pytest.raises(NotReady):
        Inputs.load(tmp_path)
    Inputs({"title": 0.5}).fit(FACTS).save(tmp_path)
    manifest = tmp_path / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"weights"', '"wishes"'))
    with pytest.raises(BadInput, match="cannot be used"):
        Inputs.load(tmp_path)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    for file in sounds.library(folder / "music", artists=4, tracks=2):
        words = "I love you and the moon" if "Artist 0" in str(file) else "war and fire and blood"
        if "Artist 3" not in str(file):
            file.with_suffix(".lrc").write_text(words)
    with Murecom(home=folder / "home") as app:
        app.scan([folder / "music"], engine=Here())
    return folder


def test_the_store_gives_the_facts(home: Path) -> None:
    with Murecom(home=home / "home") as app:
        track = app.find("Song 000")
        [facts] = facts_of(app.store, [track.id])
    assert (facts.title, facts.artists, facts.album) == ("Song 000", ("Artist 0",), "Album 0")
    assert facts.lyrics == "I love you and the moon"
    assert facts.duration == pytest.approx(5, abs=0.1)


def test_inputs_change_who_is_near_and_back(home: Path) -> None:
    with Murecom(home=home / "home") as app:
        sound = app.similar([app.find("Song 000")], k=7)
        assert not folder_of(app.home).exists()
    flags = {"inputs.artist": 3.0, "inputs.title": 0.3, "inputs.lyrics": 0.5}
    with Murecom(home=home / "home", flags=flags) as app:
        mixed = app.similar([app.find("Song 000")], k=7)
        dim = app._sounds().model.vectors().shape[1]
        assert mixed.tracks[0].track.artists == ("Artist 0",)
    with Murecom(home=home / "home") as app:
        again = app.similar([app.find("Song 000")], k=7)
        assert app._sounds().model.vectors().shape[1] == dim - 3 * 32
    assert again == sound
    assert mixed != sound


def test_seeds_outside_get_the_same_blocks(home: Path, tmp_path: Path) -> None:
    inside = home / "music/Artist 0/Album 0/01 - Song 000.wav"
    outside = tmp_path / "Artist 0 - Song 000.wav"
    outside.write_bytes(inside.read_bytes() + b"\0\0")  # another content, the same sound
    outside.with_suffix(".lrc").write_text("I love you and the moon")
    flags = {"inputs.lyrics": 1.0, "inputs.title": 0.5, "inputs.year": 0.5}
    with Murecom(home=home / "home", flags=flags) as app:
        model = app._sounds().model
        start = start_from(model, app.sound, [app.find(str(outside))], app.home)
        [nearest], [score] = model.recommend(start.request(), 1)
        assert nearest == app.find("Song 000").id
        assert score > 0.9
    assert np.isfinite(start.vectors[key_of("lyrics")]).all()
    assert np.isfinite(start.vectors[key_of("title")]).all()
    assert np.isnan(start.vectors[key_of("year")]).all()


def test_a_lost_folder_is_made_again(home: Path) -> None:
    import shutil

    with Murecom(home=home / "home", flags={"inputs.title": 0.5}) as app:
        app.similar([app.find("Song 000")], k=1)
        shutil.rmtree(folder_of(app.home))
    with Murecom(home=home / "home", flags={"inputs.title": 0.5}) as app:
        app.similar([app.find("Song 000")], k=1)
        assert folder_of(app.home).exists()


def test_inputs_of_an_interrupted_build_are_not_taken_for_those_of_the_model(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = home / "music/Artist 0/Album 0/01 - Song 000.wav"
    outside = tmp_path / "Artist 0 - Song 000.wav"
    outside.write_bytes(inside.read_bytes() + b"\0\0")
    with Murecom(home=home / "home", flags={"inputs.title": 0.5}) as app:
        before = app.similar([app.find(str(outside))], k=3)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("murecom.recommend.audio_knn.AudioKNN.save", stop)
        with Murecom(home=home / "home", flags={"inputs.album": 0.5}) as app:
            app.similar([app.find("Song 000")], k=1)
    with Murecom(home=home / "home", flags={"inputs.title": 0.5}) as app:
        assert app.similar([app.find(str(outside))], k=3) == before
