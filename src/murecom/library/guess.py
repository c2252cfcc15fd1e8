"""What the place of a file tells about it, for files without tags.

Two orders are understood: `Artist/Album/01 - Title.ext` by folders and `Artist - Title.ext` by
name, each with the usual decorations (years, discs, numbers, underscores). Whatever is not clear
stays unknown: a missing artist is better than a wrong one.
"""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass

from murecom.text.fold import same_name
from murecom.text.repair import repair

_PLACES = """
music musik musique musica 音乐 音楽 audio sound sounds songs song tracks media data share usr home
mnt srv opt var games game downloads download desktop documents library collection albums artists
mp3 flac ogg wav m4a opus lossless unsorted misc new temp tmp soundtrack soundtracks ost playlists
"""
_NOT_NAMES = frozenset(_PLACES.split())
"Folded names of folders that sort files and name neither an artist nor an album."

_VARIOUS = frozenset({"various artists", "various", "va", "v.a.", "compilations", "群星"})

_WHOLE = frozenset({"song", "audio", "track", "music", "full", "output"})
_STEMS = frozenset({"guitar", "rhythm", "bass", "drums", "vocals", "backing", "keys"})
"File names that tell which part of a recording this is; its name is that of the folder."

_DISC = re.compile(r"(?:cd|dis[ck])[\s._-]*\d{1,2}(?:\b.*)?", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(?:[\[(]([12]\d{3})[\])]\s*|([12]\d{3})\s+[-–—]\s+)(?=\S)")
_YEAR_LAST = re.compile(r"(?<=\S)\s*[\[(]([12]\d{3})\b[^\])]*[\])]$")
_QUALITY = re.compile(
    r"(?<=\S)\s*[\[({](?:flac|mp3|aac|m4a|ogg|opus|web|v0|v2|320|256|192|128|16|24)\b[^\])}]*[\])}]$",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?:\d[-.](\d\d)(?:\s*[-.)]\s*|\s+)"  # "1-07 Title": disc and track
    r"|[\[(](\d{1,3})[\])]\s*"
    r"|(\d{1,3})(?:\s*[.)](?!\d)\s*|\s*[-–—]\s+)"
    r"|(\d\d)-(?=\D)"
    r"|(0\d{1,2})\s+)(?=\S)"
)
_DASH = re.compile(r"\s+[-–—]+\s+")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a path tells; None and empty where it tells nothing."""

    title: str | None = None
    artist: str | None = None
    album: str | None = None
    album_artist: str | None = None
    year: int | None = None
    number: int | None = None


def guess(path: str, root: str | None = None) -> Guess:
    """Guess title, artist, album, year and track number from a path.

    Parameters
    ----------
    path : str
        Of a file; it need not exist. Names may hold surrogates (`os.fsdecode`).
    root : str, optional
        The music folder: only folders below it count. Without it the file name alone speaks.

    Returns
    -------
    Guess
        The title is None only for a name without a single visible character.
    """
    stem = readable(os.path.splitext(os.path.basename(path))[0])
    if " " not in stem:
        stem = " ".join(stem.replace("_", " ").split())
    folders = [f for f in _folders(path, root) if not _DISC.fullmatch(f)]
    place = _place(folders)

    number, rest = _number(stem)
    parts = _DASH.split(rest)
    for i in range(1, len(parts) - 1):  # "Artist - Album - 01 - Title"
        if number is None and re.fullmatch(r"\d{1,3}", parts[i], re.ASCII):
            number = int(parts.pop(i))
            if i == 2 and not place.album:
                place = Guess(album=parts.pop(1), artist=place.artist, year=place.year)
            break

    artist, title = place.artist, " - ".join(parts)
    if len(parts) > 1:
        if artist and same_name(parts[0], artist):
            parts = parts[1:]
            if len(parts) > 1 and place.album and same_name(parts[0], place.album):
                parts = parts[1:]
        elif artist and same_name(parts[-1], artist):
            parts = parts[:-1]
        elif not artist or not place.album or _is_various(artist):
            # a folder of loose files is often a genre: the name of the file knows better
            artist, parts = parts[0], parts[1:]
        title = " - ".join(parts)
    album, title = _of_parts(title, place.album)
    if artist and _is_various(artist):
        artist = None
    various = place.artist if place.artist and _is_various(place.artist) else None
    return Guess(title or None, artist or None, album or None, various, place.year, number)


def readable(name: str) -> str:
    """Give a file name as text: NFC, without control characters, wrong bytes read as best we can.

    Bytes that are no UTF-8 are taken for Latin-1, or for what `text.repair` recognises in them.
    """
    raw = os.fsencode(name)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = repair(raw.decode("latin-1"))
    visible = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text)
    return unicodedata.normalize("NFC", " ".join(visible.split()))


def _folders(path: str, root: str | None) -> list[str]:
    if root is None:
        return []
    inner = os.path.relpath(os.path.dirname(os.path.abspath(path)), os.path.abspath(root))
    if inner == os.curdir or inner.split(os.sep)[0] == os.pardir:
        return []
    names = (readable(part.replace("_", " ")) for part in inner.split(os.sep))
    return [name for name in names if name]


def _place(folders: list[str]) -> Guess:
    """Read artist, album and year from the last two folders."""
    if not folders or folders[-1].casefold() in _NOT_NAMES:
        return Guess()
    album, year = _album(folders[-1])
    above = folders[-2] if len(folders) > 1 else None
    if above is not None and above.casefold() in _NOT_NAMES:
        above = None
    parts = _DASH.split(album, maxsplit=1)
    if len(parts) == 2 and (above is None or same_name(parts[0], above)):
        album, inner_year = _album(parts[1])
        return Guess(artist=parts[0], album=album, year=year or inner_year)
    if above is not None:
        return Guess(artist=above, album=album, year=year)
    if year is not None or len(folders) > 1:
        return Guess(album=album, year=year)
    return Guess(artist=album)  # one folder: more often the artist than the album


def _album(name: str) -> tuple[str, int | None]:
    """Split "[2001] Album [FLAC]", "2001 - Album" or "Album (2001)" into album and year."""
    name = _QUALITY.sub("", name)
    if match := _YEAR_FIRST.match(name):
        return name[match.end() :], int(match[1] or match[2])
    if match := _YEAR_LAST.search(name):
        return name[: match.start()], int(match[1])
    return name, None


def _number(stem: str) -> tuple[int | None, str]:
    """Split the track number off; a bare number before a word stays ("99 Luftballons")."""
    match = _NUMBER.match(stem)
    if not match:
        return None, stem
    return int(match[match.lastindex or 0]), stem[match.end() :]


def _of_parts(title: str, album: str | None) -> tuple[str | None, str]:
    """Give album and title, for files that are one part of the recording their folder names."""
    if album and title.casefold() in _WHOLE:
        return None, album
    if album and title.casefold() in _STEMS:
        return None, f"{album} ({title.casefold()})"
    return album, title


def _is_various(artist: str) -> bool:
    return artist.casefold() in _VARIOUS
