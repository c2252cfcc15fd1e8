"""What was collected, into the library: playlists, texts, tags, tracks that are alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from murecom.crawl.base import Words
from murecom.errors import BadInput
from murecom.jobs.crawl_pages import Held
from murecom.jobs.crawl_report import Change
from murecom.library.lyrics import parse_lyrics
from murecom.store import NO_WORDS, Store, Text
from murecom.store.crawl_tracks import SIMILAR
from murecom.store.crawls import TaskRow
from murecom.store.rows import checked_id
from murecom.text.language import guess_language
from murecom.types import Playlist, TrackId


def keep_playlist(
    store: Store, playlist: Playlist, trainable: Mapping[str, Any], task: TaskRow, change: Change
) -> None:
    """Put a playlist into the library, less the entries whose id is none."""
    written = store.playlists.put_many([_fit(playlist, task, change)], **trainable)
    for name in ("added", "replaced", "unchanged", "entries", "tracks"):
        change.counts[name] += getattr(written, name)


def keep_similar(
    store: Store,
    source: str,
    track_id: str,
    key: str,
    pages: Sequence[Held],
    trainable: Mapping[str, Any],
    change: Change,
) -> None:
    """Keep tracks that are like one as a playlist ``source:similar/key`` that begins with it.

    The nearest come first; no tracks make no playlist.
    """
    scored = sorted(
        (pair for page in pages for pair in page.tracks), key=lambda pair: pair[1], reverse=True
    )
    if not scored:
        return
    seed = store.tracks.get([TrackId(track_id)]).get(TrackId(track_id))
    if seed is None:
        return
    rest = {track.id: track for track, _ in reversed(scored) if track.id != seed.id}
    name = f"Like {seed.name}"
    playlist = Playlist(name, (seed, *reversed(rest.values())), f"{source}:{SIMILAR}{key}")
    task = TaskRow(0, "similar", key, "taken")
    keep_playlist(store, playlist, trainable, task, change)


def keep_texts(
    store: Store, source: str, track_id: str, pages: Sequence[Held], change: Change
) -> None:
    """Keep lyrics, comments and titles of a track, in place of earlier ones of this source."""
    by_kind: dict[str, list[Text]] = {}
    for words in (words for page in pages for words in page.texts):
        if (text := _text(words, source)) is not None:
            by_kind.setdefault(words.kind, []).append(text)
    for kind, texts in by_kind.items():
        store.texts.put(TrackId(track_id), kind, texts, source)
        change.counts["texts"] += len(texts)


def keep_tags(
    store: Store, source: str, track_id: str, pages: Sequence[Held], change: Change
) -> None:
    """Keep the tags of a track."""
    rows = [(key, value, weight, source) for page in pages for key, value, weight in page.tags]
    if rows:
        store.tags.put(track_id, rows)
        change.counts["tags"] += len(rows)


def _text(words: Words, source: str) -> Text | None:
    """Make a text; lyrics come as they were written, with stamps, credits and notices."""
    if words.kind != "lyrics":
        return Text(words.body, guess_language(words.body), words.likes, source)
    if not words.body.strip():
        return Text("", NO_WORDS, words.likes, source)
    lyrics = parse_lyrics(words.body)
    if lyrics.is_instrumental:
        return Text("", NO_WORDS, words.likes, source)
    return Text(lyrics.text, lyrics.language, words.likes, source) if lyrics.has_words else None


def _fit(playlist: Playlist, task: TaskRow, change: Change) -> Playlist:
    kept = []
    for number, track in enumerate(playlist.tracks):
        try:
            checked_id(track.id)
            kept.append(number)
        except BadInput as error:
            change.refused.append((f"{task.kind} {task.key}, entry {number + 1}", str(error)))
            change.counts["refused"] += 1
    if len(kept) == len(playlist.tracks):
        return playlist
    tracks = tuple(playlist.tracks[number] for number in kept)
    added = tuple(playlist.added[number] for number in kept) if playlist.added else ()
    return replace(playlist, tracks=tracks, added=added)
