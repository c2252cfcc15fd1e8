"""Teaching: labelled sentences into home, and the head that is fitted on all of them.

The sentences are kept, so that a second file adds to the first. They are written before the head is
fitted; killed in between, the next `murecom mood teach` fits what is there, with or without a file.
If fitting fails, the sentences of before are put back.
"""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from murecom import artefact
from murecom.errors import BadInput, MurecomError, NotReady
from murecom.jobs.lock import only_one
from murecom.jobs.mood_lexicon import lexicon_voice
from murecom.jobs.mood_sentences import (
    delete,
    hash_of,
    kept_or_put_back,
    read_sentences,
    sentences_of,
)
from murecom.mood.encoder import Encoder
from murecom.mood.label_names import UNTAUGHT, explained, nearest
from murecom.mood.labelled import LabelledFile, Refused, read_labelled
from murecom.mood.labels import FELT
from murecom.mood.reading import words_of
from murecom.mood.taught import REMEDY, WHAT, TaughtHead, TaughtVoice
from murecom.mood.taught_grams import VERSION
from murecom.text.counts import counted
from murecom.types import Progress, Step, no_progress

Floats = NDArray[np.float32]

BATCH = 256
"Sentences that are encoded between two reports of progress."


class Untaught(Protocol):
    """The model of moods without what was taught; `mood.model.MoodModel` is one."""

    @property
    def encoder(self) -> Encoder:
        """Makes the vectors that the head reads."""

    def log_probabilities(self, texts: Sequence[str]) -> Floats:
        """Give what the voice of the head is added to: float32[n, 9] over `FELT`."""


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
    that are kept now, `labels` counts them; `spanning` and `mended` are as in
    `mood.labelled.LabelledFile`; `figures` are of sentences kept back, see
    `train.teach.fit`. `is_fitted` is false where nothing could be learned yet; `notes` say why.
    """

    file: str | None = None
    rows: int = 0
    added: int = 0
    changed: int = 0
    known: int = 0
    spanning: int = 0
    mended: int = 0
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
        Makes the vectors, and is what the head is weighed against; by default the shipped one, and
        the lexicon of this home.
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
        with kept_or_put_back(sentences_of(home), kept if report.added or report.changed else None):
            report = _fitted(home, model, report, kept, progress)
    return replace(report, seconds=round(time.monotonic() - began, 3))


def forget(home: Path) -> int:
    """Delete all that was taught, sentences and head; give how many sentences there were."""
    if not sentences_of(home).exists() and not taught_folder(home).exists():
        return 0
    with only_one(home, "mood-teach"):
        kept, _ = read_sentences(sentences_of(home))
        _drop(taught_folder(home))
        delete(sentences_of(home))
    return len(kept)


def taught_folder(home: Path) -> Path:
    """Name the folder of the head."""
    return home / "models" / "mood_taught"


def taught_voice(home: Path, encoder: str) -> TaughtVoice | None:
    """Give the voice of what was taught; None if nothing was, or it is outdated, see `taught_note`.

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


def taught_note(home: Path, encoder: str) -> str | None:
    """Say why what was taught is left out for this encoder; None if it is not, or nothing was."""
    folder = taught_folder(home)
    if not (folder / artefact.MANIFEST).exists():
        return None
    again = f"and is left out. Run: {REMEDY.removesuffix(' FILE.csv')}"
    try:
        manifest = artefact.read_manifest(folder, what=WHAT, remedy=REMEDY)
    except MurecomError as error:
        return str(error)
    if manifest.get("grams") != VERSION:
        return f"What was taught is of another version of murecom {again}"
    if manifest.get("encoder") != encoder:
        return f"What was taught is for the encoder {manifest.get('encoder')} {again}"
    return None


# -- inside ---------------------------------------------------------------------------------------


