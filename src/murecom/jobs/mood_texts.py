"""Moods of tracks from texts about them: lyrics, comments, titles and tags.

Texts stream through: some thousand are read at a time, whatever the size of the library. What a
mood was computed from is kept as its stamp, so that texts that have not changed are not read again
and a job that was killed goes on where it stood.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from murecom.library.lyrics import parse_lyrics
from murecom.mood import comments
from murecom.mood.lines import distinct_lines
from murecom.mood.parts import Column, Read, Reader, gathered
from murecom.store import NO_WORDS, MoodRow, Store, Text
from murecom.store.tags import PLAYLIST, best_guess
from murecom.text.names import split_title
from murecom.types import Progress, Step, TrackId

Floats = NDArray[np.float32]

VERSION = 2
"Of how texts become moods. Count up when the numbers change: all texts are then read again."

AT_ONCE = 2048
"Texts read at a time: two seconds' work, which is all that a killed job does again."

THIN = {"lyrics": 4.0, "comments": 8.0, "title": 1.5, "tags": 2.0}
"Weight of texts at which a track is half sure of this part; see `mood.parts.gathered`."

MANY_TITLES = 200_000
"Tracks beyond which only the titles of those with a file are read: a title says too little."

TAG_KEYS = ("mood", "style", "tag", "genre")
"Tags of tracks that are read as words."

SURER = 0.5
"A track of whose lyrics or playlists so much is known does without its title."

SOURCE_TRUST = 100.0
"After how many comments of a source half of its lean is believed."

Sources = dict[str, dict[TrackId, int]]
"Source of comments → track → how many of its comments are of this source."


@dataclass(slots=True)
class Item:
    """The texts of a track by one key, and what each counts."""

    track: TrackId
    stamp: str
    texts: list[str] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)


def model_key(model: object) -> str:
    """Name all that readings of a model depend on, as far as it tells."""
    own = getattr(model, "key", None)
    if isinstance(own, str):
        return own
    voices = [str(getattr(voice, "name", voice)) for voice in getattr(model, "voices", ())]
    encoder = getattr(model, "encoder", None)
    return "+".join([str(getattr(encoder, "key", "")), *voices])


def stamp_of(*parts: object) -> str:
    """Give 16 characters that differ when any of the parts does."""
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        digest.update(repr(part).encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()


class Keeper:
    """Collects the texts of tracks by one key, reads many at once and stores their moods.

    Attributes
    ----------
    counts : Counter
        `read` tracks, of which `silent` said nothing; `unchanged` ones; refused texts by reason.
    """

    def __init__(self, store: Store, model: Reader, key: str, again: bool, damp: bool) -> None:
        self._store, self._model, self._key, self._damp = store, model, key, damp
        self._stamps = store.moods.stamps(key)
        self._again = again
        self._seen: set[TrackId] = set()
        self._items: list[Item] = []
        self._waiting = 0
        self.counts: Counter[str] = Counter()

    def is_known(self, track: TrackId, stamp: str) -> bool:
        """Tell whether the mood of a track is that of these texts; it then counts as unchanged."""
        self._seen.add(track)
        if self._again or self._stamps.get(track) != stamp:
            return False
        self.counts["unchanged"] += 1
        return True

    def keep(self, tracks: Iterable[TrackId]) -> None:
        """Leave the moods of tracks as they are."""
        self._seen.update(tracks)

    def add(self, item: Item) -> None:
        """Take the texts of a track."""
        self._items.append(item)
        self._waiting += len(item.texts)
        if self._waiting >= AT_ONCE or len(self._items) >= 2 * AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Read what was taken and commit the moods."""
        items, self._items, self._waiting = self._items, [], 0
        if not items:
            return
        column = self._read(items)
        rows = rows_of(self._key, [i.track for i in items], column, [i.stamp for i in items])
        self._store.moods.put(rows)
        self.counts["read"] += len(items)
        self.counts["silent"] += int((column.confidence == 0).sum())

    def finish(self) -> Counter[str]:
        """Read the rest, forget the moods of tracks whose texts are gone, and give the counts."""
        self.flush()
        gone = [t for t, stamp in self._stamps.items() if stamp and t not in self._seen]
        self._store.moods.put(MoodRow(track, self._key) for track in gone)
        return self.counts

    def _read(self, items: Sequence[Item]) -> Column:
        texts = [text for item in items for text in item.texts]
        groups = np.repeat(np.arange(len(items)), [len(item.texts) for item in items])
        weights = [np.asarray(item.weights, np.float32) for item in items]
        if self._damp:
            for number, item in enumerate(items):
                same = comments.copies(item.texts)
                self.counts["copies"] += int((same != np.arange(len(same))).sum())
                weights[number] = comments.damped(weights[number], same)
        read: Read = self._model.readings(texts)
        every = np.concatenate([np.zeros(0, np.float32), *weights])
        return gathered(read, every, groups, len(items), THIN[self._key])


