"""Sound for the benchmarks: real free music where a folder of it is given, made by arithmetic else.

Everything is written by libsndfile, so no other program is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

Wave = NDArray[np.float32]

RATE = 44_100
MUSIC = (".mp3", ".ogg", ".flac", ".opus", ".wav")
PIECES = 8
"Tracks that one medley is made of."


@dataclass(frozen=True)
class Encoding:
    """A way to write a wave: suffix, rate, and what `soundfile` needs to know."""

    suffix: str
    rate: int = RATE
    options: dict[str, Any] = field(default_factory=dict)


def _mp3(mode: str, level: float) -> Encoding:
    return Encoding(".mp3", options={"bitrate_mode": mode, "compression_level": level})


ENCODINGS = {
    "mp3 320k": _mp3("CONSTANT", 0.0),
    "mp3 V0": _mp3("VARIABLE", 0.0),
    "mp3 128k": _mp3("CONSTANT", 2 / 3),  # libsndfile goes from 320 at 0 to 32 kbit/s at 1
    "flac": Encoding(".flac"),
    "ogg": Encoding(".ogg"),
    "opus": Encoding(".opus", 48_000, {"format": "OGG", "subtype": "OPUS"}),
}


def medley(folder: Path, seconds: float) -> Wave:
    """Join pieces from the middles of tracks in a folder.

    Returns
    -------
    ndarray of float32, shape (frames, 2)
        Stereo at 44.1 kHz, `seconds` long.

    Raises
    ------
    SystemExit
        The folder holds no music that libsndfile reads.
    """
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in MUSIC and p.is_file())
    chosen = paths[:: max(1, len(paths) // PIECES)][:PIECES]
    pieces = [piece for path in chosen if len(piece := _middle(path, seconds / len(chosen)))]
    if not pieces:
        raise SystemExit(f"No music in {folder}. Name a folder with mp3, ogg, flac or wav files.")
    wave = np.concatenate(pieces)
    frames = round(seconds * RATE)
    return np.tile(wave, (-(-frames // len(wave)), 1))[:frames]


def _middle(path: Path, seconds: float) -> Wave:
    try:
        with soundfile.SoundFile(path) as file:
            wanted = round(seconds * file.samplerate)
            file.seek(max(0, (file.frames - wanted) // 2))
            data = file.read(wanted, dtype="float32", always_2d=True)
            data = data[:, [0, min(1, file.channels - 1)]]
            piece: Wave = soxr.resample(data, file.samplerate, RATE)
            return piece
    except soundfile.LibsndfileError:
        return np.zeros((0, 2), np.float32)


def synthetic(seconds: float, *, seed: int = 0, rate: int = RATE, channels: int = 2) -> Wave:
    """Make chords over a beat with some noise, so that no encoder has an easy time.

    Returns
    -------
    ndarray of float32, shape (frames, channels)
        Full scale 1.0; another `seed` gives other notes, tempo and timbre.
    """
    rng = np.random.default_rng(seed)
    beat = rng.uniform(0.3, 0.8)
    t = np.arange(round(seconds * rate)) / rate
    inside, count = t % beat, (t // beat).astype(int)
    roots = 55 * 2 ** (rng.integers(0, 36, size=int(count[-1]) + 1) / 12)
    phase = 2 * np.pi * roots[count] * inside
    chord = sum(np.sin(phase * r * k) / k for r in (1, 1.26, 1.5) for k in range(1, 6))
    chord *= np.exp(-rng.uniform(1, 5) * inside) * 0.07
    drums = rng.standard_normal(t.size) * np.exp(-30 * inside) * 0.2
    floor = rng.standard_normal((t.size, channels)) * 0.003
    sides = np.linspace(1, 0.8, channels)
    mixed: Wave = (chord[:, None] * sides + drums[:, None] * sides[::-1] + floor).astype(np.float32)
    return mixed


def encode(wave: Wave, path: Path, encoding: Encoding, rate: int = RATE, **tags: str) -> Path:
    """Write a wave of that rate; `tags` (title, artist …) are names that libsndfile knows."""
    if encoding.rate != rate:
        wave = soxr.resample(wave, rate, encoding.rate)
    with soundfile.SoundFile(path, "w", encoding.rate, wave.shape[1], **encoding.options) as file:
        for name, value in tags.items():
            setattr(file, name, value)
        for block in _blocks(wave):
            file.write(block)
    return path


def _blocks(wave: Wave, frames: int = 65_536) -> Iterator[Wave]:
    # libvorbis and libopus overflow the stack on whole tracks in one call
    for start in range(0, len(wave), frames):
        yield wave[start : start + frames]


def four_minutes(music: Path | None, folder: Path, seconds: float = 240.0) -> dict[str, Path]:
    """Write one track in every encoding; files that are there already are kept.

    Returns
    -------
    dict of str to Path
        By the names of `ENCODINGS`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{'music' if music else 'synthetic'}-{seconds:.0f}"
    paths = {
        name: folder / f"{stem} {name.replace(' ', '-')}{encoding.suffix}"
        for name, encoding in ENCODINGS.items()
    }
    if not all(path.exists() for path in paths.values()):
        wave = medley(music, seconds) if music else synthetic(seconds)
        for name, path in paths.items():
            partial = path.with_name(f"partial-{path.name}")
            tags = {"title": f"Four Minutes ({name})", "artist": "The Benchmarks", "album": "One"}
            encode(wave, partial, ENCODINGS[name], RATE, **tags).rename(path)
    return paths
