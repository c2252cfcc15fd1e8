"""Pages of a list as they wait in the database for the rest of it, and the list made of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from murecom.crawl.base import Entry, Page, Stub, Words
from murecom.types import Playlist, Track, TrackId


@dataclass(frozen=True, slots=True)
class Held:
    """What of a page has to be kept, and `asked`: where the page began, as the source named it."""

    asked: str | None
    playlist: Stub | None
    entries: tuple[Entry, ...]
    tracks: tuple[tuple[Track, float], ...]
    texts: tuple[Words, ...]
    tags: tuple[tuple[str, str, float], ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands on the page."""
        return not (self.entries or self.tracks or self.texts or self.tags)


def held(page: Page, asked: str | None) -> Held:
    """Take what has to be kept of a page."""
    return Held(asked, page.playlist, page.entries, page.tracks, page.texts, page.tags)


def packed(page: Held) -> bytes:
    """Write a page as JSON; lone surrogates stay escaped."""
    value = {
        "asked": page.asked,
        "playlist": None if page.playlist is None else asdict(page.playlist),
        "entries": [[_plain(entry.track), entry.added_at] for entry in page.entries],
        "tracks": [[_plain(track), score] for track, score in page.tracks],
        "texts": [[words.kind, words.body, words.likes] for words in page.texts],
        "tags": page.tags,
    }
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def unpacked(data: bytes) -> Held:
    """Read what `packed` wrote."""
    value = json.loads(data)
    stub = value["playlist"]
    return Held(
        value["asked"],
        None if stub is None else stub_of(stub),
        tuple(Entry(_track(track), added_at) for track, added_at in value["entries"]),
        tuple((_track(track), score) for track, score in value["tracks"]),
        tuple(Words(*words) for words in value["texts"]),
        tuple((key, tag, weight) for key, tag, weight in value["tags"]),
    )


def stub_of(value: dict[str, Any]) -> Stub:
    """Make a stub of its plain form."""
    return Stub(**value | {"tags": tuple(value.get("tags") or ())})


def assembled(playlist_id: str, about: dict[str, Any], pages: Sequence[Held]) -> Playlist:
    """Make a playlist of all its pages, in order.

    Parameters
    ----------
    playlist_id : str
        ``source:source_id``.
    about : dict
        What was known of it before it was asked for: fields of `Stub`. What a page of the
        playlist tells wins.
    pages : sequence of Held
        All pages, the first one first.
    """
    told = [page.playlist for page in pages if page.playlist is not None]
    first = told[0] if told else None
    entries = [entry for page in pages for entry in page.entries]
    dates = tuple(entry.added_at for entry in entries)
    return Playlist(
        name=(first and first.name) or about.get("name") or "",
        tracks=tuple(entry.track for entry in entries),
        id=playlist_id,
        description=(first and first.description) or about.get("description"),
        added=dates if any(date is not None for date in dates) else (),
        tags=(first and first.tags) or tuple(about.get("tags") or ()),
        snapshot=(first and first.snapshot) or about.get("snapshot"),
    )


def _plain(track: Track) -> list[Any]:
    return [
        track.id, track.title, list(track.artists), track.album, track.duration, dict(track.ids),
    ]  # fmt: skip


def _track(value: list[Any]) -> Track:
    track_id, title, artists, album, duration, ids = value
    return Track(TrackId(track_id), title, tuple(artists), album, duration, None, ids)
