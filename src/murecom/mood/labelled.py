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
from typing import Any, Final

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
    counts rows by names of labels that nobody knows, the commonest first.
    """

    rows: int
    sentences: tuple[tuple[str, str], ...]
    refused: tuple[Refused, ...]
    unknown: Mapping[str, int]


def read_labelled(path: Path | str, own: Mapping[str, str] | None = None) -> LabelledFile:
    """Read a file of labelled sentences.

    Parameters
    ----------
    path : Path or str
        CSV (commas, semicolons or tabs; a header in any order, or two columns without one), JSON
        lines or a JSON list of objects; in any encoding that `text.encoding` knows.
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
    rows = list(_of_json(text) if is_json else _of_table(path, text))
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
    return LabelledFile(len(rows), tuple(sentences), tuple(refused), dict(unknown.most_common()))


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


def _of_table(path: Path, text: str) -> Iterator[Row]:
    tables = {delimiter: list(_table(text, delimiter)) for delimiter in _delimiters(text)}
    for delimiter, rows in tables.items():
        header = [name_key(cell) for cell in rows[0][1]] if rows else []
        if columns := _by_names(header):
            for line, row in rows[1:]:
                yield line, *_cells(row, columns, len(header), delimiter)
            return
    for delimiter, rows in tables.items():
        if columns := _by_content([row for _, row in rows[:LOOKED_AT]]):
            for line, row in rows:
                yield line, *_cells(row, columns, 2, delimiter)
            return
    if any(tables.values()):
        raise BadInput(f"{path} has no columns that look like text and label. {COLUMNS}")


def _delimiters(text: str) -> list[str]:
    """Give the signs that may part the columns: those of the first line, a tab before others."""
    head = text.lstrip().partition("\n")[0]
    return [sign for sign in "\t,;" if sign in head] or [","]


def _table(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    # not splitlines, which also cuts at marks that stand inside of sentences
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:  # an open quotation mark has swallowed 131,072 characters
            row = ["", ""]
        if any(row):
            yield reader.line_num, row


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


def _cells(
    row: Sequence[str], columns: tuple[int, int], width: int, delimiter: str
) -> tuple[str | None, str | None]:
    """Give text and label; a text with unquoted delimiters is put together again."""
    text, name = columns
    more = len(row) - width
    if more > 0 and text == width - 1:
        row = [*row[:text], delimiter.join(row[text:])]
    elif more > 0 and text == 0:
        row = [delimiter.join(row[: more + 1]), *row[more + 1 :]]
    return (row[text] if text < len(row) else None), (row[name] if name < len(row) else None)
