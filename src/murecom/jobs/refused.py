"""A list of what an import or a crawl could not use, made when there is something to write down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TextIO

from murecom.errors import Unreachable
from murecom.formats.base import tidy


class RefusedFile:
    """A table of places and reasons, separated by tabs, named after the moment.

    Parameters
    ----------
    folder : Path, optional
        Made when the first row comes; without one nothing is written, only counted.
    columns : sequence of str
        What stands in the first line.
    """

    def __init__(self, folder: Path | None, columns: Sequence[str]) -> None:
        self._folder, self._columns = folder, columns
        self._file: TextIO | None = None
        self.count = 0

    def add(self, rows: Iterable[Sequence[str]]) -> int:
        """Write down rows of texts, one for each column; give how many there were."""
        lines = ["\t".join(map(tidy, row)) + "\n" for row in rows]
        self.count += len(lines)
        if lines and self._folder is not None:
            self._opened(self._folder).writelines(lines)
        return len(lines)

    def close(self) -> str | None:
        """Close the file; give its path if there is one."""
        if self._file is None:
            return None
        self._file.close()
        return self._file.name

    def _opened(self, folder: Path) -> TextIO:
        if self._file is None:
            path = folder / f"{datetime.now():%Y-%m-%d-%H%M%S}-refused.tsv"
            try:
                folder.mkdir(parents=True, exist_ok=True)
                self._file = path.open("a", encoding="utf-8")
            except OSError as error:
                raise Unreachable(
                    f"{path} cannot be written: {error.strerror}. Choose another --home."
                ) from error
            self._file.write("\t".join(self._columns) + "\n")
        return self._file
