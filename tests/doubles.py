"""Stand-ins for tests."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from murecom.engine.base import Outcome


class Here:
    """An engine without processes: quick, and easy to interrupt."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.stop_after = stop_after
        self.ran: list[str] = []

    def map(
        self,
        fn: Any,
        batches: Iterable[Any],
        *,
        timeout: float | None = None,
        shared: Sequence[Any] = (),
    ) -> Iterator[Outcome[Any, Any]]:
        for batch in batches:
            if self.stop_after is not None and len(self.ran) >= self.stop_after:
                raise KeyboardInterrupt
            self.ran.append(os.path.basename(str(getattr(batch, "path", batch))))
            yield Outcome(batch, value=fn(batch, *shared))
