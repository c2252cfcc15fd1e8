"""The training loop: the same for every network, one fold at a time, stopped by a validation part.

Results depend on clips, settings and seed alone: one thread, no generator that outlives an epoch,
and a checkpoint that holds the rest. Interrupted and gone on with, a training ends with the same
bits as in one go.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from murecom.embed.genre_cnn import Reading
from murecom.train.checkpoint import Arrays, Checkpoint
from murecom.train.spectra import Spectra
from murecom.train.splits import Fold

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]

AT_ONCE = 64
"Slices that are judged together."

SAVE_EVERY = 10.0
"Seconds between checkpoints: what Ctrl-C or a power cut costs at most, and an epoch."


class Architecture(Protocol):
    """A kind of network with its settings: `original.Original`, `small.Small`."""

    @property
    def name(self) -> str:
        """What `--model` calls it."""

    @property
    def reading(self) -> Reading:
        """What it does between its weights, for those who run it without torch."""

    @property
    def epochs(self) -> int:
        """How many at most."""

    @property
    def patience(self) -> int:
        """Epochs without a lower validation loss after which it stops."""

    @property
    def averaging(self) -> float:
        """Share of the running average of weights that a batch leaves as it is; 0: no average."""

    def network(self, genres: int, spectra: Spectra, rows: Indices) -> nn.Module:
        """Make an untrained network: power (n, 128, 128) to logits (n, genres)."""

    def optimiser(self, network: nn.Module) -> torch.optim.Optimizer:
        """Make its optimiser."""

    def rate(self, step: int, epoch: int) -> float:
        """Give the learning rate of a batch, by number of batches and of whole epochs before."""

    def batches(
        self, spectra: Spectra, rows: Indices, targets: Floats, random: np.random.Generator
    ) -> Iterator[tuple[Floats, Floats]]:
        """Yield the batches of an epoch: power (n, 128, 128), targets (n, genres)."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What there is to learn: clips, and the column of each one's genre."""

    spectra: Spectra
    labels: Indices
    genres: int

    @property
    def targets(self) -> Floats:
        """1 for the true genre, 0 for the others: float32[clips, genres]."""
        return np.eye(self.genres, dtype=np.float32)[self.labels]


def train(
    architecture: Architecture,
    task: Task,
    fold: Fold,
    *,
    seed: int,
    file: Path,
    told: Callable[[Checkpoint], None] = lambda state: None,
    save_every: float | None = None,
) -> nn.Module:
    """Train one network, or go on with it, and give it as it was when it was best.

    Parameters
    ----------
    architecture : Architecture
        Which kind.
    task : Task
        Clips of all parts.
    fold : Fold
        Train and valid are used. Without a validation part it trains to the last epoch.
    seed : int
        Of weights, order, dropout and augmentation.
    file : Path
        The checkpoint; removed by whoever needs it no longer.
    told : callable
        Told the state after each epoch.
    save_every : float
        Seconds between checkpoints; `SAVE_EVERY` if None.

    Raises
    ------
    Unreachable
        The checkpoint cannot be written.
    """
    with _repeatable():
        torch.manual_seed(_seed_of(seed))
        network = architecture.network(task.genres, task.spectra, fold.train)
        optimiser = architecture.optimiser(network)
        state = Checkpoint.load(file)
        if state.epoch:
            _put(network, state.network)
            _put_optimiser(optimiser, state.optimiser)
        pause = SAVE_EVERY if save_every is None else save_every
        saved = time.monotonic()
        while not state.is_done:
            _epoch(architecture, task, fold, network, optimiser, state, seed)
            _judge(architecture, task, fold, network, state)
            if state.is_done or time.monotonic() - saved >= pause:
                state.network = _arrays(network)
                state.optimiser = _optimiser_arrays(optimiser)
                state.save(file)
                saved = time.monotonic()
            told(state)
        _put(network, state.best)
        network.eval()
    return network


def predict(network: nn.Module, slices: Floats) -> Floats:
    """Tell how probable each genre is: power float32[n, 128, 128] to float32[n, genres]."""
    network.eval()
    pieces = []
    with _repeatable(), torch.inference_mode():
        for start in range(0, len(slices), AT_ONCE):
            logits = network(torch.from_numpy(np.array(slices[start : start + AT_ONCE])))
            pieces.append(torch.softmax(logits, dim=1).numpy())
    return np.concatenate(pieces)


