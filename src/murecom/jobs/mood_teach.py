"""Teaching: labelled sentences into home, and the head that is fitted on all of them.

The sentences are kept, so that a second file adds to the first. They are written before the head is
fitted; killed in between, the next `murecom mood teach` fits what is there, with or without a file.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from murecom import artefact
from murecom.errors import BadInput, MurecomError, NotReady, Unreachable
from murecom.jobs.lock import only_one
from murecom.mood.encoder import Encoder
from murecom.mood.label_names import UNTAUGHT, explained, label_of, nearest
from murecom.mood.labelled import LabelledFile, Refused, read_labelled
from murecom.mood.reading import read_text
from murecom.mood.taught import TaughtHead, TaughtVoice
from murecom.types import Progress, Step, no_progress

Floats = NDArray[np.float32]

BATCH = 256
"Sentences that are encoded between two reports of progress."


class Untaught(Protocol):
    """The model of moods without what was taught; `mood.model.MoodModel` is one."""

    @property
    def encoder(self) -> Encoder:
        """Makes the vectors that the head reads."""

    def readings(self, texts: Sequence[str]) -> Any:
        """Give what the texts feel like: has `probabilities`, float32[n, 9] over `FELT`."""


@dataclass(frozen=True, slots=True)
class UnknownLabel:
    """A name of a label that nobody knows, in how many rows, and the known name that is nearest."""

    name: str
    rows: int
    nearest: str | None


@dataclass(frozen=True, slots=True)
class TeachReport:
    """What a teaching did.

    Of `rows` in the file, `added` sentences are new, `changed` ones had another label before (in
    the file or in home: the last one counts), `known` ones say what was known. `sentences` are all
    that are kept now, `labels` counts them; `figures` are of sentences kept back, see
    `train.teach.fit`. `is_fitted` is false where nothing could be learned yet; `notes` say why.
    """

    file: str | None = None
    rows: int = 0
    added: int = 0
    changed: int = 0
    known: int = 0
    refused: tuple[Refused, ...] = ()
    unknown: tuple[UnknownLabel, ...] = ()
    sentences: int = 0
    labels: Mapping[str, int] = field(default_factory=dict)
    is_fitted: bool = False
    weight: float | None = None
    figures: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    folder: str | None = None
    notes: tuple[str, ...] = ()


def teach(
    home: Path,
    file: Path | None = None,
    *,
    model: Untaught | None = None,
    names: Mapping[str, str] | None = None,
    dry_run: bool = False,
    progress: Progress = no_progress,
) -> TeachReport:
    """Add a file of labelled sentences to what was taught, and fit the head on all of it.

    Parameters
    ----------
    home : Path
        Gets `mood/taught.jsonl` and `models/mood_taught`.
    file : Path, optional
        See `mood.labelled.read_labelled`; without it the head is fitted anew.
    model : Untaught, optional
        Makes the vectors, and is what the head is weighed against; the shipped one by default.
    names : mapping of str to str
        Names of labels of the user's own, and what they mean.
    dry_run : bool
        Read and count only; nothing is fitted.
    progress : callable
        Told of sentences encoded, then of fits.

    Raises
    ------
    NotFound, BadInput
        There is no such file, it is not of labelled sentences, or none of its labels is known.
    NotReady
        Without a file: nothing was taught before. Or another teaching runs in this home.
    MissingExtra
        scikit-learn is not installed.
    Unreachable
        The file cannot be read, or home not be written.
    """
    began = time.monotonic()
    own = explained(names or {})
    found = read_labelled(file, own) if file is not None else None
    if found is not None and not found.sentences:
        raise _nothing(file, found)
    if dry_run:
        report, _ = _merged(home, file, found)
        return replace(report, seconds=round(time.monotonic() - began, 3))
    with only_one(home, "mood-teach"):
        report, kept = _merged(home, file, found)
        if not kept:
            raise NotReady(
                "Nothing was taught yet. Give labelled sentences: murecom mood teach FILE.csv"
            )
        if report.added or report.changed:
            _write(_sentences_of(home), kept)
        report = _fitted(home, model, report, kept, progress)
    return replace(report, seconds=round(time.monotonic() - began, 3))


def forget(home: Path) -> int:
    """Delete all that was taught, sentences and head; give how many sentences there were."""
    if not _sentences_of(home).exists() and not taught_folder(home).exists():
        return 0
    with only_one(home, "mood-teach"):
        kept, _ = _read(_sentences_of(home))
        try:
            # the manifest first: a folder without it holds nothing
            (taught_folder(home) / artefact.MANIFEST).unlink(missing_ok=True)
            shutil.rmtree(taught_folder(home), ignore_errors=True)
            _sentences_of(home).unlink(missing_ok=True)
        except OSError as error:
            raise Unreachable(
                f"{error.filename} cannot be deleted ({error.strerror}). Check the permissions."
            ) from error
    return len(kept)


def taught_folder(home: Path) -> Path:
    """Name the folder of the head."""
    return home / "models" / "mood_taught"


def taught_voice(home: Path, encoder: str) -> TaughtVoice | None:
    """Give the voice of what was taught; None if nothing was, or for another encoder.

    Raises
    ------
    BadInput
        The head is damaged.
    """
    try:
        head = TaughtHead.load(taught_folder(home))
    except NotReady:
        return None
    return TaughtVoice(head) if head.encoder == encoder else None


# -- inside ---------------------------------------------------------------------------------------


def _merged(
    home: Path, file: Path | None, found: LabelledFile | None
) -> tuple[TeachReport, dict[str, str]]:
    """Add what a file holds to what is kept; the last label of a sentence counts."""
    kept, damaged = _read(_sentences_of(home))
    added = changed = known = 0
    for text, label in found.sentences if found else ():
        before = kept.get(text)
        added += before is None
        changed += before is not None and before != label
        known += before == label
        kept[text] = label
    notes = []
    if damaged:
        notes.append(f"{damaged} damaged lines of {_sentences_of(home)} were passed over.")
    report = TeachReport(
        file=str(file) if file else None,
        rows=found.rows if found else 0,
        added=added,
        changed=changed,
        known=known,
        refused=found.refused if found else (),
        unknown=_unknown(found),
        sentences=len(kept),
        labels=dict(Counter(kept.values()).most_common()),
        notes=tuple(notes),
    )
    return report, kept


def _fitted(
    home: Path,
    model: Untaught | None,
    report: TeachReport,
    kept: Mapping[str, str],
    progress: Progress,
) -> TeachReport:
    from murecom.train.teach import fit

    if len(report.labels) < 2:
        only = next(iter(report.labels))
        note = (
            f"All sentences are '{only}': they are kept, but one label alone teaches nothing. "
            "Teach sentences of other moods, neutral ones too."
        )
        return replace(report, notes=(*report.notes, note))
    model = model or _shipped()
    data, folder = _hash(kept), taught_folder(home)
    if report.file and not report.added and not report.changed:
        head = _loaded(folder)
        if head is not None and (head.data, head.encoder) == (data, model.encoder.key):
            note = "Nothing new: what was taught before stays as it is."
            return _with(replace(report, notes=(*report.notes, note)), head, folder)
    words = {text: words_of(text) for text in kept}
    texts = [text for text in kept if words[text]]
    labels = [kept[text] for text in texts]
    if wordless := len(kept) - len(texts):
        some = f"{wordless:,} sentence{'' if wordless == 1 else 's'} without words"
        note = f"{some} (signs, addresses, a script unknown here) are kept and teach nothing."
        report = replace(report, notes=(*report.notes, note))
    if len(set(labels)) < 2:
        note = "The sentences have hardly any words. Teach sentences that say something."
        return replace(report, notes=(*report.notes, note))
    vectors, others = _heard(model, texts, words, progress)
    cleaned = [words[text] for text in texts]
    head = fit(cleaned, labels, vectors, model.encoder.key, others, progress)
    replace(head, data=data).save(folder)
    return _with(report, head, folder)


def _with(report: TeachReport, head: TaughtHead, folder: Path) -> TeachReport:
    return replace(
        report,
        is_fitted=True,
        weight=head.weight,
        figures=head.metrics,
        folder=str(folder),
    )


def _shipped() -> Untaught:
    from murecom.mood.encoder import Cached, UniversalEncoder
    from murecom.mood.model import MoodModel

    # remembered: the vectors are asked for twice, by the head and by the model
    return MoodModel.shipped(Cached(UniversalEncoder()))


def _loaded(folder: Path) -> TaughtHead | None:
    """Give the head that is there; None if there is none that can be used."""
    try:
        return TaughtHead.load(folder)
    except (NotReady, BadInput):
        return None


def words_of(text: str) -> str:
    """Give what a voice is asked about a text: its words, as `mood.reading` cleans them."""
    return " ".join(piece.words for piece in read_text(text).pieces if piece.words)


def _heard(
    model: Untaught, texts: Sequence[str], words: Mapping[str, str], progress: Progress
) -> tuple[Floats, Floats]:
    """Give the vectors of texts, and what the model says of them untaught."""
    vectors = np.zeros((len(texts), model.encoder.dim), np.float32)
    others = []
    progress(Step("Encoding", 0, len(texts)))
    for start in range(0, len(texts), BATCH):
        some = texts[start : start + BATCH]
        vectors[start : start + BATCH] = model.encoder.encode([words[text] for text in some])
        others.append(np.asarray(model.readings(some).probabilities, np.float32))
        progress(Step("Encoding", start + len(some), len(texts)))
    return vectors, np.concatenate(others)


def _unknown(found: LabelledFile | None) -> tuple[UnknownLabel, ...]:
    rows = found.unknown if found else {}
    return tuple(UnknownLabel(name, count, nearest(name)) for name, count in rows.items())


def _nothing(file: Path | None, found: LabelledFile) -> MurecomError:
    if not found.unknown:
        return BadInput(f"No row of {file} has a text and a label. Fill in both columns.")
    names = ", ".join(f"'{name}'" for name in list(found.unknown)[:5])
    if UNTAUGHT in found.unknown:
        names += f" ({UNTAUGHT} cannot be taught: it is said where there is nothing to read)"
    return BadInput(
        f"None of the labels of {file} is known: {names}. "
        "Say what they mean: --label-map NAME=joy, or --map FILE.json"
    )


def _sentences_of(home: Path) -> Path:
    return home / "mood" / "taught.jsonl"


def _read(path: Path) -> tuple[dict[str, str], int]:
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


def _write(path: Path, kept: Mapping[str, str]) -> None:
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


def _hash(kept: Mapping[str, str]) -> str:
    """Sum up what was taught, in any order."""
    rows = sorted(f"{label}\0{text}" for text, label in kept.items())
    return hashlib.sha256("\n".join(rows).encode("utf-8", "replace")).hexdigest()[:16]
