"""The file of the DUTIR emotion ontology (情感词汇本体), as it stands on people's disks.

The list itself is for academic use with citation and never comes with murecom: whoever holds it
reads it from their own file. The known copies have two columns called 强度 and two called 极性,
intensities that the ontology does not have, blanks behind words and codes, and auxiliary classes
that are none. What can be meant only one way is mended; the rest is left out; all is counted and
named.

Source: Xu et al., "Constructing the affective lexicon ontology" (情感词汇本体的构造), Journal of
the China Society for Scientific and Technical Information 27(2), 2008.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from murecom.errors import BadInput, NotFound, Unreachable
from murecom.mood.labels import ORIGINAL
from murecom.text.encoding import decode

WORD, CLASS, AUXILIARY, INTENSITY, POLARITY = "词语", "情感分类", "辅助情感分类", "强度", "极性"

USUAL = (WORD, "词性种类", "词义数", "词义序号", CLASS, INTENSITY, POLARITY,
         AUXILIARY, INTENSITY, POLARITY)  # fmt: skip
"The columns of the ontology, in its order."

INTENSITIES = (1, 3, 5, 7, 9)
"Those that the ontology defines."

LARGEST = 64 << 20
"Bytes; the ontology has 1.2 million."

LONGEST = 80
"Characters of a line that cannot be read that are named."

NO_CLASS = "not one of the 21 classes"
NO_WORD = "no word"
NO_INTENSITY = "no intensity"
BLANKS = "blanks around a word or class"
ODD = "intensity outside 1, 3, 5, 7, 9"
OUT_OF_RANGE = "intensity outside 1 to 9"
POLE = "polarity outside 0, 1, 2"
NO_AUXILIARY = "auxiliary class that is none"


@dataclass(frozen=True, slots=True)
class Sense:
    """One row: a word of one class, perhaps of a second one; intensities are 1 to 9."""

    word: str
    code: str
    intensity: float
    auxiliary: str | None = None
    auxiliary_intensity: float = 0.0


@dataclass(frozen=True, slots=True)
class Oddity:
    """A row that is not as the ontology has it: `value` is what stands there.

    `kept` tells whether the row counts all the same, mended.
    """

    line: int
    word: str
    what: str
    value: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Dutir:
    """What a file holds."""

    rows: int
    senses: tuple[Sense, ...]
    oddities: tuple[Oddity, ...]
    encoding: str

    @property
    def auxiliary(self) -> int:
        """How many senses have a second class."""
        return sum(sense.auxiliary is not None for sense in self.senses)

    @property
    def refused(self) -> int:
        """How many rows do not count."""
        return self.rows - len(self.senses)

    def counts(self) -> dict[str, int]:
        """Count the oddities by what they are, the commonest first."""
        return dict(Counter(oddity.what for oddity in self.oddities).most_common())


def read_dutir(path: Path | str) -> Dutir:
    """Read a CSV file of the ontology.

    Parameters
    ----------
    path : Path or str
        Separated by commas, semicolons or tabs, in any encoding that `text.encoding` knows. Columns
        are found by their names; without a header they stand in the order of the ontology.

    Returns
    -------
    Dutir
        At least one sense.

    Raises
    ------
    NotFound
        There is no such file.
    BadInput
        It is a workbook or another kind of file, or no row of it is of the ontology.
    Unreachable
        It cannot be read.
    """
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST:
            raise BadInput(
                f"{path} is larger than any copy of the ontology. Name the CSV file of DUTIR."
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise NotFound(
            f"There is no file {path}. Name the CSV file of DUTIR that you hold."
        ) from None
    except OSError as error:
        raise Unreachable(
            f"{path} cannot be read ({error.strerror or error}). Check the path and permissions."
        ) from error
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BadInput(f"{path} is a workbook. Save its sheet as CSV (UTF-8), then import that.")
    text, encoding = decode(data)
    rows = list(_rows(text))
    senses: list[Sense] = []
    oddities: list[Oddity] = []
    places = _places(rows[0][1]) if rows else None
    if places is None:  # no header
        places = _places(USUAL)
        assert places is not None
    else:
        rows = rows[1:]
    for line, row in rows:
        cells = {name: row[place] if place < len(row) else "" for name, place in places.items()}
        sense, found = _sense(line, cells)
        oddities += found
        if sense is not None:
            senses.append(sense)
    if not senses:
        raise BadInput(
            f"{path} holds no row of the DUTIR ontology. It needs the columns {WORD}, {CLASS} and "
            f"{INTENSITY}, with classes such as PA or NB; name such a file."
        )
    return Dutir(len(rows), tuple(senses), tuple(oddities), encoding)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Give the rows that are not blank, with their line numbers."""
    head = text[:1000].partition("\n")[0]
    delimiter = max(",\t;", key=head.count)
    for number, line in enumerate(text.replace("\0", "").splitlines(), 1):
        # line by line: an open quotation mark must not swallow the rest of the file
        try:
            cells = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:  # a cell of more than 131,072 characters
            cells = [line[:LONGEST]]
        if any(cell.strip() for cell in cells):
            yield number, cells


