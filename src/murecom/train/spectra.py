"""Mel spectrograms of clips, on disk: computed once for all folds, epochs and kinds of network.

Power, not decibels: each network takes its own logarithm, or none. One file for all clips, mapped
into memory, so that a library larger than memory can be trained on.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from murecom.audio import mel
from murecom.audio.decode import probe, read_mono
from murecom.embed.genre_cnn import BANDS, FRAMES, HOP, LONG, N_FFT, RATE, SECONDS
from murecom.errors import BadInput, Unreachable, Unsupported
from murecom.train.dataset import Clip, Unreadable
from murecom.types import Progress, Step, no_progress

Floats = NDArray[np.float32]

POWER = "power.f32"
"Plain float32, frame after frame."

SILENCE = 1e-7
"Mean power of all bands below which a clip counts as silent: some -80 dBFS."


@dataclass(frozen=True, slots=True, eq=False)
class Spectra:
    """The spectrograms of clips, one below the other.

    Attributes
    ----------
    power : ndarray of float32, shape (all frames, 128)
        Mel power.
    starts : ndarray of int, shape (clips + 1,)
        Where each clip begins; the last is the number of all frames.
    """

    power: Floats
    starts: NDArray[np.int64]

    def of(self, clip: int) -> Floats:
        """Give the spectrogram of one clip: float32[frames, 128]."""
        return self.power[self.starts[clip] : self.starts[clip + 1]]

    def slices(self, clips: Sequence[int] | NDArray[np.intp]) -> tuple[Floats, NDArray[np.intp]]:
        """Cut clips into slices of 128 frames side by side, at most ten each.

        Returns
        -------
        slices : ndarray of float32, shape (n, 128, 128)
            Frames, then bands.
        clip : ndarray of int, shape (n,)
            Position in `clips` that each slice comes from.
        """
        pieces, owner = [], []
        for position, clip in enumerate(clips):
            power = self.of(int(clip))
            count = min(len(power) // FRAMES, 10)
            pieces.append(power[: count * FRAMES].reshape(count, FRAMES, BANDS))
            owner += [position] * count
        if not pieces:
            return np.zeros((0, FRAMES, BANDS), np.float32), np.zeros(0, np.intp)
        return np.concatenate(pieces), np.array(owner, np.intp)


def spectrogram(path: Path) -> Floats:
    """Compute the mel spectrogram of a clip as `librosa.feature.melspectrogram` does.

    Parameters
    ----------
    path : Path
        A file of any rate; mixed to mono at 22,050 Hz. 30 s from its beginning are heard, or, of a
        minute and longer, from second 30.

    Returns
    -------
    ndarray of float32, shape (frames, 128)
        Power in 128 mel bands, 43 frames a second, the first centred on the first sample.

    Raises
    ------
    BadInput
        Damaged, truncated, silent, or shorter than one slice (3 s).
    """
    duration = probe(path).duration
    if duration >= LONG:
        wave = read_mono(path, RATE, start=SECONDS, seconds=SECONDS)
    else:
        wave = read_mono(path, RATE)[: int(SECONDS * RATE)]
    power = centred(wave)
    if len(power) < FRAMES:
        raise BadInput(
            f"{path.name} lasts {len(wave) / RATE:.1f} s, and {FRAMES * HOP / RATE:.1f} s are "
            "needed. Leave it out, or replace it by a longer clip."
        )
    if power.mean() < SILENCE:
        raise BadInput(f"{path.name} is silent. Leave it out, or replace it.")
    return power


def centred(wave: Floats) -> Floats:
    """Compute mel power with frames centred on multiples of the hop, zeros beyond the ends."""
    padded = np.pad(wave, N_FFT // 2)[None]
    power: Floats = mel.mel_power(padded, rate=RATE, n_fft=N_FFT, hop=HOP, n_mels=BANDS)[0]
    return power


def prepare(
    clips: Sequence[Clip], folder: Path, progress: Progress = no_progress
) -> tuple[list[Clip], Spectra, list[Unreadable]]:
    """Compute the spectrograms of clips, or take those that an earlier run left in `folder`.

    Parameters
    ----------
    clips : sequence of Clip
        What to hear.
    folder : Path
        Where `power.f32` and `clips.json` lie, or will; made when missing.
    progress : callable
        Told after each clip, with the number of those that failed.

    Returns
    -------
    clips : list of Clip
        Those that could be read.
    spectra : Spectra
        In their order.
    problems : list of Unreadable
        The others, each with a sentence that says why.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stamp = [[clip.id, *_stamp(clip.path)] for clip in clips]
    known = _stored(folder, stamp)
    if known is None:
        known = _compute(clips, folder, stamp, progress)
    rows = sum(known["frames"])
    power = np.zeros((0, BANDS), np.float32)
    if rows:
        power = np.memmap(folder / POWER, np.float32, "r", shape=(rows, BANDS)).view(np.ndarray)
    kept = [clip for clip, n in zip(clips, known["frames"], strict=True) if n]
    frames = [n for n in known["frames"] if n]
    problems = [Unreadable(path, reason) for path, reason in known["problems"]]
    return kept, Spectra(power, np.cumsum([0, *frames])), problems


def _stored(folder: Path, stamp: list[list[Any]]) -> dict[str, Any] | None:
    """Read what an earlier run has noted; None if it is of other clips, or not finished."""
    try:
        known = json.loads((folder / "clips.json").read_bytes())
        size = (folder / POWER).stat().st_size
        whole = known["stamp"] == stamp and sum(known["frames"]) * BANDS * 4 == size
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return dict(known) if whole else None


def _compute(
    clips: Sequence[Clip], folder: Path, stamp: list[list[Any]], progress: Progress
) -> dict[str, Any]:
    frames: list[int] = []
    problems: list[tuple[str, str]] = []
    draft = folder / "power.part"
    try:
        with draft.open("wb") as file:
            for done, clip in enumerate(clips):
                progress(Step("Listening", done, len(clips), {"failed": len(problems)}))
                try:
                    power = spectrogram(clip.path)
                except (BadInput, Unsupported) as error:
                    problems.append((str(clip.path), str(error)))
                    frames.append(0)
                    continue
                file.write(power.tobytes())
                frames.append(len(power))
        progress(Step("Listening", len(clips), len(clips), {"failed": len(problems)}))
        draft.replace(folder / POWER)
        known = {"stamp": stamp, "frames": frames, "problems": problems}
        # last: it says that the other file is whole
        (folder / "clips.json").write_text(json.dumps(known), encoding="utf-8")
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Unreachable(
            f"The spectrograms cannot be kept in {folder} ({error.strerror or error}). "
            "Make room, or choose another folder with -o."
        ) from error
    return known


def _stamp(path: Path) -> tuple[int, int]:
    """Give size and time of last change: another file under the same name is heard again."""
    status = os.stat(path)
    return status.st_size, status.st_mtime_ns
