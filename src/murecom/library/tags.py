"""What a music file says about itself: tags, else a guess from its path.

tinytag reads the tags (the only import of it); here they are made dependable: several artists and
genres apart, wrong encodings mended, numbers checked, placeholders dropped, gaps filled.
"""

from __future__ import annotations

import io
import math
import os
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from tinytag import TinyTag, TinyTagException, UnsupportedFormatError

from murecom.library.guess import guess, readable
from murecom.text.fold import fold
from murecom.text.repair import repair

LONGEST = 500
"Characters kept of a value; the longest real titles have about 400."

_NOTHING = """
unknown,<unknown>,[unknown],unknown artist,unknown album,unknown title,no artist,no album,no title,
n/a,none,null,-,?,未知,未知艺术家,未知专辑,未知歌手,不明なアーティスト
"""
_PLACEHOLDERS = frozenset(_NOTHING.replace("\n", "").split(","))
"Values that programs write when they know nothing."

# Appendix A of ID3v1; numbers 80 and up came later, and tinytag knows them.
_GENRES = """
Blues|Classic Rock|Country|Dance|Disco|Funk|Grunge|Hip-Hop|Jazz|Metal|New Age|Oldies|Other|Pop|R&B|
Rap|Reggae|Rock|Techno|Industrial|Alternative|Ska|Death Metal|Pranks|Soundtrack|Euro-Techno|Ambient|
Trip-Hop|Vocal|Jazz+Funk|Fusion|Trance|Classical|Instrumental|Acid|House|Game|Sound Clip|Gospel|
Noise|AlternRock|Bass|Soul|Punk|Space|Meditative|Instrumental Pop|Instrumental Rock|Ethnic|Gothic|
Darkwave|Techno-Industrial|Electronic|Pop-Folk|Eurodance|Dream|Southern Rock|Comedy|Cult|Gangsta|
Top 40|Christian Rap|Pop/Funk|Jungle|Native American|Cabaret|New Wave|Psychedelic|Rave|Showtunes|
Trailer|Lo-Fi|Tribal|Acid Punk|Acid Jazz|Polka|Retro|Musical|Rock & Roll|Hard Rock
"""
_ID3_GENRES = _GENRES.replace("\n", "").split("|")

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}")
_GUEST = re.compile(r"\s+[(\[]?(?:feat\.?|ft\.|featuring)\s+", re.IGNORECASE)
_JOINERS = frozenset({"", "&", "and", "with", "x", "vs", "vs.", "et", "und", "y", "e", "presents"})
_RECORDING_KEYS = frozenset({"musicbrainztrackid", "musicbrainzrecordingid"})

_LYRICS = frozenset({"lyrics", "unsyncedlyrics", "syncedlyrics", "unsynchronisedlyrics", "uslt"})

_READS = 250_000
"Reads a file may take before its length is given up: 0.3 s, more than a ten-hour Ogg file needs."
_CHUNK = 64 << 20
"Bytes of the largest single read: a damaged size field must not fill the memory."


@dataclass(frozen=True, slots=True)
class Tags:
    """What is known of a recording; unknown values are None or empty.

    `duration` is in seconds, as the file's own header says or estimates it. `guessed` names the
    fields that come from the path. `notes` say, for a user, what was wrong with the tags.
    """

    title: str | None = None
    artists: tuple[str, ...] = ()
    album: str | None = None
    album_artist: str | None = None
    genres: tuple[str, ...] = ()
    year: int | None = None
    number: int | None = None
    mbid: str | None = None
    isrc: str | None = None
    duration: float | None = None
    guessed: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


def read_tags(path: str | os.PathLike[str], root: str | os.PathLike[str] | None = None) -> Tags:
    """Read the tags of a file and guess from its path what they leave open.

    Never raises for what the file is: damaged, empty, missing or no music at all, it gives what
    the path tells, and a note.

    Parameters
    ----------
    path : path
        The file.
    root : path, optional
        The music folder it was found in; folders below it may name artist and album. Without it
        only the name of the file is guessed from.

    Notes
    -----
    Several artists are kept apart where the file does so: repeated fields, NUL, "; ", and guests
    after "feat.". Other separators stay ("Simon & Garfunkel", "AC/DC"). Where a credit
    ("A & B") and its artists (A, B) are both given, the artists count.
    """
    path = os.fspath(path)
    tag, notes = _parse(path)
    known = Tags(notes=notes) if tag is None else _tags(tag, path, notes)
    return _filled(known, path, None if root is None else os.fspath(root))


