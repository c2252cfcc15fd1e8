"""M3U and M3U8: a path a line, with names and lengths in comments.

Written: UTF-8 without byte order mark, LF, `#EXTM3U`, `#PLAYLIST`, `#EXTINF`, "/" between folders.
There is no standard; the writer keeps to what MPD 0.23, Navidrome and the common players agree on
(MPD lists `.m3u` only). Paths are bytes: those that are no UTF-8 are written as they are.
"""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote_to_bytes

from murecom.errors import BadInput
from murecom.formats.base import (
    Format,
    Place,
    Source,
    entry_track,
    is_url,
    known_ids,
    no_track,
    slashes,
    tidy,
)
from murecom.text.repair import repair
from murecom.types import Playlist, Track

_EXTINF = re.compile(
    r"#EXTINF:\s*(?P<seconds>-?\d+(?:\.\d+)?)?(?P<attributes>(?:\s+[\w-]+=(?:\"[^\"]*\"|[^\s,]*))*)"
    r"\s*,?(?P<name>.*)",
    re.IGNORECASE,
)
_JOIN = " <> "  # of bytes that are no part of a character in GBK, Big5 and Shift-JIS
_MEDIA = re.compile(rb"\.(?:mp3|m4a|aac|ogg|oga|opus|flac|wav|aiff?|wma|wv|ape|mpc)\s*$", re.I)


class M3U(Format):
    """A list of paths, extended by comments."""

    name = "m3u"
    suffixes = (".m3u", ".m3u8")

    def sniff(self, name: str, head: bytes) -> float:
        """Trust the first line, then the suffix, then a first entry that looks like music."""
        start = head.lstrip(codecs.BOM_UTF8 + b" \r\n\t")
        if start[:7].upper() == b"#EXTM3U" or head.startswith(b"\xff\xfe#\0E\0X\0T\0M\0"):
            return 0.95
        if b"\0" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return 0.0
        if start.startswith((b"<", b"{", b"[")) and not name.lower().endswith(self.suffixes):
            return 0.0
        if name.lower().endswith(self.suffixes):
            return 0.6
        entries = [line for line in start.splitlines() if line and not line.startswith(b"#")]
        return 0.4 if entries and _MEDIA.search(entries[0]) else 0.0

    def _read(self, source: Source) -> Iterable[Playlist]:
        data = source.data()
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            data = data.decode("utf-16", "replace").encode()
        data = data.removeprefix(codecs.BOM_UTF8)
        lines = list(_lines(data))
        texts, is_utf8 = _decoded(lines)
        is_utf8 = is_utf8 or source.file_name.lower().endswith(".m3u8")

        name, tracks, about = source.name, [], _About()
        for number, (line, text) in enumerate(zip(lines, texts, strict=True), 1):
            if not text.strip():
                continue
            if not text.lstrip().startswith("#"):
                reason = no_track(text.strip())
                track = None
                if not reason:
                    track = _entry(source, os.fsdecode(line), text, is_utf8, about)
                if track is None:
                    source.refuse(f"line {number}", reason or "it names no file")
                else:
                    tracks.append(track)
                about = _About()
            elif text[:10].upper() == "#PLAYLIST:":
                name = tidy(text[10:]) or name
            else:
                about.take(text)
        yield Playlist(name, tuple(tracks))

    def _write(self, playlist: Playlist, place: Place) -> bytes:
        lines = [b"#EXTM3U"]
        if name := tidy(playlist.name):
            lines.append(f"#PLAYLIST:{name}".encode())
        for track in playlist.tracks:
            try:
                entry = _written(track, place)
            except BadInput as reason:
                place.skip(track, reason)
                continue
            if track.title or track.duration:
                seconds = -1 if track.duration is None else int(track.duration + 0.5)
                lines.append(f"#EXTINF:{seconds},{_credit(track)}".encode())
            lines.append(os.fsencode(entry))
        return b"\n".join(lines) + b"\n"