def _places(header: Sequence[str]) -> dict[str, int] | None:
    """Find the columns; the two pairs of one name belong to the class that stands before them."""
    names = [name.strip() for name in header]
    if WORD not in names or CLASS not in names or INTENSITY not in names:
        return None
    places = {WORD: names.index(WORD), CLASS: names.index(CLASS)}
    if AUXILIARY in names:
        places[AUXILIARY] = names.index(AUXILIARY)
    for place, name in enumerate(names):
        # pandas calls the second ones 强度.1 and 极性.1
        plain = name.partition(".")[0]
        if plain in (INTENSITY, POLARITY):
            before = max(
                (owner for owner in (CLASS, AUXILIARY) if places.get(owner, place) < place),
                key=lambda owner: places[owner],
                default=CLASS,
            )
            places.setdefault(f"{before} {plain}", place)
    return places


def _sense(line: int, cells: dict[str, str]) -> tuple[Sense | None, list[Oddity]]:
    word, code = cells[WORD].strip(), cells[CLASS].strip().upper()
    oddities: list[Oddity] = []

    def odd(what: str, value: str, kept: bool = True) -> None:
        oddities.append(Oddity(line, word, what, value, kept))

    if not word:
        odd(NO_WORD, "", kept=False)
        return None, oddities
    if code not in ORIGINAL:
        odd(NO_CLASS, cells[CLASS], kept=False)
        return None, oddities
    written = cells.get(f"{CLASS} {INTENSITY}", "").strip()
    intensity = _number(written)
    if intensity is None:
        odd(NO_INTENSITY, written, kept=False)
        return None, oddities
    if cells[WORD] != word or cells[CLASS] != cells[CLASS].strip():
        odd(BLANKS, cells[WORD] if cells[WORD] != word else cells[CLASS])
    if not 1 <= intensity <= 9:
        odd(OUT_OF_RANGE, written)
        intensity = min(max(intensity, 1.0), 9.0)
    elif intensity not in INTENSITIES:
        odd(ODD, written)
    pole = cells.get(f"{CLASS} {POLARITY}", "").strip()
    if pole not in ("0", "1", "2", ""):
        odd(POLE, pole)
    second = cells.get(AUXILIARY, "").strip().upper()
    if not second:
        return Sense(word, code, intensity), oddities
    strength = _number(cells.get(f"{AUXILIARY} {INTENSITY}", "").strip())
    if second not in ORIGINAL or strength is None or strength <= 0:
        odd(NO_AUXILIARY, f"{second} {cells.get(f'{AUXILIARY} {INTENSITY}', '').strip()}".strip())
        return Sense(word, code, intensity), oddities
    if strength > 9 or strength not in INTENSITIES:
        odd(ODD, str(strength))
    return Sense(word, code, intensity, second, min(strength, 9.0)), oddities


def _number(written: str) -> float | None:
    try:
        value = float(written)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None
