"""The lexicon of a home: read from the user's file once, kept as an artefact."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from murecom.errors import NotReady
from murecom.jobs.lock import only_one
from murecom.mood.dutir import Oddity, read_dutir
from murecom.mood.lexicon import Lexicon, LexiconVoice


@dataclass(frozen=True, slots=True)
class LexiconReport:
    """What an import of a lexicon did.

    Of `rows` in the file, `senses` count, of `words` different words; `auxiliary` of them have a
    second class. `refused` rows do not count, others count mended; `oddities` names both,
    `odd` counts them by what they are.
    """

    file: str
    encoding: str
    rows: int
    senses: int
    words: int
    auxiliary: int
    refused: int
    odd: dict[str, int]
    oddities: tuple[Oddity, ...]
    seconds: float
    folder: str | None


def import_lexicon(home: Path, file: Path, *, dry_run: bool = False) -> LexiconReport:
    """Read a DUTIR file and keep it in home, in place of an earlier one.

    Parameters
    ----------
    home : Path
        Gets `models/mood_lexicon`.
    file : Path
        See `mood.dutir.read_dutir`.
    dry_run : bool
        Only read and count.

    Raises
    ------
    NotFound, BadInput
        There is no such file, or it is not of the ontology.
    NotReady
        Another import of a lexicon runs in this home.
    Unreachable
        The file cannot be read, or home not be written.
    """
    began = time.monotonic()
    found = read_dutir(file)
    about: dict[str, Any] = {"file": file.name, "rows": found.rows, "auxiliary": found.auxiliary}
    lexicon = Lexicon.of(found.senses, about)
    folder = lexicon_folder(home)
    if not dry_run:
        with only_one(home, "mood-lexicon"):
            lexicon.save(folder)
    return LexiconReport(
        file=str(file),
        encoding=found.encoding,
        rows=found.rows,
        senses=len(found.senses),
        words=len(lexicon.words),
        auxiliary=found.auxiliary,
        refused=found.refused,
        odd=found.counts(),
        oddities=found.oddities,
        seconds=round(time.monotonic() - began, 3),
        folder=None if dry_run else str(folder),
    )


def lexicon_folder(home: Path) -> Path:
    """Name the folder of the lexicon."""
    return home / "models" / "mood_lexicon"


def lexicon_voice(home: Path) -> LexiconVoice | None:
    """Give the voice of the imported lexicon; None if none was imported.

    Raises
    ------
    BadInput
        It is damaged.
    """
    try:
        lexicon = Lexicon.load(lexicon_folder(home))
    except NotReady:
        return None
    # the name changes with the content, as the key of a model must
    content = hashlib.sha256("\0".join(lexicon.words).encode("utf-8", "replace"))
    content.update(np.ascontiguousarray(lexicon.intensities, np.float32).data)
    return LexiconVoice(lexicon, name=f"lexicon-{content.hexdigest()[:8]}")
