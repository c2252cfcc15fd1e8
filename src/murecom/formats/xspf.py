"""XSPF 1, "spiff": playlists as XML, after the specification at xspf.org.

Locations are URIs, durations milliseconds. Files come from strangers: a document type declaration,
the only way to make small XML grow large or reach for other files, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urljoin
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from murecom.errors import BadInput
from murecom.formats.base import (
    Format,
    Place,
    Source,
    entry_track,
    identifiers,
    known_ids,
    no_track,
    tidy,
)
from murecom.types import Playlist, Track

NAMESPACE = "http://xspf.org/ns/0/"

_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BARE_AMPERSAND = re.compile(r"&(?!#\d+;|#x[0-9A-Fa-f]+;|(?:amp|lt|gt|quot|apos);)")
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)""")


class XSPF(Format):
    """XML Shareable Playlist Format, version 1."""

    name = "xspf"
    suffixes = (".xspf",)

    def sniff(self, name: str, head: bytes) -> float:
        """Trust the namespace, then the root element, then the suffix."""
        start = head.replace(b"\0", b"")  # UTF-16
        if NAMESPACE.encode() in start:
            return 0.95
        if b"<playlist" in start and b"<track" in start:
            return 0.8
        return 0.5 if name.lower().endswith(self.suffixes) else 0.0

    def _read(self, source: Source) -> Iterable[Playlist]:
        root = _parsed(source.data())
        if _local(root) != "playlist":
            raise BadInput(f"{source.file_name!r} is XML, but no XSPF playlist. Check the file.")
        base = root.get(_BASE, "")
        tracks = []
        for track_list in _children(root, "trackList"):
            list_base = urljoin(base, track_list.get(_BASE, ""))
            for number, element in enumerate(_children(track_list, "track"), 1):
                uris = [*_texts(element, "location"), *_texts(element, "identifier")]
                reason = next(filter(None, map(no_track, uris)), "")
                track = None
                if not reason:
                    track = _track(source, element, urljoin(list_base, element.get(_BASE, "")))
                if track is None:
                    reason = reason or "it has neither a location nor a title"
                    source.refuse(f"track {number}", reason)
                else:
                    tracks.append(track)
        name = tidy(_text(root, "title")) or source.name
        yield Playlist(name, tuple(tracks), description=_text(root, "annotation") or None)

    def _write(self, playlist: Playlist, place: Place) -> bytes:
        lines = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<playlist version="1" xmlns="{NAMESPACE}">',
            *_elements(1, title=tidy(playlist.name), annotation=playlist.description),
            "  <trackList>",
        ]
        for track in playlist.tracks:
            try:
                location = place.location(track)
            except BadInput as reason:
                place.skip(track, reason)
                continue
            uris = identifiers(track)
            if not (location or uris or track.title):
                place.skip(track, "It has neither a file nor a name.")
                continue
            lines += [
                "    <track>",
                *_elements(3, location=location),
                *(line for uri in uris for line in _elements(3, identifier=uri)),
                *_elements(
                    3,
                    title=tidy(track.title or ""),
                    creator=tidy("; ".join(track.artists)),
                    album=tidy(track.album or ""),
                    duration=track.duration and str(round(track.duration * 1000)),
                ),
                "    </track>",
            ]
        lines += ["  </trackList>", "</playlist>", ""]
        return "\n".join(lines).encode()


def _elements(depth: int, **texts: str | float | None) -> Iterable[str]:
    """Give one line for each text that there is, in the order of the specification."""
    for name, text in texts.items():
        if text:
            # a carriage return would be read back as a line feed
            content = escape(_FORBIDDEN.sub("\ufffd", str(text)), {"\r": "&#13;"})
            yield f"{'  ' * depth}<{name}>{content}</{name}>"


class _Builder(ET.TreeBuilder):
    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise BadInput("The file declares a document type, which playlists never need. Remove it.")


def _parsed(data: bytes) -> ET.Element:
    """Parse XML; what is nearly XML gets a second chance."""
    try:
        return _parse(data)
    except (ET.ParseError, LookupError, ValueError) as error:
        try:
            return _parse(_mended(data))
        except (ET.ParseError, LookupError, ValueError):
            raise BadInput(f"The XML is damaged: {error}. Export the playlist again.") from error


def _parse(data: bytes | str) -> ET.Element:
    parser = ET.XMLParser(target=_Builder())
    parser.feed(data)
    root = parser.close()
    assert isinstance(root, ET.Element)
    return root


def _mended(data: bytes) -> str:
    """Give the text in its declared encoding, without what XML forbids, bare "&" escaped."""
    declared = _DECLARED.search(data[:200])
    encoding = declared[1].decode() if declared else "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    text = re.sub(r"^\ufeff?\s*<\?xml[^>]*\?>", "", text)
    return _BARE_AMPERSAND.sub("&amp;", _FORBIDDEN.sub("", text))


def _track(source: Source, element: ET.Element, base: str) -> Track | None:
    locations = [urljoin(base, uri) if base else uri for uri in _texts(element, "location")]
    path, url = source.located(locations)
    try:
        duration = float(_text(element, "duration")) / 1000
    except ValueError:
        duration = None
    return entry_track(
        path=path,
        url=url,
        title=_text(element, "title"),
        artists=_text(element, "creator").split("; "),
        album=_text(element, "album"),
        duration=duration,
        ids=known_ids([*_texts(element, "identifier"), *locations]),
    )


def _local(element: ET.Element) -> str:
    """Give the name of an element of XSPF; of another namespace, an empty one."""
    space, _, name = element.tag.rpartition("}")
    return name if space in ("", "{" + NAMESPACE, "{http://xspf.org/ns/0") else ""


def _children(element: ET.Element, name: str) -> Iterable[ET.Element]:
    return (child for child in element if _local(child) == name)


def _texts(element: ET.Element, name: str) -> list[str]:
    texts = ("".join(child.itertext()).strip() for child in _children(element, name))
    return [text for text in texts if text]


def _text(element: ET.Element, name: str) -> str:
    return next(iter(_texts(element, name)), "")
