"""The original's network, exactly: raw power mel, three 1-D convolutions, SGD.

    slice (128 frames, 128 bands) of power
    -> 3 x [convolution over time, 3 frames wide, ReLU, batch norm, max of every 2 frames]
    -> max over time -> 2 x [dense 256, ReLU, dropout 0.5] -> softmax

Source: `song-classification.ipynb` of murecom-intro, after D. Osinga, "Deep Learning Cookbook",
O'Reilly 2018, chapter 15. Two things differ. The original stopped training when the accuracy on its
*test* part no longer rose, which makes a test part look better than it is; here a validation part
of the training clips decides. And clips shorter than ten slices are used, not dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from murecom.embed.genre_cnn import BANDS, DIM, Reading
from murecom.train.spectra import Spectra

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Original:
    """Settings of the original; changing one makes another network."""

    name: ClassVar[str] = "original"
    reading: ClassVar[Reading] = Reading(
        log="none", floor=0.0, padding=0, pooling=("max",), levels=(3,)
    )
    averaging: ClassVar[float] = 0.0

    epochs: int = 200
    "At most. The original trained for 100 or so; a validation part may want more."

    patience: int = 20
    "Epochs without a lower validation loss before it stops: SGD on raw power learns in jumps."

    batch: int = 32
    "Keras' default, which the original used."

    channels: tuple[int, ...] = (64, 128, 256)
    "Doubled from level to level."

    learning_rate: float = 0.0003
    "Small, because raw power spans nine orders of magnitude."

    decay: float = 1e-5
    "Keras 2: the rate is divided by 1 + decay * batches seen."

    momentum: float = 0.9
    "With Nesterov's step."

    dropout: float = 0.5
    "Between the dense layers."

    def network(self, genres: int, spectra: Spectra, rows: NDArray[np.intp]) -> nn.Module:
        """Make an untrained network; what it is fed is not normalised, so `rows` are not used."""
        return Network(self.channels, self.dropout, genres)

    def optimiser(self, network: nn.Module) -> torch.optim.Optimizer:
        """Make the optimiser."""
        return torch.optim.SGD(
            network.parameters(), lr=self.learning_rate, momentum=self.momentum, nesterov=True
        )

    def rate(self, step: int, epoch: int) -> float:
        """Give the learning rate of batch number `step`."""
        return self.learning_rate / (1 + self.decay * step)

    def batches(
        self,
        spectra: Spectra,
        rows: NDArray[np.intp],
        targets: Floats,
        random: np.random.Generator,
    ) -> Iterator[tuple[Floats, Floats]]:
        """Yield slices in random order: float32[n, 128, 128] and targets float32[n, genres]."""
        slices, owner = spectra.slices(rows)
        order = random.permutation(len(slices))
        for start in range(0, len(order), self.batch):
            chosen = order[start : start + self.batch]
            yield slices[chosen], targets[rows[owner[chosen]]]


class Network(nn.Module):
    """The layers, with Keras' defaults where they differ from torch's."""

    def __init__(self, channels: tuple[int, ...], dropout: float, genres: int) -> None:
        super().__init__()
        sizes = (BANDS, *channels)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(before, after, 3) for before, after in zip(sizes, channels, strict=False)
        )
        # torch counts what is new, Keras what is kept: 0.99 there is 0.01 here
        self.norms = nn.ModuleList(nn.BatchNorm1d(n, eps=1e-3, momentum=0.01) for n in channels)
        self.dense = nn.ModuleList([nn.Linear(channels[-1], DIM), nn.Linear(DIM, DIM)])
        self.output = nn.Linear(DIM, genres)
        self.dropout = nn.Dropout(dropout)
        self.pooled_norm = None
        for layer in (*self.convolutions, *self.dense, self.output):
            nn.init.xavier_uniform_(layer.weight)  # "glorot"
            nn.init.zeros_(layer.bias)

    def forward(self, power: torch.Tensor) -> torch.Tensor:
        """Give logits (n, genres) of slices (n, frames, bands)."""
        x = power.transpose(1, 2)  # (n, bands, 128): bands are channels
        for convolve, norm in zip(self.convolutions, self.norms, strict=True):
            x = norm(torch.relu(convolve(x)))
            x = nn.functional.max_pool1d(x, 2)  # 128 -> 63 -> 30 -> 14 frames
        x = x.amax(dim=2)  # (n, 256)
        for layer in self.dense:
            x = self.dropout(torch.relu(layer(x)))
        return self.output(x)
