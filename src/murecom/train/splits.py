"""Which clips teach, which decide when to stop, and which only examine.

Three parts that share no clip and, where tags say who plays, no artist: a network that knows the
voice of a singer knows the genre of all the singer's songs, and its accuracy says nothing (Flexer &
Schnitzer, "Effects of album and artist filters in audio similarity", Computer Music Journal 2010).
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput, NotFound
from murecom.library.sniff import AUDIO_EXTENSIONS
from murecom.train.dataset import Clip

Indices = NDArray[np.intp]

VALID_PART = 0.2
"Of what is not tested; 0.1 leaves one clip of each genre in small libraries: too few to stop by."

_PARTS = {
    "train": "train",
    "training": "train",
    "valid": "valid",
    "validation": "valid",
    "val": "valid",
    "dev": "valid",
    "test": "test",
    "testing": "test",
}


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """Rows of clips for each purpose: three arrays of integers, sorted, without a common one."""

    train: Indices
    valid: Indices
    test: Indices


@dataclass(frozen=True, slots=True)
class Split:
    """The folds of a run and what a user should know about them.

    `kind` is `published`, `artist` (no artist in two parts) or `stratified` (nobody knows who
    plays). `unknown` are ids of the list without a clip, `absent` clips that the list leaves out.
    """

    folds: tuple[Fold, ...]
    kind: str
    notes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """The notes, and what list and library do not share: counted, the first five named."""
        said = list(self.notes)
        for ids, what in (
            (self.unknown, "ids of the list fit no clip"),
            (self.absent, "clips are not on the list and are left out"),
        ):
            if ids:
                more = " …" if len(ids) > 5 else ""
                said.append(f"{len(ids)} {what}: {', '.join(ids[:5])}{more}")
        return tuple(said)


def folds(clips: Sequence[Clip], count: int = 5, seed: int = 0) -> Split:
    """Divide clips so that each is tested once, by a network that has not heard its artist.

    Parameters
    ----------
    clips : sequence of Clip
        As `dataset.read_clips` gives them.
    count : int
        How many folds; fewer where no genre has so many clips (or artists).
    seed : int
        Another one divides otherwise; the same one always alike.

    Returns
    -------
    Split
        `kind` is `artist` when tags say who plays and every genre has two artists; clips without
        an artist count as one artist each. Else `stratified`. Genres are spread evenly in both.

    Raises
    ------
    BadInput
        Fewer than two folds were asked for.
    """
    if count < 2:
        raise BadInput(f"There must be at least 2 folds, not {count}.")
    groups, kind, notes = groups_of(clips)
    labels = _labels(clips)
    by_genre: dict[int, set[int]] = defaultdict(set)
    for group, label in zip(groups, labels, strict=True):
        by_genre[int(label)].add(int(group))
    most = max(len(members) for members in by_genre.values())
    if most < count:
        notes.append(f"{count} folds are more than the clips allow; {most} are made.")
        count = most
    rng = np.random.default_rng([seed, 0])
    part = _deal(labels, groups, count, rng)
    made = []
    for fold in range(count):
        rest = np.flatnonzero(part != fold)
        train, valid = _carve(rest, labels, groups, np.random.default_rng([seed, 1, fold]))
        made.append(Fold(train, valid, np.flatnonzero(part == fold)))
    return Split(tuple(made), kind, tuple(notes))


def whole(clips: Sequence[Clip], seed: int = 0) -> Fold:
    """Take all clips for training but a validation part: for the network that is kept."""
    groups, _, _ = groups_of(clips)
    rows = np.arange(len(clips))
    train, valid = _carve(rows, _labels(clips), groups, np.random.default_rng([seed, 2]))
    return Fold(train, valid, np.zeros(0, np.intp))


def published(clips: Sequence[Clip], file: Path | str, seed: int = 0) -> Split:
    """Divide clips as a list says: lines `id,part`, with or without a header.

    Parameters
    ----------
    clips : sequence of Clip
        As `dataset.read_clips` gives them.
    file : Path or str
        Comma-separated. Parts are train, valid and test; an id is a path below the library or the
        end of one, with or without its suffix: `blues/blues.00000.wav`, `blues.00000`.
    seed : int
        For the validation part where the list has none: it is carved from the training part.

    Returns
    -------
    Split
        One fold; `unknown` and `absent` name what list and library do not share.

    Raises
    ------
    NotFound
        There is no such file.
    BadInput
        A line cannot be understood or fits several clips, a clip stands in two parts, nothing is
        left to train or to test, or a genre is tested that is not trained.
    """
    rows: dict[str, list[int]] = {"train": [], "valid": [], "test": []}
    names = _names(clips)
    unknown: list[str] = []
    where: dict[int, str] = {}
    for number, id_, part in _lines(Path(file)):
        found = _find(id_, names)
        if not found:
            unknown.append(id_)
            continue
        if len(found) > 1:
            several = ", ".join(clips[row].id for row in found[:3])
            raise BadInput(
                f"{file}, line {number}: '{id_}' fits several clips: {several}. "
                "Write the folder in front of it."
            )
        if where.setdefault(found[0], part) != part:
            raise BadInput(
                f"{file}, line {number}: {clips[found[0]].id} stands in '{where[found[0]]}' and "
                f"in '{part}'. Remove one of the lines."
            )
        rows[part].append(found[0])
    parts = {part: np.unique(np.asarray(chosen, np.intp)) for part, chosen in rows.items()}
    for part in ("train", "test"):
        if not len(parts[part]):
            raise BadInput(
                f"{file} names no clip of this library for the part '{part}'. "
                f"Its ids must look like '{clips[0].id}'."
            )
    taught = {clips[row].genre for row in parts["train"]}
    strange = sorted({clips[row].genre for row in parts["test"]} - taught)
    if strange:
        raise BadInput(
            f"{file} tests '{strange[0]}' but trains no clip of it. Correct the list, or move "
            "that genre out of the library."
        )
    groups, _, _ = groups_of(clips)
    notes = _shared_artists(clips, parts)
    train, valid = parts["train"], parts["valid"]
    if not len(valid):
        train, valid = _carve(train, _labels(clips), groups, np.random.default_rng([seed, 1]))
        notes.append(f"The list has no validation part; {len(valid)} training clips serve as one.")
    listed = np.concatenate(list(parts.values()))
    absent = tuple(clip.id for row, clip in enumerate(clips) if row not in set(listed.tolist()))
    fold = Fold(train, valid, parts["test"])
    return Split((fold,), "published", tuple(notes), tuple(unknown), absent)


def _labels(clips: Sequence[Clip]) -> Indices:
    names = {genre: number for number, genre in enumerate(sorted({c.genre for c in clips}))}
    return np.array([names[clip.genre] for clip in clips], np.intp)


def groups_of(clips: Sequence[Clip]) -> tuple[Indices, str, list[str]]:
    """Number what must stay together; tell the kind of the division and why it is that."""
    alone = np.arange(len(clips))
    known = [clip for clip in clips if clip.artist]
    if not known:
        return alone, "stratified", ["No tag says who plays: an artist may be in two parts."]
    numbers: dict[str, int] = {}
    groups = np.array(
        [
            len(clips) + numbers.setdefault(clip.artist, len(numbers)) if clip.artist else row
            for row, clip in enumerate(clips)
        ],
        np.intp,
    )
    artists: dict[str, set[int]] = defaultdict(set)
    for clip, group in zip(clips, groups, strict=True):
        artists[clip.genre].add(int(group))
    single = sorted(genre for genre, members in artists.items() if len(members) < 2)
    if single:
        names = ", ".join(f"'{genre}'" for genre in single[:3]) + (" …" if single[3:] else "")
        note = (
            f"The tags name one artist for all clips of a genre ({names}), so artists cannot be "
            "kept apart: if the tags are right, the accuracy is too good."
        )
        return alone, "stratified", [note]
    notes = []
    if len(known) < len(clips):
        notes.append(
            f"{len(clips) - len(known)} of {len(clips)} clips have no artist tag; "
            "each counts as an artist of its own."
        )
    return groups, "artist", notes


def _deal(labels: Indices, groups: Indices, count: int, rng: np.random.Generator) -> Indices:
    """Give every row a part, groups whole, genres even: large groups first, then to the poorest."""
    members: dict[int, list[int]] = defaultdict(list)
    for row, group in enumerate(groups):
        members[int(group)].append(row)
    order = [list(members)[k] for k in rng.permutation(len(members))]
    order.sort(key=lambda group: (-len(members[group]), int(labels[members[group][0]])))
    held = np.zeros((count, int(labels.max()) + 1))
    part = np.zeros(len(labels), np.intp)
    for group in order:
        rows = members[group]
        here = np.unique(labels[rows])
        fullness = held[:, here].sum(axis=1) * len(labels) + held.sum(axis=1)
        chosen = int(fullness.argmin())
        part[rows] = chosen
        np.add.at(held[chosen], labels[rows], 1)
    return part


def _carve(
    rows: Indices, labels: Indices, groups: Indices, rng: np.random.Generator
) -> tuple[Indices, Indices]:
    """Take a validation part from rows, groups whole, and leave every genre something to train."""
    part = _deal(labels[rows], groups[rows], round(1 / VALID_PART), rng)
    is_valid = part == 0
    for genre in set(labels[rows].tolist()) - set(labels[rows][~is_valid].tolist()):
        back = set(groups[rows][labels[rows] == genre].tolist())
        is_valid &= np.array([int(group) not in back for group in groups[rows]])
    return rows[~is_valid], rows[is_valid]


def _lines(file: Path) -> list[tuple[int, str, str]]:
    """Read line number, id and part of each line."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        raise NotFound(f"There is no file {file}. Name a list with lines 'id,part'.") from None
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} is no text. Name a list with lines 'id,part'.") from error
    found = []
    for number, cells in enumerate(csv.reader(text.splitlines()), 1):
        if not cells or not any(cell.strip() for cell in cells):
            continue
        part = _PARTS.get(cells[1].strip().lower()) if len(cells) == 2 else None
        if part is None:
            if number == 1 and len(cells) == 2:
                continue  # the header
            raise BadInput(
                f"{file}, line {number}: '{','.join(cells)}' is not 'id,part' with a part of "
                "train, valid or test. Correct the line."
            )
        found.append((number, cells[0].strip().replace("\\", "/"), part))
    return found


