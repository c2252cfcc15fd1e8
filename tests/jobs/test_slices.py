"""Indexing with a genre network: which slices are heard, and what the library does with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.embed.test_genre_cnn import write as write_network

import sounds
from doubles import Here
from murecom.audio import mel
from murecom.audio.decode import Silent, TooShort
from murecom.embed.genre_cnn import BANDS, FRAMES, HOP, N_FFT, RATE, GenreCNN
from murecom.errors import BadInput, NotReady
from murecom.jobs.analyse import Sound, embedders, keys_of, vectors_of
from murecom.jobs.slices import network_folder, read_slices, stamp_of
from murecom.jobs.votes_model import votes_model
from murecom.service import Murecom
from murecom.train.spectra import spectrogram


@pytest.fixture(scope="module")
def original(tmp_path_factory) -> GenreCNN:
    return GenreCNN(write_network(tmp_path_factory.mktemp("original"), "original"))


def song(path: Path, seconds: float, seed: int = 0, rate: int = RATE) -> str:
    random = np.random.default_rng(seed)
    wave = sounds.chord(110, seconds, rate, seed) + 0.02 * random.standard_normal(
        int(seconds * rate)
    )
    return str(sounds.write(path, wave.astype(np.float32), rate))


def power_of(slices: np.ndarray) -> np.ndarray:
    return mel.mel_power(slices, rate=RATE, n_fft=N_FFT, hop=HOP, n_mels=BANDS)


@pytest.mark.parametrize(("seconds", "count"), [(75.0, 10), (60.0, 10), (59.0, 10), (20.0, 6)])
def test_the_original_hears_what_training_heard(original, tmp_path, seconds, count):
    path = song(tmp_path / "a.wav", seconds)
    slices = read_slices(path, original)
    assert slices.shape == (count, original.samples)
    expected = spectrogram(Path(path))[: count * FRAMES].reshape(count, FRAMES, BANDS)
    np.testing.assert_allclose(power_of(slices), expected, rtol=1e-3, atol=1e-4 * expected.max())


def test_long_songs_are_heard_from_second_30(original, tmp_path):
    wave = np.zeros(70 * RATE, np.float32)
    wave[30 * RATE : 31 * RATE] = sounds.chord(220, 1.0)
    sounds.write(tmp_path / "late.wav", wave)
    assert read_slices(str(tmp_path / "late.wav"), original).shape[0] == 1  # the others are silent


def test_short_silent_and_broken_songs_say_so(original, tmp_path):
    with pytest.raises(TooShort, match=r"2\.5 s"):
        read_slices(song(tmp_path / "short.wav", 2.5), original)
    sounds.write(tmp_path / "silent.wav", np.zeros(10 * RATE, np.float32))
    with pytest.raises(Silent):
        read_slices(str(tmp_path / "silent.wav"), original)
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    with pytest.raises(BadInput, match=r"broken\.wav"):
        read_slices(str(tmp_path / "broken.wav"), original)


def test_other_networks_hear_slices_spread_over_the_song(tmp_path):
    small = GenreCNN(write_network(tmp_path / "small", "small"))
    slices = read_slices(song(tmp_path / "a.wav", 50), small)
    assert slices.shape == (10, small.samples)
    assert read_slices(song(tmp_path / "b.wav", 7), small).shape[0] == 2


def test_the_better_network_that_is_there_is_taken(tmp_path):
    with pytest.raises(NotReady, match="murecom train genres DIR"):
        network_folder(tmp_path)
    write_network(tmp_path / "models" / "genres-original", "original")
    assert network_folder(tmp_path).name == "genres-original"
    write_network(tmp_path / "models" / "genres-small", "small")
    assert network_folder(tmp_path).name == "genres-small"
    assert network_folder(tmp_path, tmp_path / "mine") == tmp_path / "mine"


def test_a_network_trained_anew_is_read_anew(tmp_path):
    def sound() -> Sound:
        return Sound("genre_cnn", network=(str(tmp_path), stamp_of(tmp_path)))

    write_network(tmp_path, "small", seed=1)
    first = keys_of(sound())
    assert keys_of(sound()) == first
    assert embedders(sound())[0] is embedders(sound())[0]
    write_network(tmp_path, "small", seed=2)
    assert keys_of(sound()) != first
    with pytest.raises(NotReady):
        embedders(Sound("genre_cnn"))
    with pytest.raises(NotReady):
        embedders(Sound("genre_cnn", network=(str(tmp_path / "none"), 0)))


def test_vectors_are_those_of_the_network(original, tmp_path):
    path = song(tmp_path / "a.wav", 20)
    sound = Sound("genre_cnn", network=(str(original.folder), stamp_of(original.folder)))
    [(key, vectors)] = vectors_of(path, sound).items()
    assert key == original.key
    assert vectors.shape == (6, 256)
    assert np.array_equal(vectors, original.embed(read_slices(path, original)))


# -- the library ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A home with a network and a library that was scanned with it."""
    folder = tmp_path_factory.mktemp("library")
    sounds.library(folder / "music", artists=3, tracks=3)
    write_network(folder / "home" / "models" / "genres-original", "original")
    with opened(folder / "home") as app:
        report = app.scan([folder / "music"], engine=Here())
    assert report.added == 9
    return folder / "home"


