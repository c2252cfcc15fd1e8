"""The report of an import: a file with the rows that could not be used, each with its reason."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TextIO

from murecom.errors import Unreachable
from murecom.formats.base import Refused, tidy


class Refusals:
    """Writes down the rows that could not be used, in a file that is made when there is one."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._file: TextIO | None = None
        self.count = 0

    def take(self, file: str, refused: list[Refused]) -> int:
        """Write down what a reader has refused, and forget it; give how many there were."""
        number = len(refused)
        self.count += number
        if number and self._folder is not None:
            lines = ("\t".join(map(tidy, (file, r.where, r.reason))) + "\n" for r in refused)
            self._opened(self._folder).writelines(lines)
        refused.clear()
        return number

    def close(self) -> str | None:
        """Close the file; give its path if there is one."""
        if self._file is None:
            return None
        self._file.close()
        return self._file.name

    def _opened(self, folder: Path) -> TextIO:
        if self._file is None:
            stamp = datetime.now().strftime("%Y-%m-%d-%H%M%S")
            path = folder / f"{stamp}-refused.tsv"
            try:
                folder.mkdir(parents=True, exist_ok=True)
                self._file = path.open("a", encoding="utf-8")
            except OSError as error:
                raise Unreachable(
                    f"{path} cannot be written: {error.strerror}. Choose another --home."
                ) from error
            self._file.write("file\twhere\treason\n")
        return self._file
