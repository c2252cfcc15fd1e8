"""The contract of an engine: apply one function to many batches, in any order, losing none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

B = TypeVar("B")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[B, R]):
    """What became of one batch: `value`, or the `error` sentence when there is none."""

    batch: B
    value: R | None = None
    error: str | None = None


class Engine(Protocol):
    """Runs a pure, importable function over batches."""

    def map(
        self,
        fn: Callable[..., R],
        batches: Iterable[B],
        *,
        timeout: float | None = None,
        shared: Sequence[Any] = (),
    ) -> Iterator[Outcome[B, R]]:
        """Apply `fn` to every batch and yield the outcomes as they finish.

        Parameters
        ----------
        fn : callable
            A module-level function, called as `fn(batch, *shared)`; it and the batches must be
            picklable.
        batches : iterable
            Taken lazily, a few ahead of the workers.
        timeout : float, optional
            Seconds that one batch may take before its worker is ended.
        shared : sequence
            What every batch needs, such as a large matrix: each worker gets it once. Workers must
            not write into its arrays, which may be read-only.

        Yields
        ------
        Outcome
            One for each batch, in the order of completion. A worker that dies or exceeds its time
            costs its own batch only. Closing the iterator ends the workers.
        """
        ...