class _About:
    """What the comments before an entry say about it."""

    def __init__(self) -> None:
        self.title: str | None = None
        self.artist: str | None = None
        self.album: str | None = None
        self.duration: float | None = None

    def take(self, comment: str) -> None:
        """Read one comment; unknown ones are passed over."""
        kind, _, value = comment.strip().partition(":")
        if kind.upper() == "#EXTALB":
            self.album = value
        elif kind.upper() == "#EXTART":
            self.artist = value
        elif kind.upper() == "#EXTINF" and (match := _EXTINF.match(comment.strip())):
            self.duration = float(match["seconds"] or -1)
            artist, dash, title = match["name"].partition(" - ")
            self.title = title if dash else artist
            self.artist = artist if dash else self.artist


def _credit(track: Track) -> str:
    title = tidy(track.title or "")
    artists = ", ".join(tidy(artist) for artist in track.artists)
    return f"{artists} - {title}" if artists and title else title


def _written(track: Track, place: Place) -> str:
    if track.path is None:
        if url := place.location(track):
            return url
        raise BadInput("It has no local file; XSPF and JSPF can name it all the same.")
    entry = place.entry(track.path)
    if "\n" in entry or "\r" in entry:
        raise BadInput("A line break in its path ends the entry; XSPF and JSPF can hold it.")
    # a comment, white space that readers strip, an address or a Windows path: plain as a path
    begins_else = entry[0].isspace() or entry.lower().startswith(("#", "file:")) or is_url(entry)
    return f"./{entry}" if begins_else or slashes(entry) != entry else entry


def _entry(source: Source, raw: str, text: str, is_utf8: bool, about: _About) -> Track | None:
    path: str | None = None
    url: str | None = None
    if raw.lstrip()[:5].lower() == "file:":
        path, _ = source.located([raw.strip()])
    elif is_url(raw.strip()) and not os.path.lexists(os.path.join(source.folder, raw)):
        url = tidy(text)
    else:
        path = source.locate(_candidates(raw, text, is_utf8))
    return entry_track(
        path=path,
        url=url,
        title=about.title,
        artists=(about.artist,) if about.artist else (),
        album=about.album,
        duration=about.duration,
        ids=known_ids([url] if url else []),
    )


def _candidates(raw: str, text: str, is_utf8: bool) -> Iterator[str]:
    """Yield the paths that an entry may mean, the likeliest first.

    The bytes as they stand come first when the list is UTF-8 and only this line is not; else the
    text that was read from them in another encoding. Then the same without white space around,
    with %-escapes resolved, and with its backslashes.
    """
    spelled = [raw, text] if is_utf8 else [text, raw]
    yield from map(slashes, spelled)
    yield from (slashes(path.strip()) for path in spelled)
    yield from (os.fsdecode(unquote_to_bytes(os.fsencode(slashes(p.strip())))) for p in spelled)
    yield from spelled


def _lines(data: bytes) -> Iterator[bytes]:
    """Yield lines without their ends: LF, CRLF, or CR of old Macintoshes."""
    end = b"\n" if b"\n" in data or b"\r" not in data else b"\r"
    for line in data.split(end):
        yield line.removesuffix(b"\r")


def _decoded(lines: list[bytes]) -> tuple[list[str], bool]:
    """Give the lines as text, and whether the file is UTF-8 but for the odd path.

    Lines that are not UTF-8 are judged together, as more text tells more: GBK and its like when
    `text.repair` recognises them, else Latin-1.
    """
    texts: list[str | None] = []
    for line in lines:
        try:
            texts.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            texts.append(None)
    odd = [line.decode("latin-1") for line, text in zip(lines, texts, strict=True) if text is None]
    proper = sum(not text.isascii() for text in texts if text is not None)
    mended = repair(_JOIN.join(odd)).split(_JOIN)
    if mended == odd or len(mended) != len(odd):
        mended = [repair(line) for line in odd]
    rest = iter(mended)
    return [next(rest) if text is None else text for text in texts], proper >= len(odd)
