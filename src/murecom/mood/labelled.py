"""Files of labelled sentences, as people have them: CSV in some dialect, JSON lines, a JSON list.

What a file means is found by the names of its columns, or by which column holds moods. Rows that
cannot be used are counted and named; labels that nobody knows are counted by name.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from murecom.errors import BadInput, NotFound, Unreachable
from murecom.mood.label_names import label_of
from murecom.text.encoding import decode
from murecom.text.fold import name_key

_TEXTS = """
text texts content contents sentence sentences comment comments post posts lyric lyrics line message
document review tweet 文本 内容 句子 正文 评论 歌词 微博 文 本文 テキスト
"""
_NAMES = """
label labels mood moods emotion emotions class classes category sentiment feeling tag target
标签 情绪 情感 心情 类别 分类 情感分类 ラベル 感情 気分
"""

TEXTS: Final = frozenset(map(name_key, _TEXTS.split()))
"Names of the column that holds sentences, as `name_key` has them."

NAMES: Final = frozenset(map(name_key, _NAMES.split()))
"Names of the column that holds labels."

LARGEST = 512 << 20
"Bytes of a file: some million sentences."

LONGEST = 10_000
"Characters of a sentence that are kept; far more than counts for its mood."

LOOKED_AT = 200
"Rows that decide which column holds labels where no header tells."

COLUMNS = "It needs the columns text and label, or JSON lines with text and label."


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be used."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """What a file holds.

    `sentences` are pairs of text and label, in order, as often as they stand there; `unknown`
    counts rows by names of labels that nobody knows, the commonest first. `spanning` rows hold
    sentences of several lines; `mended` ones seemed to, after a stray quotation mark, and were read
    line by line.
    """

    rows: int
    sentences: tuple[tuple[str, str], ...]
    refused: tuple[Refused, ...]
    unknown: Mapping[str, int]
    spanning: int = 0
    mended: int = 0


def read_labelled(path: Path | str, own: Mapping[str, str] | None = None) -> LabelledFile:
    """Read a file of labelled sentences.

    Parameters
    ----------
    path : Path or str
        CSV (commas, semicolons or tabs; a header in any order, or two columns without one), JSON
        lines or a JSON list of objects; in any encoding that `text.encoding` knows. With tabs a row
        is a line, and a quotation mark inside a cell is one like any other sign.
    own : mapping, optional
        Names of labels that the user explained, from `label_names.explained`.

    Returns
    -------
    LabelledFile
        Perhaps without sentences, if no label is known.

    Raises
    ------
    NotFound
        There is no such file.
    BadInput
        It holds no rows, or no columns of text and label.
    Unreachable
        It cannot be read.
    """
    path = Path(path)
    text = _read(path)
    is_json = _is_json(text)
    spans: Counter[str] = Counter()
    rows = list(_of_json(text) if is_json else _of_table(path, text, own, spans))
    if not rows:
        raise BadInput(f"{path} holds no labelled sentence. {COLUMNS}")
    if all(sentence is None and name is None for _, sentence, name in rows):
        raise BadInput(f"{path} holds no column of texts and labels. {COLUMNS}")
    sentences: list[tuple[str, str]] = []
    refused: list[Refused] = []
    unknown: Counter[str] = Counter()
    for line, sentence, name in rows:
        if sentence is None or not sentence.strip():
            refused.append(Refused(line, "no text"))
        elif name is None or not name.strip():
            refused.append(Refused(line, "no label"))
        elif (label := label_of(name, own)) is None:
            unknown[name.strip()[:80]] += 1
        else:
            # half a surrogate pair, as JSON may have it, is no text
            clean = sentence.encode("utf-8", "replace").decode("utf-8")
            sentences.append((clean.strip()[:LONGEST], label))
    return LabelledFile(
        rows=len(rows),
        sentences=tuple(sentences),
        refused=tuple(refused),
        unknown=dict(unknown.most_common()),
        spanning=spans["spanning"],
        mended=spans["mended"],
    )


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise BadInput(f"{path} is larger than {LARGEST >> 20} MB. Teach it in parts.")
        data = path.read_bytes()
    except FileNotFoundError:
        raise NotFound(f"There is no file {path}. Name a CSV file of texts and labels.") from None
    except OSError as error:
        raise Unreachable(
            f"{path} cannot be read ({error.strerror or error}). Check the path and permissions."
        ) from error
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BadInput(f"{path} is a workbook. Save its sheet as CSV (UTF-8), then teach that.")
    return decode(data)[0].replace("\0", "")


Row = tuple[int, str | None, str | None]
"Line, sentence, name of the label; None where there is none."


def _is_json(text: str) -> bool:
    """Tell JSON from a table whose first sentence begins with a bracket ("[大哭] …,sad")."""
    start = text.lstrip()
    return start.startswith("{") or (start.startswith("[") and start[1:].lstrip()[:1] in "{]")


def _of_json(text: str) -> Iterator[Row]:
    if text.lstrip().startswith("["):
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise BadInput(
                f"The file is a damaged JSON list ({error}). Give a list of objects with text and "
                "label, or JSON lines."
            ) from error
        for number, value in enumerate(values, 1):
            yield number, *_of_object(value)
        return
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                value = None
            yield number, *_of_object(value)


def _of_object(value: Any) -> tuple[str | None, str | None]:
    if not isinstance(value, dict):
        return None, None
    keys = {name_key(str(key)): cell for key, cell in value.items()}
    return _first(keys, TEXTS), _first(keys, NAMES)


def _first(cells: Mapping[str, Any], names: frozenset[str]) -> str | None:
    found = [cell for key, cell in cells.items() if key in names and isinstance(cell, str)]
    return found[0] if found else None


def _of_table(
    path: Path, text: str, own: Mapping[str, str] | None, spans: Counter[str]
) -> Iterator[Row]:
    # not splitlines, which also cuts at marks that stand inside of sentences
    lines = list(io.StringIO(text, newline=""))
    tables = {delimiter: list(_table(lines, delimiter)) for delimiter in _delimiters(text)}
    for delimiter, rows in tables.items():
        header = [name_key(cell) for cell in rows[0].cells] if rows else []
        if columns := _by_names(header):
            shape = _Shape(columns, len(header), delimiter)
            yield from _rows(rows[1:], lines, shape, own, spans)
            return
    for delimiter, rows in tables.items():
        if columns := _by_content([row.cells for row in rows[:LOOKED_AT]]):
            yield from _rows(rows, lines, _Shape(columns, 2, delimiter), own, spans)
            return
    if any(tables.values()):
        raise BadInput(f"{path} has no columns that look like text and label. {COLUMNS}")


class _Cut(NamedTuple):
    """Cells, and the lines that they were cut from: first and last one, counted from 1."""

    first: int
    last: int
    cells: list[str]


class _Shape(NamedTuple):
    """Places of text and label, how many columns there are, and what parts them."""

    columns: tuple[int, int]
    width: int
    delimiter: str


def _rows(
    rows: Sequence[_Cut],
    lines: Sequence[str],
    shape: _Shape,
    own: Mapping[str, str] | None,
    spans: Counter[str],
) -> Iterator[Row]:
    for row in rows:
        if _ran_on(row, lines, shape, own):
            spans["mended"] += 1
            for number in range(row.first, row.last + 1):
                if lines[number - 1].strip():
                    yield number, *_cells(_line(lines[number - 1], shape.delimiter), shape)
        else:
            spans["spanning"] += row.last > row.first
            yield row.last, *_cells(row.cells, shape)


def _ran_on(row: _Cut, lines: Sequence[str], shape: _Shape, own: Mapping[str, str] | None) -> bool:
    """Tell a row that a stray quotation mark has lengthened: a line of it is a row by itself.

    In an honest one the line with the label looks like a row: the last one, the first one where
    labels stand before texts. A label behind a blank is one word more of a sentence.
    """
    if shape.delimiter == "\t":
        return False
    if row.first == row.last:  # the mark is in the last line of the file
        return len(row.cells) < shape.width and lines[row.last - 1].count('"') % 2 == 1
    text, name = shape.columns
    start, end = (row.first, row.last) if text < name else (row.first + 1, row.last + 1)
    for number in range(start, end):
        cells = _line(lines[number - 1], shape.delimiter)
        is_whole = len(cells) == shape.width and cells[text].strip() and cells[name][:1].strip()
        if is_whole and label_of(cells[name], own) is not None:
            return True
    return not row.cells


def _line(line: str, delimiter: str) -> list[str]:
    """Cut one line; with a quotation mark that is not closed, as if there were none."""
    line = line.rstrip("\r\n")
    if line.count('"') % 2 == 0:
        try:
            return next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:  # a cell of more than 131,072 characters
            return []
    return line.split(delimiter)


def _delimiters(text: str) -> list[str]:
    """Give the signs that may part the columns: those of the first line, a tab before others."""
    head = text.lstrip().partition("\n")[0]
    return [sign for sign in "\t,;" if sign in head] or [","]


def _table(lines: Sequence[str], delimiter: str) -> Iterator[_Cut]:
    if delimiter == "\t":
        for number, line in enumerate(lines, 1):
            if line.strip():
                cells = line.rstrip("\r\n").split("\t")
                yield _Cut(number, number, [_unquoted(cell) for cell in cells])
        return
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        first = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # an open quotation mark has swallowed 131,072 characters
            yield _Cut(first, reader.line_num, [])
            continue
        if any(cells):
            yield _Cut(first, reader.line_num, cells)


def _unquoted(cell: str) -> str:
    """Take off the quotation marks that a program has put around a cell, doubling those inside."""
    inside = cell[1:-1].replace('""', "")
    if len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in inside:
        return cell[1:-1].replace('""', '"')
    return cell


def _by_names(header: Sequence[str]) -> tuple[int, int] | None:
    texts = [place for place, name in enumerate(header) if name in TEXTS]
    names = [place for place, name in enumerate(header) if name in NAMES]
    return (texts[0], names[0]) if texts and names else None


def _by_content(rows: Sequence[Sequence[str]]) -> tuple[int, int] | None:
    """Find which of two columns holds labels, by how many of its cells are known ones."""
    known = [sum(len(row) > c and label_of(row[c]) is not None for row in rows) for c in (0, -1)]
    if max(known) * 2 < len(rows) or known[0] == known[1]:
        return None
    return (1, 0) if known[0] > known[1] else (0, 1)


def _cells(row: Sequence[str], shape: _Shape) -> tuple[str | None, str | None]:
    """Give text and label; a text with unquoted delimiters is put together again."""
    (text, name), width, delimiter = shape
    more = len(row) - width
    if more > 0 and text == width - 1:
        row = [*row[:text], delimiter.join(row[text:])]
    elif more > 0 and text == 0:
        row = [delimiter.join(row[: more + 1]), *row[more + 1 :]]
    return (row[text] if text < len(row) else None), (row[name] if name < len(row) else None)
