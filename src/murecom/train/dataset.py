"""Clips with a genre: a folder for each genre, or names that begin with it.

First stop of every training. Three layouts are understood, and nothing needs to be said about
which one it is::

    DIR/blues/one.mp3             a folder for each genre, however deep the files lie in it
    DIR/genres/blues/x.au         the same below lonely folders, as GTZAN's archive unpacks
    DIR/blues.00000.mp3           names `genre.number.ext`, as GTZAN calls its files
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from murecom.errors import BadInput, NotFound
from murecom.library.tags import read_tags
from murecom.library.walk import Unreadable, walk

__all__ = ["Clip", "Unreadable", "check", "genres_of", "labels_of", "read_clips"]

_NUMBERED = re.compile(r"(?P<genre>.+)\.\d+")

LEAST = 2
"Clips that a genre needs: one to learn from, one to be tested on."


@dataclass(frozen=True, slots=True)
class Clip:
    """A sound file with its genre.

    `artist` is who plays, folded for comparison, None when no tag says so. `id` is the path below
    the library with `/` between the parts, `blues/blues.00000.wav`; no two clips share one.
    """

    path: Path
    genre: str
    artist: str | None
    id: str


def read_clips(folder: Path | str) -> tuple[list[Clip], list[Unreadable]]:
    """List the clips of a library with a folder for each genre; nothing is decoded yet.

    Parameters
    ----------
    folder : Path or str
        In one of the layouts above; any format that `audio.decode` reads, rates may be mixed.

    Returns
    -------
    clips : list of Clip
        Sorted by `id`.
    problems : list of Unreadable
        Files and folders that are left out, each with a sentence that says why. Files that turn
        out to be broken are found by whoever decodes them; call `check` again after that.

    Raises
    ------
    NotFound
        There is no such folder.
    BadInput
        No audio in it, a single genre, or a genre with a single clip.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}. Name a folder that holds one for each genre.")
    root = Path(os.path.abspath(folder))  # without `..`, as the paths that are found
    paths: list[Path] = []
    problems: list[Unreadable] = []
    for found in walk([root]):
        if isinstance(found, Unreadable):
            problems.append(found)
        else:
            paths.append(Path(found.path))
    if not paths:
        why = f" {problems[0].path}: {problems[0].reason}" if problems else ""
        raise BadInput(
            f"There is no audio in {folder}.{why} "
            "Name a folder that holds a folder of sound files for each genre."
        )
    clips = []
    for path, genre in _genres(root, paths):
        if genre is None:
            problems.append(
                Unreadable(
                    str(path),
                    "Neither a folder nor its name tells its genre. Move it into a genre's folder.",
                )
            )
        else:
            id_ = PurePosixPath(path.relative_to(root)).as_posix()
            clips.append(Clip(path, genre, _artist(path), id_))
    clips.sort(key=lambda clip: clip.id)
    check(clips, folder)
    return clips, problems


def check(clips: Sequence[Clip], folder: Path | str) -> None:
    """Refuse what nothing can be learned from.

    Raises
    ------
    BadInput
        No clips, a single genre, or a genre with a single clip; the sentence names it.
    """
    counts = Counter(clip.genre for clip in clips)
    if not counts:
        raise BadInput(
            f"No clip of {folder} can be used. Replace the files, or name another folder."
        )
    if len(counts) == 1:
        raise BadInput(
            f"All clips of {folder} ({len(clips)}) are of one genre, '{clips[0].genre}'. "
            "Add a folder with clips of another genre beside it."
        )
    lonely = [clip for clip in clips if counts[clip.genre] < LEAST]
    if lonely:
        names = ", ".join(f"'{clip.genre}' ({clip.path})" for clip in lonely[:3])
        more = f" and {len(lonely) - 3} more" if len(lonely) > 3 else ""
        raise BadInput(
            f"A genre needs at least {LEAST} clips that can be read; there is only one of {names}"
            f"{more}. Add clips, or move the genre out of {folder}."
        )


def genres_of(clips: Sequence[Clip]) -> tuple[str, ...]:
    """Give the names of the genres, sorted: the order of the columns of every network."""
    return tuple(sorted({clip.genre for clip in clips}))


def labels_of(clips: Sequence[Clip], genres: Sequence[str]) -> list[int]:
    """Give the column of the genre of each clip."""
    column = {genre: number for number, genre in enumerate(genres)}
    return [column[clip.genre] for clip in clips]


def _genres(root: Path, paths: Sequence[Path]) -> list[tuple[Path, str | None]]:
    """Tell the genre of each file, None where nothing says it."""
    parts = {path: path.relative_to(root).parts for path in paths}
    depth = 0  # lonely folders on the way: genres/, or Data/genres_original/
    while all(len(p) > depth + 2 for p in parts.values()):
        if len({p[depth] for p in parts.values()}) > 1:
            break
        depth += 1
    by_folder = [(path, p[depth] if len(p) > depth + 1 else None) for path, p in parts.items()]
    named = {genre for _, genre in by_folder if genre is not None}
    by_name = [(path, _from_name(path)) for path in paths]
    # one folder whose files name several genres is no genre, but a box
    if len(named) < 2 and len({genre for _, genre in by_name if genre is not None}) > len(named):
        return by_name
    return by_folder


def _from_name(path: Path) -> str | None:
    match = _NUMBERED.fullmatch(path.stem)
    return match["genre"] if match else None


def _artist(path: Path) -> str | None:
    """Give who plays if the tags say so; a guess from the path would be the genre, or a number."""
    from murecom.text.fold import fold

    tags = read_tags(path)
    if not tags.artists or "artists" in tags.guessed:
        return None
    return fold(tags.artists[0])
