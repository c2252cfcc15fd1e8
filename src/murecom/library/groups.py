"""Artists and albums: which tracks belong together by their names."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from murecom.text.fold import name_key
from murecom.text.names import split_title
from murecom.types import Track

NOBODY: Final = frozenset((
    "various", "various artists", "va", "v a", "diverse", "diverse interpreten", "verschiedene",
    "verschiedene interpreten", "artistes divers", "varios", "varios artistas", "artisti vari",
    "unknown", "unknown artist", "none", "no artist", "unbekannt", "unbekannter interpret",
    "artiste inconnu", "artista desconocido", "群星", "华语群星", "未知", "未知艺术家", "未知歌手",
    "佚名", "不明",
))  # fmt: skip
"Keys of names (`name_key`) that name nobody."

UNTITLED: Final = frozenset((
    "unknown", "unknown album", "none", "no album", "未知", "未知专辑",
))  # fmt: skip
"Keys of titles that are no album's."

_MAY_FEATURE = re.compile(r"feat|ft\b|ft\.|with|duet|合作|合唱|[fw]/", re.IGNORECASE)
"What a title must hold to be worth taking apart, which takes fifty times as long."


@dataclass(frozen=True, slots=True)
class Group:
    """Tracks under one name: `key` is the name folded, `rows` are places in the list of tracks."""

    name: str
    key: str
    rows: tuple[int, ...]


def by_artist(tracks: Sequence[Track]) -> list[Group]:
    """Group tracks by who plays, guests included; those of nobody known are left out.

    Names that differ in case, accents or punctuation only are one artist, called as most of its
    tracks write it. A guest whom only the title names ("feat. …") counts as well.

    Returns
    -------
    list of Group
        In order of keys. A track stands under each of its artists.
    """
    entries = (
        (row, name_key(name), name)
        for row, track in enumerate(tracks)
        for name in {name_key(n): n for n in (*track.artists, *_guests(track.title))}.values()
    )
    return _collect(entry for entry in entries if entry[1] and entry[1] not in NOBODY)


def by_album(tracks: Sequence[Track], album_artists: Sequence[str | None]) -> list[Group]:
    """Group tracks by album: the artist of the album, else of the track, and the title.

    Parameters
    ----------
    tracks : sequence of Track
        Those without an album are left out.
    album_artists : sequence of str or None
        Whose album it is, one per track, where the file says so.

    Returns
    -------
    list of Group
        In order of keys, called "Artist – Album", or by the title alone if nobody is named.
    """
    entries = []
    for row, (track, owner) in enumerate(zip(tracks, album_artists, strict=True)):
        title = name_key(track.album or "")
        if not title or title in UNTITLED:
            continue
        artist = owner or ", ".join(track.artists)
        key = f"{name_key(artist)}\n{title}"
        entries.append((row, key, f"{artist} – {track.album}" if artist else str(track.album)))
    return _collect(entries)


def _guests(title: str | None) -> tuple[str, ...]:
    if not title or not _MAY_FEATURE.search(title):
        return ()
    return split_title(title).featured


def _collect(entries: Iterable[tuple[int, str, str]]) -> list[Group]:
    rows: defaultdict[str, list[int]] = defaultdict(list)
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row, key, name in entries:
        rows[key].append(row)
        names[key][" ".join(name.split())] += 1
    return [Group(names[key].most_common(1)[0][0], key, tuple(rows[key])) for key in sorted(rows)]
