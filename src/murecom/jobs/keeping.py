"""What a scan writes: the results of workers, each committed by itself.

Part of `jobs.scan`, which decides what there is to do; this decides what a result means for the
store: a new track, a copy, a track that moved, words that changed.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from murecom.jobs.analyse import Analysis, Sound, Task, keys_of
from murecom.library.identity import track_of
from murecom.library.lyrics import Lyrics
from murecom.library.lyrics_files import Beside
from murecom.library.tags import Tags
from murecom.library.walk import Found
from murecom.store import FILE, NO_WORDS, FileRow, Store, Text
from murecom.types import Track, TrackId


def prefix(path: Path | str) -> str:
    """Give what the absolute path of everything below a folder begins with."""
    return os.path.join(os.path.abspath(path), "")


class Keeper:
    """Hands out tasks and writes down what came of them.

    Parameters
    ----------
    store : Store
        Written one file a commit.
    sound : Sound
        Which vectors are made.
    roots : sequence of Path
        The music folders.
    words : collection of str
        Paths of which only the lyrics are read.
    """

    def __init__(
        self, store: Store, sound: Sound, roots: Sequence[Path], words: Collection[str] = ()
    ) -> None:
        self.store = store
        self.sound = sound
        self.words = words
        self.marks: dict[str, str] = {}
        self.lyrics = 0
        self.roots = sorted((os.path.abspath(r) for r in roots), key=len, reverse=True)
        self.known: dict[int, set[str]] = defaultdict(set)
        keys = keys_of(sound)
        incomplete = set(store.vectors.missing(keys))  # of the tracks that are present
        for row in store.files.iter():
            # an error says why there is no vector: such a file is worth another look
            if not (row.hash and row.track) or row.error is not None or row.track in incomplete:
                continue
            if row.state == "gone" and any(store.vectors.get(row.track, k) is None for k in keys):
                continue
            self.known[row.size].add(row.hash)

    def tasks(self, entries: Iterable[Found]) -> Iterator[Task]:
        """Make the tasks of files, in their order."""
        beside = Beside()
        for entry in entries:
            found = beside.find(entry.path)
            self.marks[entry.path] = found.mark if found else ""
            lyrics = found.path if found else None
            if entry.path in self.words:
                yield Task(entry.path, None, self.sound, lyrics=lyrics, only_lyrics=True)
                continue
            root = next((r for r in self.roots if entry.path.startswith(prefix(r))), None)
            known = frozenset(self.known.get(entry.size, ()))
            yield Task(entry.path, root, self.sound, known, lyrics)

    def keep(self, entry: Found, result: Analysis) -> str:
        """Commit one result; tell which count of the report it belongs to."""
        with self.store.transaction():
            before = self.store.files.get(entry.path)
            row = FileRow(
                path=entry.path,
                size=entry.size,
                mtime_ns=entry.mtime_ns,
                hash=result.hash,
                track=before.track if before else None,
                state=result.state,
                error=result.error,
                lyrics=self.marks.get(entry.path),
            )
            if result.state == "failed" or result.hash is None or result.tags is None:
                # the track of an earlier, readable content stays out of sight until it is back
                self.store.files.put(replace(row, state="failed", lyrics=None))
                return "failed"
            others = [
                other
                for other in self.store.files.by_hash(result.hash)
                if other.path != entry.path and other.track
            ]
            present = [other for other in others if other.state not in ("gone", "failed")]
            track = track_of(entry, result.tags, result.hash)
            if not present:
                self._put_track(track, result.tags)
            # a copy too may be the first to have vectors of a model that was chosen later
            for key, vectors in result.vectors.items():
                self.store.vectors.put(track.id, key, vectors)
            state = "done" if result.state == "known" else result.state
            self.store.files.put(replace(row, state=state, track=track.id, error=result.error))
            if before and before.track and before.track != track.id:
                # new tags or new sound under the old path: its place in playlists goes along
                self.store.tracks.move(before.track, track.id)
            self._put_lyrics(track.id, result.lyrics, before)
        if state != "done":
            return state
        self.known[entry.size].add(result.hash)
        if present:
            return "copies"
        return "moved" if others and not before else "added"

    def keep_words(self, entry: Found, result: Analysis) -> str:
        """Commit the words of a file whose sound is known; tell which count it belongs to."""
        row = self.store.files.get(entry.path)
        if result.lyrics is None or row is None or row.track is None:
            return "failed"
        with self.store.transaction():
            self._put_lyrics(row.track, result.lyrics, row)
            self.store.files.put(replace(row, lyrics=self.marks[entry.path]))
        return "unchanged"

    def _put_lyrics(self, track: TrackId, lyrics: Lyrics | None, before: FileRow | None) -> None:
        """Store words, if they differ from those that are there.

        Where none were found, those of another copy stay; they go when it was this file that had
        them beside it.
        """
        texts = []
        if lyrics and (lyrics.has_words or lyrics.is_instrumental):
            texts = [Text(lyrics.text, NO_WORDS if lyrics.is_instrumental else lyrics.language)]
        elif not (before and before.lyrics):
            return
        known = self.store.texts.get([track], "lyrics").get(track, [])
        if [text for text in known if text.source == FILE] != texts:
            self.store.texts.put(track, "lyrics", texts)
            self.lyrics += 1

    def _put_track(self, track: Track, tags: Tags) -> None:
        self.store.tracks.put(
            track,
            album_artist=tags.album_artist,
            year=tags.year,
            number=tags.number,
            genres=tags.genres,
        )
