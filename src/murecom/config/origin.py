"""Where a value came from, in words that lead back to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Origin:
    """The place that decided a setting.

    `where` is the setting's name for a flag, the variable for the environment, `path:line` for a
    file, and empty for a default.
    """

    kind: Literal["flag", "environment", "file", "default"] = "default"
    where: str = ""

    def __str__(self) -> str:
        """Give it as a person reads it: `murecom.toml:3`, `MURECOM_SOUND__MODEL`, `default`."""
        return self.where if self.kind in ("environment", "file") else self.kind
