"""A list of what could not be used, made when there is something to write down."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TextIO

from murecom.errors import Unreachable


class RefusedFile:
    """A table of places and reasons; `folder` is made when the first row comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: TextIO | None = None

    def add(self, rows: Iterable[tuple[str, str]]) -> None:
        """Write down where something stood and why it was refused."""
        for where, why in rows:
            line = "\t".join(" ".join(text.split()) for text in (where, why))
            self._opened().write(line + "\n")

    def close(self) -> str | None:
        """Close the file; give its path if there is one."""
        if self._file is None:
            return None
        self._file.close()
        return self._file.name

    def _opened(self) -> TextIO:
        if self._file is None:
            path = self._folder / f"{datetime.now():%Y-%m-%d-%H%M%S}-refused.tsv"
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._file = path.open("a", encoding="utf-8", errors="replace")
            except OSError as error:
                raise Unreachable(
                    f"{path} cannot be written: {error.strerror}. Choose another --home."
                ) from error
            self._file.write("where\treason\n")
        return self._file
