"""From what people name to tracks: ids, paths, free text, entries of playlists."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from murecom.errors import Ambiguous, BadInput, NotFound
from murecom.jobs.matching import by_identity, by_name
from murecom.library.identity import content_hash, track_of
from murecom.library.tags import read_tags
from murecom.library.walk import Found
from murecom.store import Store
from murecom.types import Track, TrackId

CHOICES = 9
"Choices offered for an ambiguous text: as many as one key can pick."

EXACT = 0.97
"Score from which a search hit's whole name is the text, but for punctuation and gaps."

_SPOTIFY = re.compile(r"https://open\.spotify\.com/(?:intl-\w+/)?track/(\w+)(?:[?#].*)?")


@dataclass(frozen=True, slots=True)
class Choice:
    """One track that an ambiguous text may mean."""

    track: Track

    def __str__(self) -> str:
        track = self.track
        parts = [track.name]
        if track.album:
            parts.append(f"({track.album})")
        if track.duration is not None:
            minutes, seconds = divmod(round(track.duration), 60)
            parts.append(f"{minutes}:{seconds:02d}")
        if track.path:
            # songs of one name differ by their files
            parts.append(os.path.join(*Path(track.path).parts[-2:]))
        return "  ".join([*parts, track.id])


def find_track(store: Store, text: str, first: bool = False) -> Track:
    """Find the one track that an id, a path or a free text means.

    Parameters
    ----------
    store : Store
        The library.
    text : str
        Tried in this order: a known id (or an address at Spotify), the path of a file (in the
        library or not), a name.
    first : bool
        Take the best match of an ambiguous name.

    Returns
    -------
    Track
        A file outside the library gives a track with its path and the id it would have.

    Raises
    ------
    NotFound
        Nothing fits.
    Ambiguous
        A name fits several tracks and none stands out; `choices` holds the best, as `Choice`.
    """
    if not text.strip():
        raise BadInput("An empty text names no track. Give an id, a path or a title.")
    known = store.tracks.get([as_id(text)])
    if known:
        return next(iter(known.values()))
    path = os.path.abspath(os.path.expanduser(text))
    if "\0" not in text and os.path.isfile(path):
        return store.tracks.by_path(path) or outside_track(path)
    hits = store.tracks.search(text, limit=CHOICES)
    if not hits:
        looks = os.sep in text or text.startswith("file:")
        kind = "file or track" if looks else "track"
        raise NotFound(
            f"No {kind} is known as '{text}'. Look for it with: murecom search, or scan its folder."
        )
    # a line of somebody's list stands behind a track of that name that more is known of
    hits.sort(key=lambda hit: (-hit[1], hit[0].id.startswith("text:")))
    hits = _as_files(store, hits)
    exact = [track for track, score in hits if score >= EXACT]
    if first or len(hits) == 1 or len(exact) == 1:
        return hits[0][0]
    choices = tuple(Choice(track) for track, _ in hits)
    raise Ambiguous(
        f"'{text}' fits several tracks. Name one by its id or more words, or add --first.", choices
    )


def _as_files(store: Store, hits: Sequence[tuple[Track, float]]) -> list[tuple[Track, float]]:
    """Put files in the place of tracks that are the same recording, each once."""
    files = store.twins.files(track.id for track, _ in hits)
    tracks = store.tracks.get(files.values())
    named: dict[TrackId, tuple[Track, float]] = {}
    for track, score in hits:
        file = tracks.get(files.get(track.id, track.id), track)
        named.setdefault(file.id, (file, score))
    return list(named.values())


def as_id(text: str) -> TrackId:
    """Take a text for an id; the address of a track at Spotify is one, too."""
    page = _SPOTIFY.fullmatch(text.strip())
    return TrackId(f"spotify:track:{page.group(1)}" if page else text)


def outside_track(path: str) -> Track:
    """Describe a music file that is not in the library.

    Raises
    ------
    BadInput
        The file cannot be read.
    """
    try:
        stat = os.stat(path)
        digest = content_hash(path)
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read ({error.strerror}). Check the file and its permissions."
        ) from error
    found = Found(path, stat.st_size, stat.st_mtime_ns)
    return track_of(found, read_tags(path), digest)


def match_entries(
    store: Store, tracks: Sequence[Track], base: Path, outside: bool = True
) -> tuple[list[Track], list[str]]:
    """Find the tracks that the entries of a playlist file mean.

    An entry is matched by id, then by path, then by artist and title. Files that exist but were
    never scanned come back as tracks outside the library, unless `outside` is false.

    Returns
    -------
    matched : list of Track
        In playlist order.
    notes : list of str
        A sentence for each entry that could not be matched.
    """
    matched: list[Track] = []
    notes: list[str] = []
    for entry in tracks:
        track = _match(store, entry, base, outside)
        if track is None:
            notes.append(f"Not known: {entry.path or entry.name}.")
        else:
            matched.append(track)
    return matched, notes


def _match(store: Store, entry: Track, base: Path, outside: bool) -> Track | None:
    track = by_identity(store, entry, os.fspath(base))
    if track is None and outside and entry.path:
        path = os.path.abspath(os.path.join(base, entry.path))
        if os.path.isfile(path):
            return outside_track(path)
    return track or by_name(store, entry)
