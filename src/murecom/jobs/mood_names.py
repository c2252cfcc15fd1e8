"""Moods of tracks from the playlists that hold them; names that were read are kept in a file.

Reading is what takes long: 178,000 names are three minutes, the sums over their entries seconds.
So every name is read once, whatever happens to the lists, and a killed job has those that it read.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from murecom.errors import Unreachable
from murecom.jobs.mood_texts import VERSION, model_key
from murecom.mood import list_words
from murecom.mood.labels import FELT, near
from murecom.mood.names import by_names
from murecom.mood.parts import Column, Reader, felt
from murecom.store import Store
from murecom.store.tags import PLAYLIST
from murecom.types import Progress, Step, TrackId

Floats = NDArray[np.float32]

AT_ONCE = 10_000
"Names between two writes of the file: ten seconds' work."

TAG_KEYS = ("mood", "style", "tag")
"""Tags of playlists that are read beside the name, such as 伤感 and 治愈 of NetEase. Their subject
is `PLAYLIST` and the id: a track may have the same id."""

_COLUMNS = 3 + len(FELT)
_NEUTRAL = FELT.index("neutral")


def playlist_moods(
    store: Store, home: Path, model: Reader, again: bool, progress: Progress
) -> tuple[Sequence[TrackId], Column, Counter[str]]:
    """Give what playlists say of all tracks in them.

    Only playlists that models may learn from; of each its name, its description and its tags.

    Returns
    -------
    tracks : sequence of TrackId
        All that occur in a list.
    column : Column
        What is said of them; see `mood.names.by_names`.
    counts : Counter
        `playlists`, of which `named` say something by themselves.
    """
    lists = store.playlists.lists(progress=progress)
    if not lists.playlists:
        return [], by_names(*_none(), lists.starts, lists.entries, 0), Counter()
    texts: list[str] = []
    of: list[int] = []
    is_name: list[bool] = []
    described = store.playlists.descriptions()
    tagged = _tags(store, lists.playlists)
    for row, (playlist, name) in enumerate(zip(lists.playlists, lists.titles, strict=True)):
        said = (name, *tagged.get(playlist, ()), described.get(playlist, ""))
        for number, text in enumerate(said, 1):
            if text.strip():
                texts.append(text.strip())
                of.append(row)
                is_name.append(number < len(said))
    distinct = list(dict.fromkeys(texts))
    place = {text: row for row, text in enumerate(distinct)}
    read = read_names(distinct, home, model, again, progress)
    read[:, 3:] *= read[:, :1] > 0
    # words of lists say nothing in a sentence: "not for a party" is no party
    places = np.array([place[text] for text in texts], np.int64)
    rows = read[places]
    named = np.array(is_name, bool)
    rows[named] = _with_words(distinct, read)[places[named]]
    rows[:, 3 + _NEUTRAL] = 0  # it is no label of music
    rows[:, 3:] /= np.maximum(rows[:, 3:].sum(axis=1, keepdims=True), 1e-9)
    points, shares, sure = _of_lists(rows, np.array(of, np.int64), len(lists.playlists))
    column = by_names(points, shares, sure, lists.starts, lists.entries, len(lists.tracks))
    counts = Counter(playlists=len(sure), named=int((sure > 0).sum()))
    return lists.tracks, column, counts


def read_names(
    names: Sequence[str], home: Path, model: Reader, again: bool, progress: Progress
) -> Floats:
    """Read each name, or take what the file in the home folder knows of it.

    Returns
    -------
    ndarray of float32, shape (n, 12)
        What is felt (`mood.parts.felt`), valence, arousal and the probabilities of `FELT`.
    """
    file = home / "models" / "mood_names.npz"
    name = f"{VERSION} {model_key(model)}"
    known = {} if again else _load(file, name)
    keys = [
        hashlib.blake2b(one.encode("utf-8", "replace"), digest_size=16).digest() for one in names
    ]
    missing = [row for row, key in enumerate(keys) if key not in known]
    for start in range(0, len(missing), AT_ONCE):
        some = missing[start : start + AT_ONCE]
        for begin in range(0, len(some), 1000):
            progress(Step("Names of playlists", start + begin, len(missing)))
            rows = some[begin : begin + 1000]
            read = model.readings([names[row] for row in rows])
            columns = (felt(read)[:, None], read.points, read.probabilities)
            table = np.concatenate(columns, axis=1).astype(np.float32)
            known.update(zip((keys[row] for row in rows), table, strict=True))
        _save(file, name, known)
    progress(Step("Names of playlists", len(missing), len(missing)))
    table = np.zeros((len(keys), _COLUMNS), np.float32)
    for row, key in enumerate(keys):
        table[row] = known[key]
    return table


def _with_words(names: Sequence[str], read: Floats) -> Floats:
    """Add what words of lists say: to the labels by the same weights as to the points."""
    told = read.copy()
    told[:, 0], told[:, 1:3] = list_words.with_words(names, read[:, 0], read[:, 1:3])
    for row, name in enumerate(names):
        if (place := list_words.by_words(name)) is not None:
            own, said = float(read[row, 0]) ** 2, list_words.FELT**2
            told[row, 3:] = (own * read[row, 3:] + said * near(*place)) / (own + said)
    return told


def _of_lists(rows: Floats, of: NDArray[np.int64], count: int) -> tuple[Floats, Floats, Floats]:
    """Make one reading of all that is written on a list: its surest text decides how sure it is."""
    weight = rows[:, 0].astype(np.float64) ** 2
    total = np.maximum(np.bincount(of, weight, count), 1e-12)
    means = np.stack([np.bincount(of, weight * one, count) for one in rows[:, 1:].T], axis=1)
    sure = np.zeros(count, np.float32)
    np.maximum.at(sure, of, rows[:, 0])
    mean: Floats = np.asarray(means / total[:, None], np.float32)
    return mean[:, :2], mean[:, 2:], sure


def _tags(store: Store, playlists: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key in TAG_KEYS:
        if store.tags.sources(key):
            subjects = (PLAYLIST + playlist for playlist in playlists)
            for subject, tags in store.tags.of(subjects, key).items():
                playlist = subject.removeprefix(PLAYLIST)
                found.setdefault(playlist, []).extend(tag.value for tag in tags)
    return found


def _none() -> tuple[Floats, Floats, Floats]:
    return (
        np.zeros((0, 2), np.float32),
        np.zeros((0, len(FELT)), np.float32),
        np.zeros(0, np.float32),
    )


def _load(file: Path, name: str) -> dict[bytes, Floats]:
    """Read the file; what is missing, damaged or of another model is nothing."""
    try:
        with np.load(file, allow_pickle=False) as stored:
            if str(stored["model"]) != name or stored["moods"].shape[1:] != (_COLUMNS,):
                return {}
            keys = [key.tobytes() for key in stored["keys"]]
            return dict(zip(keys, np.asarray(stored["moods"], np.float32), strict=True))
    except Exception:  # zip and npy raise what they like; reading the names again mends it
        return {}


def _save(file: Path, name: str, known: dict[bytes, Floats]) -> None:
    keys = np.frombuffer(b"".join(known), np.uint8).reshape(-1, 16)
    part = file.with_name(file.name + ".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as stream:
            np.savez(stream, model=name, keys=keys, moods=np.stack(list(known.values())))
        os.replace(part, file)
    except OSError as error:
        raise Unreachable(
            f"Cannot write {file}: {error.strerror}. Make room or choose another --home."
        ) from error