def rows_of(
    key: str, tracks: Sequence[TrackId], column: Column, stamps: Sequence[str]
) -> Iterator[MoodRow]:
    """Give a row of the store for each track; one without a point where nothing is known."""
    shares = column.probabilities
    has_shares = np.asarray(shares.any(axis=1)).tolist()
    for n, (track, stamp, (valence, arousal), sure, count, spread) in enumerate(
        zip(
            tracks, stamps, column.points.tolist(), column.confidence.tolist(),
            column.count.tolist(), column.spread.tolist(), strict=True,
        )
    ):  # fmt: skip
        if sure <= 0:
            yield MoodRow(track, key, stamp=stamp)
        else:
            own = shares[n] if has_shares[n] else None
            yield MoodRow(track, key, valence, arousal, sure, count, spread, own, stamp)


def read_lyrics(store: Store, model: Reader, again: bool, progress: Progress) -> Counter[str]:
    """Read what is sung; time stamps and credits are taken off."""
    keeper = Keeper(store, model, "lyrics", again, damp=False)
    name = model_key(model)
    total = store.texts.count("lyrics")
    for done, (track, texts) in enumerate(store.texts.iter("lyrics"), 1):
        stamp = stamp_of(VERSION, name, [(text.body, text.lang) for text in texts])
        if not keeper.is_known(track, stamp):
            keeper.add(Item(track, stamp, *_sung(texts)))
        _tell(progress, "Lyrics", done, total, keeper)
    return keeper.finish()


def _sung(texts: Sequence[Text]) -> tuple[list[str], list[float]]:
    """Give the lines of the first text that has any: several sources tell the same words."""
    for text in texts:
        if text.lang != NO_WORDS:
            lines, weights = distinct_lines(line.text for line in parse_lyrics(text.body).lines)
            if lines:
                return lines, weights
    return [], []


def read_comments(
    store: Store,
    model: Reader,
    again: bool,
    progress: Progress,
    sources: Sources | None = None,
) -> Counter[str]:
    """Read what people write of tracks; adverts and links are refused and counted.

    `sources` is filled with what `source_leans` needs.
    """
    keeper = Keeper(store, model, "comments", again, damp=True)
    name = (VERSION, model_key(model))
    total = store.texts.count("comment")
    for done, (track, texts) in enumerate(store.texts.iter("comment", batch=100), 1):
        stamp = stamp_of(name, [(text.body, text.likes) for text in texts])
        if sources is not None:
            for text in texts:
                of = sources.setdefault(text.source, {})
                of[track] = of.get(track, 0) + 1
        if not keeper.is_known(track, stamp):
            item = Item(track, stamp)
            best = sorted(texts, key=lambda text: -(text.likes or 0))
            for text in best:
                if (reason := comments.refusal(text.body)) is not None:
                    keeper.counts[reason] += 1
                elif len(item.texts) < comments.MOST:
                    item.texts.append(text.body)
                    item.weights += comments.likes_weight([text.likes]).tolist()
            keeper.add(item)
        _tell(progress, "Comments", done, total, keeper)
    return keeper.finish()


