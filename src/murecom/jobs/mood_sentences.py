"""The labelled sentences that a home keeps: `mood/taught.jsonl`, one a line."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from murecom.errors import Unreachable
from murecom.mood.label_names import label_of


def sentences_of(home: Path) -> Path:
    """Name the file."""
    return home / "mood" / "taught.jsonl"


def read_sentences(path: Path) -> tuple[dict[str, str], int]:
    """Give the sentences that are kept, and how many lines could not be read."""
    kept: dict[str, str] = {}
    damaged = 0
    for line in _lines(path):
        try:
            row = json.loads(line)
            text, label = row["text"], label_of(row["label"])
        except (ValueError, KeyError, TypeError, AttributeError):
            damaged += 1
            continue
        if not isinstance(text, str) or label is None:
            damaged += 1
            continue
        kept[text] = label
    return kept, damaged


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            yield from (line for line in file if line.strip())
    except FileNotFoundError:
        return
    except OSError as error:
        raise Unreachable(
            f"{path} cannot be read ({error.strerror or error}). Check the permissions."
        ) from error


def write_sentences(path: Path, kept: Mapping[str, str]) -> None:
    """Replace the file in one step: killed at any moment, it is the old or the new one, whole."""
    draft = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("w", encoding="utf-8", errors="replace") as file:
            for text, label in kept.items():
                file.write(json.dumps({"text": text, "label": label}, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Unreachable(
            f"{path} cannot be written ({error.strerror or error}). Free some space or choose "
            "another folder with --home; what was taught before is still there."
        ) from error


@contextmanager
def kept_or_put_back(path: Path, kept: Mapping[str, str] | None) -> Iterator[None]:
    """Write the sentences, if there are new ones; if the block fails, put back those of before."""
    if kept is None:
        yield
        return
    before, _ = read_sentences(path)
    write_sentences(path, kept)
    try:
        yield
    except Exception:
        with suppress(Unreachable):  # what made the block fail says more
            if before:
                write_sentences(path, before)
            else:
                delete(path)
        raise


def delete(path: Path) -> None:
    """Delete a file that may be there."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise Unreachable(
            f"{path} cannot be deleted ({error.strerror}). Check the permissions."
        ) from error


def hash_of(kept: Mapping[str, str]) -> str:
    """Sum up what was taught, in any order."""
    rows = sorted(f"{label}\0{text}" for text, label in kept.items())
    return hashlib.sha256("\n".join(rows).encode("utf-8", "replace")).hexdigest()[:16]