def _merged(
    home: Path, file: Path | None, found: LabelledFile | None
) -> tuple[TeachReport, dict[str, str]]:
    """Add what a file holds to what is kept; the last label of a sentence counts."""
    kept, damaged = read_sentences(sentences_of(home))
    added = changed = known = 0
    for text, label in found.sentences if found else ():
        before = kept.get(text)
        added += before is None
        changed += before is not None and before != label
        known += before == label
        kept[text] = label
    notes = []
    if damaged:
        notes.append(f"{damaged} damaged lines of {sentences_of(home)} were passed over.")
    if found and found.mended:
        notes.append(
            f"{counted(found.mended, 'row')} with a stray quotation mark: read line by line."
        )
    if found and found.spanning:
        notes.append(
            f"{counted(found.spanning, 'row')} of several lines: each was taken as one sentence."
        )
    report = TeachReport(
        file=str(file) if file else None,
        rows=found.rows if found else 0,
        added=added,
        changed=changed,
        known=known,
        refused=found.refused if found else (),
        spanning=found.spanning if found else 0,
        mended=found.mended if found else 0,
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
    from murecom.train.teach import fit, learned

    data, folder = hash_of(kept), taught_folder(home)
    if len(report.labels) < 2:
        only = next(iter(report.labels))
        note = (
            f"All sentences are '{only}': they are kept, but one label alone teaches nothing. "
            "Teach sentences of other moods, neutral ones too."
        )
        return _unfitted(report, data, folder, note)
    model = model or _shipped(home)
    if report.file and not report.added and not report.changed:
        head = _loaded(folder)
        if head is not None and (head.data, head.encoder) == (data, model.encoder.key):
            note = "Nothing new: what was taught before stays as it is."
            return _with(_noted(report, note), head, folder)
    every = list(kept)
    rows = learned([kept[text] for text in every]).tolist()
    words = {every[row]: words_of(every[row]) for row in rows}
    texts = [text for text in words if words[text]]
    labels = [kept[text] for text in texts]
    if len(words) < len(kept):
        report = _noted(report, f"Learned from {len(words):,} of the sentences, drawn by lot.")
    if wordless := len(words) - len(texts):
        some = f"{wordless:,} sentence{'' if wordless == 1 else 's'} without words"
        note = f"{some} (signs, addresses, a script unknown here) are kept and teach nothing."
        report = _noted(report, note)
    if len(set(labels)) < 2:
        note = "The sentences have hardly any words. Teach sentences that say something."
        return _unfitted(report, data, folder, note)
    vectors, others = _heard(model, texts, labels, words, progress)
    cleaned = [words[text] for text in texts]
    head = fit(cleaned, labels, vectors, model.encoder.key, others, progress)
    replace(head, data=data).save(folder)
    return _with(report, head, folder)


def _noted(report: TeachReport, note: str) -> TeachReport:
    return replace(report, notes=(*report.notes, note))


def _unfitted(report: TeachReport, data: str, folder: Path, note: str) -> TeachReport:
    """Report that nothing can be learned; a head of other sentences must not go on speaking."""
    head = _loaded(folder)
    if head is None or head.data != data:
        _drop(folder)
    return _noted(report, note)


def _with(report: TeachReport, head: TaughtHead, folder: Path) -> TeachReport:
    return replace(
        report,
        is_fitted=True,
        weight=head.weight,
        figures=head.metrics,
        folder=str(folder),
    )


def _shipped(home: Path) -> Untaught:
    """Give the model of a home without what was taught."""
    from murecom.mood.encoder import Cached, UniversalEncoder
    from murecom.mood.model import MoodModel

    # remembered: the vectors are asked for twice, by the head and by the model
    model = MoodModel.shipped(Cached(UniversalEncoder()))
    if (voice := lexicon_voice(home)) is not None:
        model.voices.append(voice)
    return model


def _loaded(folder: Path) -> TaughtHead | None:
    """Give the head that is there; None if there is none that can be used."""
    try:
        return TaughtHead.load(folder)
    except (NotReady, BadInput):
        return None


def _heard(
    model: Untaught,
    texts: Sequence[str],
    labels: Sequence[str],
    words: Mapping[str, str],
    progress: Progress,
) -> tuple[Floats, Floats]:
    """Give the vectors of texts, and what the model says untaught of those that `fit` asks for."""
    from murecom.train.teach import chosen

    vectors = np.zeros((len(texts), model.encoder.dim), np.float32)
    others = np.zeros((len(texts), len(FELT)), np.float32)
    asked = np.zeros(len(texts), bool)
    asked[chosen(labels)] = True
    progress(Step("Encoding", 0, len(texts)))
    for start in range(0, len(texts), BATCH):
        some = texts[start : start + BATCH]
        vectors[start : start + BATCH] = model.encoder.encode([words[text] for text in some])
        rows = start + np.flatnonzero(asked[start : start + BATCH])
        if len(rows):
            others[rows] = model.log_probabilities([texts[row] for row in rows.tolist()])
        progress(Step("Encoding", start + len(some), len(texts)))
    return vectors, others


def _drop(folder: Path) -> None:
    """Delete a head."""
    delete(folder / artefact.MANIFEST)  # first: a folder without it holds nothing
    shutil.rmtree(folder, ignore_errors=True)


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