def lyrics_tags(path: str | os.PathLike[str]) -> tuple[list[str], tuple[str, ...]]:
    """Give the lyrics in the tags of a file as they stand there, several if several are given.

    ID3 (USLT; SYLT as LRC), Vorbis (LYRICS, UNSYNCEDLYRICS, SYNCEDLYRICS), MP4, WMA. Never raises
    for what the file is; a note says what was wrong.
    """
    tag, notes = _parse(os.fspath(path), durations=(False,))
    if tag is None:
        return [], notes
    texts = [
        text for key in tag.other if "".join(filter(str.isalnum, key)) in _LYRICS
        for text in _other(tag, key)
    ]  # fmt: skip
    return [text for text in texts if text.strip(" \0\r\n\t")], notes


def _filled(known: Tags, path: str, root: str | None) -> Tags:
    """Fill the gaps from the path."""
    told = guess(path, root)
    chances = {
        "title": told.title,
        "artists": (told.artist,) if told.artist else (),
        "album": told.album,
        "album_artist": told.album_artist,
        "year": told.year,
        "number": told.number,
    }
    values = {name: getattr(known, name) for name in Tags.__dataclass_fields__}
    for name, value in chances.items():
        if value and (not values[name] or "\ufffd" in str(values[name])):
            values[name] = value
            values["guessed"] |= {name}
    return Tags(**values)


class _Patient(io.BufferedReader):
    """A file that refuses to be read for ever: damaged files make parsers wander."""

    left = _READS

    def read(self, size: int | None = -1, /) -> bytes:
        self.left -= 1
        if self.left < 0 or size is None or not 0 <= size <= _CHUNK:
            raise ValueError("the sizes in it cannot be right")
        return super().read(size)


def _parse(
    path: str, durations: tuple[bool, ...] = (True, False)
) -> tuple[TinyTag | None, tuple[str, ...]]:
    """Parse tags and duration, else only the tags; give a note when something went wrong."""
    trouble: Exception | None = None
    for with_duration in durations:
        try:
            with _Patient(io.FileIO(path)) as file:
                try:
                    # by content first: an Ogg file that is called .mp3 is still an Ogg file
                    tag = TinyTag.get(file_obj=file, duration=with_duration)
                except UnsupportedFormatError:
                    file.seek(0)
                    tag = TinyTag.get(path, file_obj=file, duration=with_duration)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            return None, (f"Tags cannot be read: {reason}.",)
        except UnsupportedFormatError:
            return None, ("Tags of this format are not understood.",)
        except TinyTagException as error:
            trouble = trouble or error
        else:
            return tag, (f"Tags are damaged: {trouble}.",) if trouble else ()
    return None, (f"Tags are damaged: {trouble}.",)


def _tags(tag: TinyTag, path: str, notes: tuple[str, ...]) -> Tags:
    def every(name: str, *others: str) -> list[str]:
        values = [getattr(tag, name, None), *(v for o in (name, *others) for v in _other(tag, o))]
        return _cleaned(v for v in values if isinstance(v, str))

    titles, albums = every("title"), every("album")
    return Tags(
        title=_title(titles, path),
        artists=_artists(every("artist")),
        album=next((a for a in albums if not _is_placeholder(a)), None),
        album_artist=next(iter(_artists(every("albumartist", "album artist"))), None),
        genres=_genres(every("genre")),
        year=_year(every("year", "date", "originaldate", "originalyear", "tdor", "tdrl")),
        number=_track_number(tag),
        mbid=_mbid(tag),
        isrc=_isrc(_other(tag, "isrc")),
        duration=_duration(tag.duration),
        notes=notes,
    )


def _other(tag: TinyTag, name: str) -> list[str]:
    return [value for value in tag.other.get(name, ()) if isinstance(value, str)]


def _cleaned(values: Iterable[str]) -> list[str]:
    """Split at NUL, mend and tidy values; empty and repeated ones go."""
    parts = (clean(part) for value in values for part in value.split("\0"))
    return list(dict.fromkeys(part for part in parts if part))


