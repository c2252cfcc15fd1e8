"""A small network from scratch, for few clips: cepstra, how they move, and one convolution.

    slice (128 frames, 128 bands) of decibels
    -> 40 cepstral coefficients (a fixed cosine transform), each to mean 0 and deviation 1
    -> of these, and of 64 patterns of 3 frames that a convolution finds in them:
       mean, deviation and size of the change over time
    -> batch norm -> dense 256, ReLU -> softmax, with dropout in between

Two things do most. The logarithm: ears hear ratios, and in raw power one loud band drowns the
others. And the cosine transform: neighbouring bands say nearly the same, and a network that must
find out from 50 clips what coefficients say apart does not. How each setting was chosen, and what
did not help (SpecAugment, mixup, gain, pitch): docs/design/genre.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from murecom.embed.genre_cnn import BANDS, DIM, FRAMES, STILL, Reading, decibels
from murecom.train.spectra import Spectra

Floats = NDArray[np.float32]

MOST_CLIPS = 500
"Clips that mean and deviation of the coefficients are taken from: more change nothing."


@dataclass(frozen=True)
class Small:
    """Settings of the small network."""

    name: ClassVar[str] = "small"
    reading: ClassVar[Reading] = Reading(
        log="db", floor=1e-4, padding=1, pooling=("mean", "std", "change"), levels=(0, 1)
    )
    """Genre is texture more than event: how much there is of something, and how much that moves.
    Below -40 dB a band holds what the encoder left of it, not music."""

    epochs: int = 40
    "At most; the learning rate falls to zero by then, along half a cosine."

    patience: int = 15
    "Epochs without a lower validation loss before it stops."

    averaging: float = 0.97
    """Share of the running average of weights that a batch leaves as it is: about the last 30
    batches. Judged and kept is the average, which forgets the noise of single batches."""

    batch: int = 32
    "Few clips make few batches: larger ones would take too few steps."

    crops: int = 10
    "Slices taken from each clip in an epoch, at random places: as many as a GTZAN clip holds."

    batches_at_least: int = 14
    "In an epoch, not less than 1; in a small library clips come round more often."

    coefficients: int = 40
    "20 know less of timbre, 64 are learned by heart."

    channels: tuple[int, ...] = (64,)
    "Of each convolution; a second one did not help 45 training clips, nor hurt much."

    learning_rate: float = 0.001
    "Adam's usual one, reached over the first `warm_up` batches."

    warm_up: int = 30
    "Batches, until batch norm has seen enough."

    weight_decay: float = 0.01
    "Of AdamW."

    pooled_dropout: float = 0.3
    "Of the statistics, so that none is leaned on alone."

    channel_dropout: float = 0.2
    "Of whole patterns."

    dropout: float = 0.5
    "Behind the dense layer, as the original."

    def network(self, genres: int, spectra: Spectra, rows: NDArray[np.intp]) -> nn.Module:
        """Make an untrained network that knows level and spread of the coefficients of `rows`."""
        chosen = rows[:: -(-len(rows) // MOST_CLIPS)]
        power = np.concatenate([spectra.of(int(row)) for row in chosen])
        basis = cosines(self.coefficients)
        cepstra = decibels(power, self.reading) @ basis
        mean, scale = cepstra.mean(axis=0), cepstra.std(axis=0) + np.float32(1e-3)
        return Network(self, genres, basis, mean, scale)

    def optimiser(self, network: nn.Module) -> torch.optim.Optimizer:
        """Make the optimiser."""
        return torch.optim.AdamW(
            network.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay
        )

    def rate(self, step: int, epoch: int) -> float:
        """Give the learning rate: up over `warm_up` batches, down over `epochs` epochs."""
        warm = min(1.0, (step + 1) / self.warm_up)
        return self.learning_rate * warm * 0.5 * (1 + math.cos(math.pi * epoch / self.epochs))

    def batches(
        self,
        spectra: Spectra,
        rows: NDArray[np.intp],
        targets: Floats,
        random: np.random.Generator,
    ) -> Iterator[tuple[Floats, Floats]]:
        """Yield slices from random places: power float32[n, 128, 128], targets [n, genres]."""
        fill = -(-self.batches_at_least * self.batch // len(rows))
        order = random.permutation(np.repeat(rows, max(self.crops, fill)))
        # whole batches only: batch norm learns nothing from a single slice
        for start in range(0, len(order) - self.batch + 1, self.batch):
            chosen = order[start : start + self.batch]
            yield np.stack([crop(spectra.of(int(row)), random) for row in chosen]), targets[chosen]


def crop(power: Floats, random: np.random.Generator) -> Floats:
    """Cut a slice out of a clip, anywhere: float32[128, 128]."""
    start = int(random.integers(0, len(power) - FRAMES + 1))
    return power[start : start + FRAMES]


def cosines(count: int) -> Floats:
    """Make the first functions of the cosine transform (DCT-II): float32[128, count]."""
    angles = np.pi / BANDS * (np.arange(BANDS) + 0.5)[:, None] * np.arange(count)
    basis: Floats = (np.cos(angles) * math.sqrt(2 / BANDS)).astype(np.float32)
    return basis


class Network(nn.Module):
    """The layers."""

    def __init__(
        self, settings: Small, genres: int, basis: Floats, mean: Floats, scale: Floats
    ) -> None:
        super().__init__()
        self.floor = settings.reading.floor
        for name, array in {"basis": basis, "mean": mean, "scale": scale}.items():
            self.register_buffer(name, torch.from_numpy(array))
        channels = settings.channels
        sizes = (settings.coefficients, *channels)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(before, after, 3, padding=settings.reading.padding)
            for before, after in zip(sizes, channels, strict=False)
        )
        self.norms = nn.ModuleList(nn.BatchNorm1d(n) for n in channels)
        pooled = len(settings.reading.pooling) * sum(sizes)
        self.pooled_norm = nn.BatchNorm1d(pooled)
        self.dense = nn.ModuleList([nn.Linear(pooled, DIM)])
        self.output = nn.Linear(DIM, genres)
        self.channel_dropout = nn.Dropout1d(settings.channel_dropout)
        self.pooled_dropout = nn.Dropout(settings.pooled_dropout)
        self.dropout = nn.Dropout(settings.dropout)

    def forward(self, power: torch.Tensor) -> torch.Tensor:
        """Give logits (n, genres) of slices (n, frames, bands)."""
        x = 10 * torch.log10(power.clamp(min=self.floor))
        x = (x @ self.basis - self.mean) / self.scale
        x = x.transpose(1, 2)  # (n, 40, 128): coefficients are channels
        pooled = [statistics(x)]
        for convolve, norm in zip(self.convolutions, self.norms, strict=True):
            x = norm(torch.relu(convolve(x)))
            x = self.channel_dropout(nn.functional.max_pool1d(x, 2))  # (n, 64, 64)
            pooled.append(statistics(x))
        x = self.pooled_dropout(self.pooled_norm(torch.cat(pooled, dim=1)))  # (n, 312)
        for layer in self.dense:
            x = self.dropout(torch.relu(layer(x)))
        return self.output(x)


def statistics(x: torch.Tensor) -> torch.Tensor:
    """Give mean, deviation and size of the change over time: (n, channels, frames) to (n, 3 c)."""
    still = float(STILL)
    change = (x[:, :, 1:] - x[:, :, :-1]).square().mean(dim=2)
    deviation = torch.sqrt(x.var(dim=2, correction=0) + still)
    return torch.cat([x.mean(dim=2), deviation, torch.sqrt(change + still)], dim=1)
