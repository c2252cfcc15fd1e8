"""Many texts, one a line, to moods, one a line: streamed, resumed after an interruption."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from filelock import FileLock, Timeout

from murecom import __version__
from murecom.errors import BadInput, NotFound, NotReady, Unreachable
from murecom.mood.encoder import Cached
from murecom.mood.labels import LABELS
from murecom.mood.model import MoodModel
from murecom.text.lines import read_lines
from murecom.types import Mood, Progress, Step, no_progress

AT_ONCE = 2048
"Lines read, judged and written together: a unit, of which at most one is done again."

BYTES_AT_ONCE = 1 << 18
"A unit has no more lines than that: seconds, whether a line is a word or an opera."


@dataclass(slots=True)
class ReadReport:
    """What was read: lines, of which `no_signal` said nothing, and how often each label came."""

    lines: int = 0
    no_signal: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    resumed: int = 0
    "Lines that an interrupted run had done already."

    def count(self, label: str) -> None:
        """Count a line."""
        self.lines += 1
        self.no_signal += label == "no_signal"
        self.labels[label] += 1


def read_file(
    model: MoodModel, file: BinaryIO, out: TextIO, progress: Progress = no_progress
) -> ReadReport:
    """Write the mood of each line of a file as a line of JSON.

    Empty lines are written, too: line n of the output is of line n of the input. The encoding is
    found out (UTF-8, UTF-16, GB 18030, Big5, Shift-JIS …); see `murecom.text.lines`.
    """
    report = ReadReport()
    position = 0
    for texts, size in _units(file):
        out.write(_judged(model, texts, report))
        out.flush()
        position += size
        _tell(progress, report, position, None)
    return report


def read_path(
    model: MoodModel, path: Path, out: Path, progress: Progress = no_progress
) -> ReadReport:
    """Read a file into a file; an interrupted run goes on where it was.

    The lines go to `<out>.part` until all are there. A run that finds such a file of the same
    input, model and version keeps what is whole in it; the end is the same, byte for byte, as that
    of a run that nobody interrupted. What is no file, such as a pipe, is read and written at once.

    Raises
    ------
    NotFound
        There is no file `path`.
    BadInput
        It cannot be read, or is what would be written.
    NotReady
        Another run writes to `out`.
    Unreachable
        `out` cannot be written.
    """
    with open_texts(path) as file:
        state = os.fstat(file.fileno())
        out = Path(os.path.realpath(out))
        if not stat.S_ISREG(state.st_mode) or (out.exists() and not out.is_file()):
            with open_moods(out) as written:
                return read_file(model, file, written, progress)
        draft, mark = out.with_name(out.name + ".part"), out.with_name(out.name + ".part.json")
        lock = out.with_name(out.name + ".part.lock")
        for one in (out, draft, mark, lock):
            if one.exists() and one.samefile(path):
                raise BadInput(f"{one} is the file that is read. Name another one with -o.")
        whose = {
            "device": state.st_dev,
            "inode": state.st_ino,
            "size": state.st_size,
            "mtime_ns": state.st_mtime_ns,
            "model": model.key,
            "version": __version__,
        }
        report = ReadReport()
        with _alone(out, lock):
            with _writing(out):
                kept = _opened(draft, mark, whose)
            with kept:
                try:
                    _fill(model, file, kept, report, out, progress)
                except OSError as error:
                    raise _unreadable(path, error) from error
            with _writing(out):
                os.replace(draft, out)
                mark.unlink(missing_ok=True)
    return report


def check_texts(path: Path) -> None:
    """Refuse what cannot be a file of texts, before anything is opened.

    Raises
    ------
    NotFound
        There is no such file.
    BadInput
        It is a folder.
    """
    if path.is_dir():
        raise BadInput(f"{path} is a folder. Name a text file with one text a line.")
    if not path.exists():
        raise NotFound(f"There is no file {path}. Name a text file with one text a line.")


def open_texts(path: Path) -> BinaryIO:
    """Open a file of texts.

    Raises
    ------
    NotFound
        There is no such file.
    BadInput
        It cannot be read.
    """
    check_texts(path)
    try:
        return path.open("rb")
    except OSError as error:
        raise _unreadable(path, error) from error


def open_moods(out: Path) -> TextIO:
    """Open a file for moods; what stood there is gone.

    Raises
    ------
    Unreachable
        It cannot be written.
    """
    with _writing(out):
        return out.open("w", encoding="utf-8", newline="\n")


def _unreadable(path: Path, error: OSError) -> BadInput:
    return BadInput(
        f"{path} cannot be read ({error.strerror}). Name a text file with one text a line."
    )


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unreachable(
            f"{out} cannot be written ({error.strerror}). Choose another file with -o, or make "
            "room and run the same command again."
        ) from error


@contextmanager
def _alone(out: Path, lock: Path) -> Iterator[None]:
    """Hold the lock of an output; a killed run leaves the file of it, which locks nothing."""
    with _writing(out):
        if not out.parent.is_dir():  # the lock would make it
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        held = FileLock(lock)
        try:
            held.acquire(timeout=0)
        except Timeout:
            raise NotReady(
                f"Another run writes to {out}. Wait for it to end, or name another file with -o."
            ) from None
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
        held.release()


def _opened(draft: Path, mark: Path, whose: dict[str, Any]) -> BinaryIO:
    """Open the draft: what an interrupted run of the same left, or an empty one."""
    if draft.is_file() and _read_json(mark) == whose:
        return draft.open("r+b")
    kept = draft.open("w+b")
    mark.write_text(json.dumps(whose), encoding="utf-8")
    return kept


def _fill(
    model: MoodModel,
    file: BinaryIO,
    kept: BinaryIO,
    report: ReadReport,
    out: Path,
    progress: Progress,
) -> None:
    size = os.fstat(file.fileno()).st_size
    position, is_resuming = 0, True
    for texts, length in _units(file):
        position += length
        if is_resuming and (labels := _done(kept, len(texts))) is not None:
            for label in labels:
                report.count(label)
            report.resumed += len(texts)
            continue
        is_resuming = False
        moods = _judged(model, texts, report)
        with _writing(out):
            kept.write(moods.encode())
            kept.flush()
        _tell(progress, report, position, size)
    with _writing(out):
        kept.truncate()
        os.fsync(kept.fileno())


def _done(kept: BinaryIO, lines: int) -> list[str] | None:
    """Read the labels of a whole unit from the draft; cut it off there if it is not whole."""
    start = kept.tell()
    rows = [kept.readline() for _ in range(lines)]
    try:
        labels = [str(json.loads(row)["label"]) for row in rows if row.endswith(b"\n")]
    except (ValueError, KeyError, TypeError):
        labels = []
    if len(labels) == lines and all(label in LABELS for label in labels):
        return labels
    kept.seek(start)
    kept.truncate()
    return None


def _units(file: BinaryIO) -> Iterator[tuple[list[str], int]]:
    """Give texts that are read together, and their size in bytes; the same for the same file."""
    texts: list[str] = []
    size = 0
    for text, length in read_lines(file):
        texts.append(text)
        size += length
        if len(texts) == AT_ONCE or size >= BYTES_AT_ONCE:
            yield texts, size
            texts, size = [], 0
    if texts:
        yield texts, size


def _judged(model: MoodModel, texts: list[str], report: ReadReport) -> str:
    if isinstance(model.encoder, Cached):
        model.encoder.forget()  # so that a unit gives the same digits after an interruption
    moods = model.read(texts)
    for mood in moods:
        report.count(mood.label)
    return "".join(_dumped(mood) for mood in moods)


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


def _tell(progress: Progress, report: ReadReport, position: int, size: int | None) -> None:
    total = None if size is None else size // 1024
    counts = {"texts": report.lines, "no signal": report.no_signal}
    progress(Step("Reading moods", position // 1024, total, counts))


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