def source_leans(
    tracks: Sequence[TrackId], confidence: Floats, points: Floats, sources: Sources
) -> Floats:
    """Give how far the sources of each track's comments lean from the mean of all comments.

    What all comments lean to is taken off when parts are combined (`mood.track.corrected`). Moods
    are kept as they were read, so a new source hardly moves the others, and nothing is read again.

    Parameters
    ----------
    tracks : sequence of TrackId
        n tracks with comments.
    confidence, points : ndarray of float32, shapes (n,) and (n, 2)
        What comments say of them.
    sources : Sources
        Where these comments come from.

    Returns
    -------
    ndarray of float32, shape (n, 2)
        To be taken off the points: the leans of a track's sources by how many comments are theirs.
        The lean of a source is its distance from the mean, believed by half after `SOURCE_TRUST`.
    """
    row_of = {track: row for row, track in enumerate(tracks)}
    found = np.zeros((len(tracks), len(sources)))
    for number, of in enumerate(sources.values()):
        for track, count in of.items():
            if (row := row_of.get(track)) is not None:
                found[row, number] = count
    counts = found.sum(axis=0)
    if (counts > 0).sum() < 2:
        return np.zeros((len(tracks), 2), np.float32)
    shares = found / np.maximum(found.sum(axis=1, keepdims=True), 1)
    sure = shares * np.asarray(confidence, np.float64)[:, None]
    means = sure.T @ points / np.maximum(sure.sum(axis=0), 1e-9)[:, None]
    middle = counts @ means / counts.sum()
    belief = np.where(counts > 0, counts / (counts + SOURCE_TRUST), 0)
    return np.asarray(shares @ (belief[:, None] * (means - middle)), np.float32)


def read_titles(store: Store, model: Reader, again: bool, progress: Progress) -> Counter[str]:
    """Read titles without their notes (live, remastered …), where nothing surer is known.

    Counts as `surer` what has other words, as `passed over` what is too much (`MANY_TITLES`):
    titles that were read while there were fewer tracks go on counting.
    """
    keeper = Keeper(store, model, "title", again, damp=False)
    name = model_key(model)
    total = store.status()["tracks"]
    surer = _surer(store)
    seen = 0
    for done, (track, title) in enumerate(_titles(store, total), 1):
        seen = done
        base = split_title(title).base.strip()
        if track in surer:
            keeper.counts["surer"] += 1
        elif base:
            stamp = stamp_of(VERSION, name, base)
            if not keeper.is_known(track, stamp):
                keeper.add(Item(track, stamp, [base], [1.0]))
        _tell(progress, "Titles", done, total, keeper)
    if total > MANY_TITLES:
        keeper.counts["passed over"] = max(total - seen, 0)
        keeper.keep(track for track in store.moods.stamps("title") if track not in surer)
    return keeper.finish()


def _surer(store: Store) -> set[TrackId]:
    found: set[TrackId] = set()
    for key in ("lyrics", "playlists"):
        table = store.moods.all(key, popularity=False)
        found.update(table.ids[row] for row in np.flatnonzero(table.confidence > SURER))
    return found


def _titles(store: Store, total: int) -> Iterator[tuple[TrackId, str]]:
    if total <= MANY_TITLES:
        yield from ((track.id, track.title) for track in store.tracks.iter() if track.title)
        return
    batch: dict[TrackId, None] = {}
    for row in store.files.iter(state="done"):
        if row.track:
            batch[row.track] = None
        if len(batch) == 1000:
            yield from _titles_of(store, batch)
            batch = {}
    yield from _titles_of(store, batch)


def _titles_of(store: Store, ids: Iterable[TrackId]) -> Iterator[tuple[TrackId, str]]:
    return ((t.id, t.title) for t in store.tracks.get(ids).values() if t.title)


def read_tags(store: Store, model: Reader, again: bool, progress: Progress) -> Counter[str]:
    """Read the words that tracks are tagged with: genres, moods, styles."""
    keeper = Keeper(store, model, "tags", again, damp=False)
    name = model_key(model)
    subjects: dict[str, None] = {}
    for key in TAG_KEYS:
        for source in store.tags.sources(key):
            subjects.update(dict.fromkeys(sorted(store.tags.tagged(key, source))))
    ids = [subject for subject in subjects if not subject.startswith(PLAYLIST)]
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        found = [store.tags.of(some, key) for key in TAG_KEYS]
        for subject in some:
            words = {word: None for tags in found for word in best_guess(tags.get(subject, ()))}
            track, stamp = TrackId(subject), stamp_of(VERSION, name, sorted(words))
            if words and not keeper.is_known(track, stamp):
                keeper.add(Item(track, stamp, list(words), [1.0] * len(words)))
        _tell(progress, "Tags", min(start + 500, len(ids)), len(ids), keeper)
    return keeper.finish()


def _tell(progress: Progress, stage: str, done: int, total: int, keeper: Keeper) -> None:
    """Report now and then; lost tracks have texts, too, and are not in the total."""
    if done % 50 == 0 or done == total:
        counts = {"unchanged": keeper.counts["unchanged"]}
        progress(Step(stage, done, max(total, done), counts))
