"""Spectrograms of clips: the front-end of librosa, other rates, and files that are no good."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from tests.train import folders

import sounds
from murecom.errors import BadInput
from murecom.train import spectra
from murecom.train.dataset import read_clips

if importlib.util.find_spec("librosa"):  # 500 MB; `audio.mel` has a golden file beside it

    @pytest.mark.parametrize("seconds", [3.0, 4.37])
    def test_equal_to_librosa(seconds):
        import librosa

        wave = sounds.chord(220, seconds)
        theirs = librosa.feature.melspectrogram(y=wave, sr=22050).T
        ours = spectra.centred(wave)
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4 * theirs.max() * 1e-3)


def test_frames_are_centred():
    wave = np.zeros(22050, np.float32)
    wave[512 * 20] = 1  # on the middle of frame 20
    power = spectra.centred(wave).sum(axis=1)
    assert len(power) == 1 + 22050 // 512
    assert power.argmax() == 20


def test_other_rates_look_alike(tmp_path):
    t = np.arange(4 * 48000) / 48000
    tone = (0.3 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)
    pictures = []
    for rate in (22050, 48000):
        wave = (
            tone if rate == 48000 else (0.3 * np.sin(2 * np.pi * 440 * np.arange(4 * rate) / rate))
        )
        path = sounds.write(tmp_path / f"{rate}.wav", wave, rate)
        pictures.append(10 * np.log10(spectra.spectrogram(path)[5:-5].mean(axis=0) + 1e-3))
    np.testing.assert_allclose(*pictures, atol=0.1)


def test_whole_songs_are_heard_from_second_30(tmp_path):
    wave = np.zeros(70 * 8000, np.float32)
    wave[30 * 8000 : 60 * 8000] = sounds.chord(220, 30, 8000)
    path = sounds.write(tmp_path / "long.wav", wave, 8000)
    power = spectra.spectrogram(path)
    assert len(power) == 1 + 30 * 22050 // 512
    assert (power[:1280:20].sum(axis=1) > 0).all()


@pytest.mark.parametrize(
    ("seconds", "level", "match"), [(1.0, 1, r"short\.wav lasts 1\.0 s"), (4.0, 0, "is silent")]
)
def test_clips_that_say_nothing(tmp_path, seconds, level, match):
    path = sounds.write(tmp_path / "short.wav", level * sounds.chord(220, seconds))
    with pytest.raises(BadInput, match=match):
        spectra.spectrogram(path)


def test_prepare_names_broken_clips_and_goes_on(tmp_path):
    music = folders.library(tmp_path / "music")
    (music / "hiss" / "broken.mp3").write_bytes(b"ID3 and nothing more")
    cut = music / "bells" / "bells.00000.wav"
    cut.write_bytes(cut.read_bytes()[:20000])
    clips, _ = read_clips(music)
    steps = []
    kept, made, problems = spectra.prepare(clips, tmp_path / "work", steps.append)
    assert {Path(p.path).name for p in problems} == {"broken.mp3", "bells.00000.wav"}
    assert len(kept) == 11
    assert len(made.starts) == 12
    assert steps[-1].done == steps[-1].total == 13
    assert steps[-1].counts["failed"] == 2
    for row, clip in enumerate(kept):
        np.testing.assert_array_equal(made.of(row), spectra.spectrogram(clip.path))


def test_prepare_hears_each_clip_once(tmp_path):
    clips, _ = read_clips(folders.library(tmp_path / "music", 2))
    _, first, _ = spectra.prepare(clips, tmp_path / "work")
    steps = []
    _, second, _ = spectra.prepare(clips, tmp_path / "work", steps.append)
    assert not steps
    np.testing.assert_array_equal(first.power, second.power)
    sounds.write(clips[0].path, sounds.chord(300, 5))  # another clip under the same name
    _, third, _ = spectra.prepare(clips, tmp_path / "work", steps.append)
    assert steps
    assert third.power.shape != second.power.shape


def test_slices(tmp_path):
    power = np.arange(300 * 128, dtype=np.float32).reshape(300, 128)
    made = spectra.Spectra(power, np.array([0, 130, 300]))
    slices, owner = made.slices([1, 0])
    assert slices.shape == (2, 128, 128)
    assert owner.tolist() == [0, 1]
    np.testing.assert_array_equal(slices[0], power[130:258])
    assert made.slices([])[0].shape == (0, 128, 128)
    long = spectra.Spectra(np.zeros((3000, 128), np.float32), np.array([0, 3000]))
    assert len(long.slices([0])[0]) == 10