def opened(home: Path, **more: str) -> Murecom:
    flags = {"sound.model": "genre_cnn"} | {f"sound.{k}": v for k, v in more.items()}
    return Murecom(home=home, flags=flags)


@pytest.mark.parametrize(("ranking", "model"), [("mean", "audio_knn"), ("votes", "slice_votes")])
def test_both_rankings_answer(home, tmp_path, ranking, model):
    limits = {"k": 3}
    outside = song(tmp_path / "new.wav", 12)
    with opened(home, ranking=ranking) as app:
        for seed in (app.find("Song 000"), app.find(outside)):
            answer = app.similar([seed], **limits)
            assert answer.model == model
            assert answer.tracks
            assert all(0 <= n.score <= 1 and n.why for n in answer.tracks)
            assert seed.id not in {n.track.id for n in answer.tracks}
        assert app.continue_([app.find("Song 000")], 3).tracks
        assert app.path(app.find("Song 000"), app.find("Song 202"), 4).tracks
        assert next(app.radio([app.find("Song 000")], random_seed=1)).why


def test_the_votes_are_kept_until_the_library_changes(home, tmp_path):
    with opened(home, ranking="votes") as app:
        first = votes_model(app.store, app.home, app.sound)
        assert votes_model(app.store, app.home, app.sound, loaded=first) is first
        again = votes_model(app.store, app.home, app.sound)
        assert again.items == first.items or list(again.items) == list(first.items)
        app.store.tags.put("x:1", [("genre", "a", 1, "file")])
        assert votes_model(app.store, app.home, app.sound, loaded=first) is first
        app.store.files.mark_gone([app.find("Song 000").path])
        fewer = votes_model(app.store, app.home, app.sound, loaded=first)
        assert len(fewer.items) == 8


def test_another_model_asks_for_a_scan(home):
    with Murecom(home=home) as app, pytest.raises(NotReady, match="murecom scan"):
        app.similar([app.find("Song 101")])
    with Murecom(home=home, flags={"sound.ranking": "votes"}) as app, pytest.raises(NotReady):
        app.similar([app.find("Song 101")])


def test_the_network_may_lie_anywhere(home, tmp_path):
    write_network(tmp_path / "mine", "small")
    with opened(home, genre_model=str(tmp_path / "mine")) as app:
        assert app.sound.network is not None
        assert app.sound.network[0] == str(tmp_path / "mine")
        with pytest.raises(NotReady, match="genre_cnn"):
            app.similar([app.find("Song 101")])
    with opened(tmp_path / "empty") as app, pytest.raises(NotReady, match="train genres"):
        app.sound  # noqa: B018
