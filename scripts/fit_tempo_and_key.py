"""Learn what decides tempo and key: src/murecom/audio/data/learned.npz.

    python scripts/fit_tempo_and_key.py FOLDER [--soundfont FILE]

From music that this script composes: drum loops, pieces by rules and pieces that the program `mma`
accompanies, played by `fluidsynth` into FOLDER (1.5 GB, kept for the next time). On Debian:
`apt-get install fluidsynth timgm6mb-soundfont mma`. Needs torch. Only the half of the material that
`benchmarks/_pieces.py` calls "tuned" is used; `benchmarks/descriptors.py` measures with the other.
"""

from __future__ import annotations

import argparse
import io
import sys
import zipfile
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from murecom.audio import decode, key
from murecom.audio.onset import FPS, RATE, rises
from murecom.audio.tempo import grid, measured

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))
from _pieces import Piece, pieces

DATA = Path(__file__).resolve().parents[1] / "src" / "murecom" / "audio" / "data"
SOUNDFONT = "/usr/share/sounds/sf2/TimGM6mb.sf2"

# Chosen by leaving out styles of the tuned half in turn (docs/design/audio.md).
HIDDEN = 16
"Hidden units of the network for the tempo; 32 did no better, none 2 points worse."
TEMPO_EPOCHS, TEMPO_DECAY, TEMPO_RATE = 25, 0.3, 3e-3
KEY_EPOCHS, KEY_DECAY, KEY_RATE = 150, 0.1, 5e-3
CROPS = (25, 12)
"Every piece is also heard for so many seconds only, from a random moment."
RIGHT = 0.016
"Tempos within 1.6 % of the true one are right."

Floats = NDArray[np.float32]


def main() -> None:
    """Compose, measure, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--soundfont", default=SOUNDFONT)
    args = parser.parse_args()
    torch.set_num_threads(1)
    known = list(pieces(args.folder, "tuned", args.soundfont))
    print(f"{len(known)} pieces", file=sys.stderr)
    described, truth, heard, keys = measure(known)
    arrays = fit_tempo(described, truth) | fit_key(heard, keys)
    DATA.mkdir(exist_ok=True)
    write(DATA / "learned.npz", arrays)


def measure(known: list[Piece]) -> tuple[Floats, Floats, Floats, NDArray[np.int64]]:
    """Give the features of tempo and their truth, those of key and theirs (12 and more: minor)."""
    described, truth, heard, keys = [], [], [], []
    rng = np.random.default_rng(0)
    for piece in known:
        wave = decode.read_mono(piece.path, RATE)
        rise = rises(wave, RATE)
        parts = [rise]
        for seconds in CROPS:
            size = int(seconds * FPS)
            if len(rise) > size:
                start = int(rng.integers(0, len(rise) - size))
                parts.append(rise[start : start + size])
        described += [measured(part) for part in parts]
        truth += [piece.bpm] * len(parts)
        if piece.tonic is not None:
            heard.append(key.measured(wave, RATE)[0])
            keys.append(piece.tonic + 12 * (piece.mode == "minor"))
    return (
        np.array(described, np.float32),
        np.array(truth, np.float32),
        np.array(heard, np.float32),
        np.array(keys, np.int64),
    )


def fit_tempo(described: Floats, truth: Floats) -> dict[str, Floats]:
    """Fit the network that gives each tempo of the grid a score."""
    mean, scale = described.mean(axis=(0, 1)), described.std(axis=(0, 1)) + 1e-6
    inputs = torch.tensor((described - mean) / scale)
    right = torch.tensor(np.abs(np.log(grid()[None] / truth[:, None])) < RIGHT)
    torch.manual_seed(0)
    network = torch.nn.Sequential(
        torch.nn.Linear(described.shape[2], HIDDEN), torch.nn.Tanh(), torch.nn.Linear(HIDDEN, 1)
    )

    def loss(rows: NDArray[np.int64]) -> torch.Tensor:
        odds = network(inputs[rows])[..., 0].log_softmax(1)
        return -torch.logsumexp(odds.masked_fill(~right[rows], -1e9), 1).mean()

    train(network, loss, len(inputs), 64, TEMPO_EPOCHS, TEMPO_DECAY, TEMPO_RATE)
    first, last = network[0], network[2]
    return {
        "tempo.mean": mean,
        "tempo.scale": scale,
        "tempo.hidden": first.weight.detach().numpy().T,
        "tempo.hidden_bias": first.bias.detach().numpy(),
        "tempo.output": last.weight.detach().numpy()[0],
    }


def fit_key(heard: Floats, keys: NDArray[np.int64]) -> dict[str, Floats]:
    """Fit one row of weights for major and one for minor, the same for all tonics."""
    turned = np.stack(
        [np.roll(heard.reshape(-1, 4, 12), -k, axis=2).reshape(len(heard), -1) for k in range(12)],
        axis=1,
    )  # (pieces, tonics, 48)
    mean, scale = turned.mean(axis=(0, 1)), turned.std(axis=(0, 1)) + 1e-6
    inputs, answers = torch.tensor((turned - mean) / scale), torch.tensor(keys)
    torch.manual_seed(0)
    line = torch.nn.Linear(key.MEASURED, 2)

    def loss(rows: NDArray[np.int64]) -> torch.Tensor:
        scores = line(inputs[rows]).transpose(1, 2).reshape(len(rows), 24)
        return torch.nn.functional.cross_entropy(scores, answers[rows], label_smoothing=0.02)

    train(line, loss, len(inputs), 128, KEY_EPOCHS, KEY_DECAY, KEY_RATE)
    weights = line.weight.detach().numpy() / scale
    return {"key.weights": weights, "key.bias": line.bias.detach().numpy() - weights @ mean}


def train(network, loss, rows, batch, epochs, decay, rate) -> None:  # type: ignore[no-untyped-def]
    """Minimise by AdamW with a rate that falls along a cosine."""
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    rng = np.random.default_rng(0)
    for _ in range(epochs):
        order = rng.permutation(rows)
        for start in range(0, rows, batch):
            value = loss(order[start : start + batch])
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
        schedule.step()


def write(path: Path, arrays: dict[str, Floats]) -> None:
    """Write a `.npz` whose bytes depend on the numbers only."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in sorted(arrays.items()):
            buffer = io.BytesIO()
            np.save(buffer, np.ascontiguousarray(array, np.float32))
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), buffer.getvalue())


if __name__ == "__main__":
    main()