def mean_of(probabilities: Floats, owner: Indices, clips: int) -> Floats:
    """Take the mean over the slices of each clip: float32[clips, genres]."""
    sums = np.zeros((clips, probabilities.shape[1]), np.float32)
    np.add.at(sums, owner, probabilities)
    counts = np.maximum(np.bincount(owner, minlength=clips), 1).astype(np.float32)
    means: Floats = sums / counts[:, None]
    return means


def _epoch(
    architecture: Architecture,
    task: Task,
    fold: Fold,
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    state: Checkpoint,
    seed: int,
) -> None:
    """Learn from every training clip once."""
    torch.manual_seed(_seed_of(seed, state.epoch))  # for dropout
    random = np.random.default_rng([seed, state.epoch])
    network.train()
    for power, targets in architecture.batches(task.spectra, fold.train, task.targets, random):
        for group in optimiser.param_groups:
            group["lr"] = architecture.rate(state.step, state.epoch)
        logits = network(torch.from_numpy(power))
        said = torch.log_softmax(logits, dim=1)
        loss = -(said * torch.from_numpy(targets)).sum(dim=1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        state.step += 1
        if architecture.averaging:
            _average(network, state, architecture.averaging)
    state.epoch += 1


def _average(network: nn.Module, state: Checkpoint, share: float) -> None:
    """Move the running average of the weights a little towards them, more at the beginning."""
    share = min(share, state.step / (state.step + 10))
    for name, tensor in network.state_dict().items():
        now = tensor.numpy()
        before = state.average.get(name, now)
        if now.dtype.kind == "f":
            state.average[name] = (share * before + (1 - share) * now).astype(now.dtype)
        else:
            state.average[name] = now.copy()


def _judge(
    architecture: Architecture, task: Task, fold: Fold, network: nn.Module, state: Checkpoint
) -> None:
    """Look at the validation part, remember the best weights, and tell when to stop."""
    current = _arrays(network)
    weights = state.average or current
    is_last = state.epoch >= architecture.epochs
    if not len(fold.valid):
        state.best, state.best_epoch = dict(weights), state.epoch
        state.is_done = is_last
        return
    _put(network, weights)
    slices, owner = task.spectra.slices(fold.valid)
    said = mean_of(predict(network, slices), owner, len(fold.valid))
    _put(network, current)
    truth = task.labels[fold.valid]
    right = said[np.arange(len(truth)), truth].astype(np.float64)
    loss = float(-np.log(np.maximum(right, 1e-12)).mean())
    if state.best_loss is None or loss < state.best_loss:
        state.best, state.best_epoch, state.best_loss = dict(weights), state.epoch, loss
        state.accuracy = float((said.argmax(axis=1) == truth).mean())
    state.is_done = is_last or state.epoch - state.best_epoch >= architecture.patience


@contextmanager
def _repeatable() -> Iterator[None]:
    """One thread, exact algorithms, and the caller's own random numbers left alone."""
    threads, exact = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    with torch.random.fork_rng(devices=[]):
        torch.set_num_threads(1)
        torch.use_deterministic_algorithms(True)
        try:
            yield
        finally:
            torch.set_num_threads(threads)
            torch.use_deterministic_algorithms(exact)


def _seed_of(*numbers: int) -> int:
    """Mix numbers to a seed for torch."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> np.uint64(1))


def _arrays(network: nn.Module) -> Arrays:
    return {name: tensor.numpy().copy() for name, tensor in network.state_dict().items()}


def _put(network: nn.Module, arrays: Mapping[str, NDArray[Any]]) -> None:
    network.load_state_dict({name: torch.from_numpy(a.copy()) for name, a in arrays.items()})


def _optimiser_arrays(optimiser: torch.optim.Optimizer) -> Arrays:
    """Give what the optimiser remembers of each weight: `number/name`."""
    return {
        f"{number}/{name}": torch.as_tensor(value).numpy().copy()
        for number, memory in optimiser.state_dict()["state"].items()
        for name, value in memory.items()
        if value is not None
    }


def _put_optimiser(optimiser: torch.optim.Optimizer, arrays: Arrays) -> None:
    memory: dict[int, dict[str, torch.Tensor]] = {}
    for name, array in arrays.items():
        number, _, rest = name.partition("/")
        memory.setdefault(int(number), {})[rest] = torch.from_numpy(array.copy())
    groups = optimiser.state_dict()["param_groups"]
    optimiser.load_state_dict({"state": memory, "param_groups": groups})
