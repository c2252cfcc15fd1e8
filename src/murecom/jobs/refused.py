"""A list of what an import or a crawl could not use, made when there is something to write down."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TextIO

from murecom.errors import Unreachable
from murecom.formats.base import tidy
from murecom.text.counts import counted

WRITTEN = 1000
"Rows in a row that are refused for one reason and written; more are only counted."


class RefusedFile:
    """A table of places and reasons, separated by tabs, named after the moment.

    Only its owner may read it. Of more than `WRITTEN` rows in a row that have all but the place in
    common the others are counted, and told in one row.

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
        self._like: tuple[str, ...] = ()
        self._alike = 0  # rows in a row that are like this
        self.count = 0

    def add(self, rows: Iterable[Sequence[str]]) -> int:
        """Write down rows of texts, one for each column; give how many there were."""
        number = 0
        for row in rows:
            number += 1
            if self._folder is not None:
                self._write(self._folder, tuple(map(tidy, row)))
        self.count += number
        return number

    def close(self) -> str | None:
        """Close the file; give its path if there is one."""
        if self._file is None:
            return None
        self._finish()
        self._file.close()
        return self._file.name

    def _write(self, folder: Path, row: tuple[str, ...]) -> None:
        file = self._opened(folder)
        like = (*row[:-2], row[-1])  # all but the place
        if like != self._like:
            self._finish()
            self._like, self._alike = like, 0
        self._alike += 1
        if self._alike <= WRITTEN:
            file.write("\t".join(row) + "\n")

    def _finish(self) -> None:
        """Say how many rows were like the last one and were not written."""
        more = self._alike - WRITTEN
        if more > 0 and self._file is not None:
            where = f"and {counted(more, 'more row')} right after"
            self._file.write("\t".join((*self._like[:-1], where, self._like[-1])) + "\n")

    def _opened(self, folder: Path) -> TextIO:
        if self._file is None:
            path = folder / f"{datetime.now():%Y-%m-%d-%H%M%S}-refused.tsv"
            try:
                folder.mkdir(parents=True, exist_ok=True)
                self._file = open(path, "a", encoding="utf-8", opener=_own)  # noqa: SIM115
            except OSError as error:
                raise Unreachable(
                    f"{path} cannot be written: {error.strerror}. Choose another --home."
                ) from error
            self._file.write("\t".join(self._columns) + "\n")
        return self._file


def _own(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
