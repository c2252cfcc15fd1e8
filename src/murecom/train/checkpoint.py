"""Where a training stands, as one file of plain arrays: killed at any moment, it goes on.

Everything that the next epoch depends on is in it: weights, their running average, the best so far,
and the optimiser's own numbers. Random numbers are not: each epoch draws its own from the seed, the
fold and the number of the epoch (`loop`), so there is no generator whose state could be lost.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from murecom.errors import Unreachable

Arrays = dict[str, NDArray[Any]]


@dataclass
class Checkpoint:
    """The state of one training after `epoch` whole epochs.

    `step` counts batches; `best_epoch` is the one with the lowest validation loss `best_loss`,
    where `accuracy` is the share of validation clips that were right. `is_done` says that no epoch
    follows. The four mappings hold arrays by the names that torch gives them.
    """

    epoch: int = 0
    step: int = 0
    best_epoch: int = 0
    best_loss: float | None = None
    accuracy: float | None = None
    is_done: bool = False
    network: Arrays = field(default_factory=dict)
    average: Arrays = field(default_factory=dict)
    best: Arrays = field(default_factory=dict)
    optimiser: Arrays = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write the file in place of the earlier one, in one step.

        Raises
        ------
        Unreachable
            The disk is full or cannot be written; the earlier file is untouched.
        """
        plain = {name: value for name, value in _fields(self).items() if name not in _GROUPS}
        arrays: Arrays = {"state": np.array(json.dumps(plain))}
        for group in _GROUPS:
            for name, array in getattr(self, group).items():
                arrays[f"{group}/{name}"] = array
        draft = path.with_suffix(".part")
        try:
            with draft.open("wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise Unreachable(
                f"The training cannot be kept in {path.parent} ({error.strerror or error}). "
                "Make room, then run the same command again: it goes on."
            ) from error

    @classmethod
    def load(cls, path: Path) -> Checkpoint:
        """Read the file; a new state if there is none, or none that is whole."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                made = cls(**json.loads(str(stored["state"])))
                for name in stored.files:
                    group, _, rest = name.partition("/")
                    if group in _GROUPS:
                        getattr(made, group)[rest] = stored[name]
        except (OSError, ValueError, KeyError, TypeError, EOFError, AttributeError, BadZipFile):
            return cls()
        return made


_GROUPS = ("network", "average", "best", "optimiser")


def _fields(state: Checkpoint) -> Mapping[str, Any]:
    return {f.name: getattr(state, f.name) for f in fields(state)}
