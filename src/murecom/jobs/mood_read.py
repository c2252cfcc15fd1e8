"""Many texts, one a line, to moods, one a line: streamed, resumed after an interruption."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from murecom.errors import BadInput, Unreachable
from murecom.mood.labels import FELT
from murecom.mood.model import MoodModel
from murecom.text.encoding import decode
from murecom.types import Mood, Progress, Step, no_progress

AT_ONCE = 2048
"Lines read, judged and written together."

LONGEST = 1 << 24
"Bytes of a line: what is longer is no text of one mood."

_SAMPLE = 1 << 20


@dataclass(slots=True)
class ReadReport:
    """What was read: lines, of which `no_signal` said nothing, and how often each label came."""

    lines: int = 0
    no_signal: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    resumed: int = 0
    "Lines that an interrupted run had done already."


def read_file(
    model: MoodModel, file: BinaryIO, out: TextIO, progress: Progress = no_progress
) -> ReadReport:
    """Write the mood of each line of a file as a line of JSON.

    Empty lines are written, too: line n of the output is of line n of the input. The encoding is
    told from the first megabyte (UTF-8, GB 18030, Big5, Shift-JIS …); bytes that fit none become
    U+FFFD.
    """
    report = ReadReport()
    _stream(model, file, out, report, None, progress)
    return report


def read_path(
    model: MoodModel, path: Path, out: Path, progress: Progress = no_progress
) -> ReadReport:
    """Read a file into a file; an interrupted run goes on where it was.

    The lines go to `<out>.part` until all are there. A run that finds such a file of the same
    input and model keeps its whole lines.

    Raises
    ------
    BadInput
        `path` is no file that can be read.
    Unreachable
        `out` cannot be written.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read ({error.strerror}). Name a text file with one text a line."
        ) from error
    draft, mark = out.with_name(out.name + ".part"), out.with_name(out.name + ".part.json")
    with file:
        state = os.fstat(file.fileno())
        whose = {"size": state.st_size, "mtime_ns": state.st_mtime_ns, "model": model.key}
        report = ReadReport()
        try:
            done = _whole_lines(draft) if _read_json(mark) == whose else []
            report.resumed = len(done)
            for line in done:
                _count(report, line)
            if not done:
                mark.write_text(json.dumps(whose), encoding="utf-8")
            with draft.open("a" if done else "w", encoding="utf-8", newline="\n") as drafted:
                _stream(model, file, drafted, report, state.st_size, progress, skip=len(done))
                drafted.flush()
                os.fsync(drafted.fileno())
            os.replace(draft, out)
            mark.unlink(missing_ok=True)
        except OSError as error:
            raise Unreachable(
                f"{out} cannot be written ({error.strerror}). Choose another file with -o; "
                "what is done stays and is not done again."
            ) from error
    return report


def _stream(
    model: MoodModel,
    file: BinaryIO,
    out: TextIO,
    report: ReadReport,
    size: int | None,
    progress: Progress,
    skip: int = 0,
) -> None:
    lines = _lines(file)
    position = 0
    for _, length in islice(lines, skip):
        position += length
    while some := list(islice(lines, AT_ONCE)):
        moods = model.read([text for text, _ in some])
        out.write("".join(_dumped(mood) for mood in moods))
        out.flush()
        for mood in moods:
            report.lines += 1
            report.no_signal += mood.label == "no_signal"
            report.labels[mood.label] += 1
        position += sum(length for _, length in some)
        total = None if size is None else size // 1024
        counts = {"texts": report.lines, "no signal": report.no_signal}
        progress(Step("Reading moods", position // 1024, total, counts))


def _dumped(mood: Mood) -> str:
    row = {
        "label": mood.label,
        "probabilities": dict(mood.probabilities),
        "valence": mood.valence,
        "arousal": mood.arousal,
        "confidence": mood.confidence,
        "language": mood.language,
        "classes": dict(mood.classes),
    }
    return json.dumps(row, ensure_ascii=False) + "\n"


def _lines(file: BinaryIO) -> Iterator[tuple[str, int]]:
    """Give lines as text, without their ends, and how many bytes each was."""
    start = file.read(_SAMPLE)
    newline = start.rfind(b"\n") + 1
    _, encoding = decode(start[:newline] if newline else start)
    if encoding.startswith(("utf-16", "utf-32")):
        # line ends are several bytes there: such files are small enough to be read whole
        text, _ = decode(start + file.read())
        for line in _split(text):
            yield line, len(line.encode("utf-8", "replace")) + 1
        return
    held = start.removeprefix(b"\xef\xbb\xbf")
    while held:
        *whole, held = held.split(b"\n")
        for row in whole:
            yield _text(row, encoding), len(row) + 1
        more = file.read(_SAMPLE)
        if not more:
            if held:
                yield _text(held, encoding), len(held)
            return
        if len(held) > LONGEST:
            raise BadInput(
                f"A line is longer than {LONGEST >> 20} MB. Give a file with one text a line."
            )
        held += more


def _text(row: bytes, encoding: str) -> str:
    row = row.removesuffix(b"\r")
    try:
        return row.decode("utf-8")  # a file may change its mind
    except UnicodeDecodeError:
        return row.decode(encoding, "replace")


def _split(text: str) -> Sequence[str]:
    lines = text.split("\n")
    return [line.removesuffix("\r") for line in (lines[:-1] if lines[-1] == "" else lines)]


def _whole_lines(draft: Path) -> list[dict[str, Any]]:
    """Give the lines that an interrupted run has written, and cut off what is no whole line."""
    try:
        content = draft.read_bytes()
    except FileNotFoundError:
        return []
    end = content.rfind(b"\n") + 1
    done: list[dict[str, Any]] = []
    for row in content[:end].splitlines():
        try:
            one = json.loads(row)
            if one["label"] not in (*FELT, "no_signal"):
                raise ValueError(one["label"])
        except (ValueError, KeyError, TypeError):
            return []  # not ours: begin anew
        done.append(one)
    os.truncate(draft, end)
    return done


def _count(report: ReadReport, row: dict[str, Any]) -> None:
    report.lines += 1
    report.no_signal += row["label"] == "no_signal"
    report.labels[row["label"]] += 1


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
