"""What tracks were told with before: a memory of a bulk import, of a fixed size."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

_SLOTS = 1 << 21


class Told:
    """Fingerprints of what tracks were told with: what came before brings nothing new.

    16 MB of fixed places, made when first needed; a later fingerprint takes the place of an earlier
    one, so that some are asked for twice.
    """

    def __init__(self) -> None:
        self._slots: array[int] | None = None

    def __contains__(self, mark: int) -> bool:
        return self._slots is not None and self._slots[mark & (_SLOTS - 1)] == mark

    def update(self, marks: Iterable[int]) -> None:
        """Remember fingerprints."""
        for mark in marks:
            if self._slots is None:
                self._slots = array("q", bytes(8 * _SLOTS))
            self._slots[mark & (_SLOTS - 1)] = mark
