"""Music made once for all tests of sound."""

from __future__ import annotations

from pathlib import Path

import pytest

import synthesis

FORMATS = {
    "wav": {},
    "flac": {},
    "aiff": {},
    "ogg": {},
    "mp3": {"bitrate_mode": "CONSTANT", "compression_level": 0.0},
    "vbr.mp3": {"bitrate_mode": "VARIABLE", "compression_level": 0.5},
}


@pytest.fixture(scope="session")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with 20 s of the same stereo music in every format: song.wav, song.mp3 …"""
    folder = tmp_path_factory.mktemp("music")
    wave = synthesis.song(20.0, 44100)
    for suffix, kw in FORMATS.items():
        synthesis.write(folder / f"song.{suffix}", wave, 44100, **kw)
    synthesis.write(folder / "song.opus", synthesis.song(20.0, 48000), 48000)
    return folder