def _names(clips: Sequence[Clip]) -> dict[str, list[int]]:
    """Map every way to write an id to the rows that it fits."""
    names: dict[str, list[int]] = defaultdict(list)
    for row, clip in enumerate(clips):
        parts = PurePosixPath(clip.id).parts
        for start in range(len(parts)):
            end = "/".join(parts[start:])
            for name in dict.fromkeys((end, end.removesuffix(clip.path.suffix))):
                names[name].append(row)
    return names


def _find(id_: str, names: dict[str, list[int]]) -> list[int]:
    """Give the rows that an id fits; its own leading folders and its suffix may differ."""
    parts = PurePosixPath(id_).parts
    stem, _, suffix = id_.rpartition(".")
    for start in range(len(parts)):
        end = "/".join(parts[start:])
        tries = [end]
        if stem and suffix.lower() in AUDIO_EXTENSIONS:
            tries.append(end.removesuffix(f".{suffix}"))
        for name in tries:
            if name in names:
                return names[name]
    return []


def _shared_artists(clips: Sequence[Clip], parts: dict[str, Indices]) -> list[str]:
    taught = Counter(clips[row].artist for row in parts["train"] if clips[row].artist)
    both = sorted({str(clips[r].artist) for r in parts["test"] if clips[r].artist in taught})
    if not both:
        return []
    return [f"{len(both)} artists are in both train and test: the accuracy is too good."]