def clean(value: str) -> str:
    """Make a tag presentable: encoding mended, NFC, one line, at most `LONGEST` characters."""
    value = repair(value[: 8 * LONGEST])  # first: mojibake is full of control characters
    # halves of characters and marks of byte order cannot be shown, nor stored as UTF-8
    value = "".join(
        " " if unicodedata.category(c) in ("Cc", "Cs") else c for c in value if c != "\ufeff"
    )
    value = " ".join(unicodedata.normalize("NFC", value).split())
    return value if len(value) <= LONGEST else value[: LONGEST - 1].rstrip() + "…"


def _is_placeholder(value: str) -> bool:
    return value.casefold() in _PLACEHOLDERS


def _title(titles: list[str], path: str) -> str | None:
    """Give the title; of several, the one that the file name speaks of most."""
    titles = [title for title in titles if not _is_placeholder(title)]
    if len(titles) < 2:
        return next(iter(titles), None)
    name = _letters(readable(os.path.basename(path)))

    def common(title: str) -> int:
        letters = _letters(title)
        size = SequenceMatcher(None, name, letters, autojunk=False).find_longest_match().size
        return size if size > 3 else 0

    return max(titles, key=common)  # the first of equals


def _letters(text: str) -> str:
    return "".join(c for c in fold(text) if c.isalnum())


def _artists(values: list[str]) -> tuple[str, ...]:
    names: dict[str, str] = {}
    for value in values:
        for part in value.split("; "):
            for name in _GUEST.split(part):
                if (name := name.strip(" ;")) and not _is_placeholder(name):
                    names.setdefault(fold(name), name)
    return tuple(name for key, name in names.items() if not _is_credit(key, names.keys() - {key}))


def _is_credit(key: str, others: Iterable[str]) -> bool:
    """Tell whether `key` is made of at least two of the others and of words that join."""
    parts = [other for other in sorted(others, key=len, reverse=True) if other and other in key]
    for part in parts:
        key = key.replace(part, " ")
    return len(parts) > 1 and set(re.split(r"[\s,;/+·、]+", key)) <= _JOINERS


def _genres(values: list[str]) -> tuple[str, ...]:
    genres: dict[str, str] = {}
    for value in values:
        numbers = re.match(r"(?:\((?:\d+|RX|CR)\))*", value)
        end = numbers.end() if numbers else 0
        found = re.findall(r"\d+", value[:end])
        if value.isdecimal():
            found, end = [value], len(value)
        names = [_ID3_GENRES[int(n)] for n in found if int(n[:4]) < len(_ID3_GENRES)]
        for name in [*names, *value[end:].split(";")]:
            if (name := name.strip()) and not _is_placeholder(name):
                genres.setdefault(fold(name), name)
    return tuple(genres.values())


def _year(values: list[str]) -> int | None:
    matches = (re.search(r"[12]\d{3}", value, re.ASCII) for value in values)
    return next((int(match[0]) for match in matches if match), None)


def _track_number(tag: TinyTag) -> int | None:
    others = [int(v) for v in _other(tag, "track") if re.fullmatch(r"\d{1,4}", v, re.ASCII)]
    numbers = {n for n in (tag.track, *others) if isinstance(n, int) and 0 < n < 10_000}
    return numbers.pop() if len(numbers) == 1 else None  # several contradict each other


def _mbid(tag: TinyTag) -> str | None:
    """Give the MusicBrainz recording: UFID in ID3, MUSICBRAINZ_TRACKID in all others."""
    candidates = [v for v in _other(tag, "ufid") if "musicbrainz.org" in v]
    for key in tag.other:
        if "".join(c for c in key if c.isalnum()) in _RECORDING_KEYS:
            candidates += _other(tag, key)
    matches = (_UUID.search(value.lower()) for value in candidates)
    return next((match[0] for match in matches if match), None)


def _isrc(values: list[str]) -> str | None:
    codes = (re.sub(r"[\s\0-]", "", value).upper() for value in values)
    return next((code[:12] for code in codes if _ISRC.match(code)), None)


def _duration(seconds: object) -> float | None:
    if not isinstance(seconds, (int, float)) or not math.isfinite(seconds) or seconds <= 0:
        return None
    return float(seconds)
