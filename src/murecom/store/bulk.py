"""Many playlists at once: what an import writes, thousands of rows a statement.

As `bulk_tracks`, every table is asked once for all that it knows of a batch, given what is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from murecom.errors import BadInput
from murecom.store import schema
from murecom.store.bulk_tracks import look, put_unknown
from murecom.store.database import Statement, Work
from murecom.store.rows import batches, clean, clean_or_none
from murecom.store.tags import PLAYLIST, PLAYLIST_TAG, load_tags, replace_tags
from murecom.text.fold import name_key
from murecom.types import Playlist

ENTRIES = 20_000
"Entries of a transaction: half a second's work, and what a killed import has to do again."

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Written:
    """What a bulk put did.

    Playlists `added`, `replaced`, and those that were the same before (`unchanged`); the `entries`
    of the first two; `tracks` that were new. Of the replaced, `overwritten` were newer than asked.
    `differing` are ids that came with a title and artists other than those that are known: nothing
    of what was told with them was kept.
    """

    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    entries: int = 0
    tracks: int = 0
    overwritten: int = 0
    differing: int = 0

    def __add__(self, other: Written) -> Written:
        return Written(
            self.added + other.added,
            self.replaced + other.replaced,
            self.unchanged + other.unchanged,
            self.entries + other.entries,
            self.tracks + other.tracks,
            self.overwritten + other.overwritten,
            self.differing + other.differing,
        )


def split_id(playlist_id: str) -> tuple[str, str]:
    """Give source and source id of a playlist's id, or raise BadInput."""
    source, _, source_id = playlist_id.partition(":")
    if not source or not source_id or clean(playlist_id) != playlist_id:
        raise BadInput(f"'{playlist_id}' is no playlist id. Write it as source:source_id.")
    return source, source_id


def by_entries(playlists: Iterable[Playlist], most: int = ENTRIES) -> Iterator[list[Playlist]]:
    """Cut a stream of playlists into lists that hold about `most` entries."""
    batch: list[Playlist] = []
    size = 0
    for playlist in playlists:
        batch.append(playlist)
        size += len(playlist.tracks) + 1
        if size >= most:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def put_playlists(
    work: Work,
    playlists: Sequence[Playlist],
    *,
    trainable: bool = True,
    trainable_on: str | None = None,
    since: int | None = None,
) -> Written:
    """Add playlists with ids, or replace those of the same ids; see `Playlists.put_many`."""
    last = {playlist.id or "": playlist for playlist in playlists}
    for playlist in last.values():
        _check_dates(playlist)
    named = {split_id(playlist_id): playlist for playlist_id, playlist in last.items()}
    known = put_unknown(work, (track for p in named.values() for track in p.tracks))
    before = _playlists(work, named)
    same = _same(work, named, before, trainable, trainable_on)
    for key in same:
        del named[key], before[key]
    if before:
        work.run(_FORGET, among=work.backend.listed(list(before.values())))
    lists = list(named.values())
    names = [clean(playlist.name) for playlist in lists]
    put = work.fill(
        _PUT,
        source=[source for source, _ in named],
        source_id=[source_id for _, source_id in named],
        name=names,
        key=[name_key(name)[: schema.KEY_LENGTH] for name in names],
        description=[clean_or_none(playlist.description) for playlist in lists],
        trainable=[trainable] * len(lists),
        trainable_on=[trainable_on] * len(lists),
        snapshot=[clean_or_none(playlist.snapshot) for playlist in lists],
    )
    pks = before | {(source, source_id): pk for source, source_id, pk in put}
    if len(pks) < len(named):
        pks = _playlists(work, named)
    tracks = work.tracks
    entries = [tracks[track.id] for playlist in lists for track in playlist.tracks]
    work.fill(
        _PUT_ENTRY,
        playlist=[pks[key] for key, playlist in named.items() for _ in playlist.tracks],
        position=[number for playlist in lists for number in range(len(playlist.tracks))],
        track=entries,
        added_at=[date for playlist in lists for date in _dates(playlist)],
    )
    for (source, source_id), playlist in named.items():
        if playlist.tags or (source, source_id) in before:
            subject = f"{PLAYLIST}{source}:{source_id}"
            rows = [(PLAYLIST_TAG, tag, 1.0, source) for tag in dict.fromkeys(playlist.tags)]
            replace_tags(work, subject, rows, also=[(PLAYLIST_TAG, source)])
    work.lists_changed = work.lists_changed or bool(named)
    newer = 0 if since is None else sum(pk > since for pk in before.values())
    added = len(named) - len(before)
    return Written(
        added, len(before), len(same), len(entries), known.tracks, newer, known.differing
    )


def _check_dates(playlist: Playlist) -> None:
    if playlist.added and len(playlist.added) != len(playlist.tracks):
        raise BadInput(
            f"'{playlist.name}' has {len(playlist.tracks)} tracks and {len(playlist.added)} dates. "
            "Give one for each, or none."
        )


def _dates(playlist: Playlist) -> Sequence[int | None]:
    return playlist.added or (None,) * len(playlist.tracks)


def _playlists(work: Work, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Give the inner ids of those playlists that exist, by source and source id."""
    by_source: dict[str, list[str]] = {}
    for source, source_id in keys:
        by_source.setdefault(source, []).append(source_id)
    found: dict[tuple[str, str], int] = {}
    for source, source_ids in by_source.items():
        rows = work.look_up(_PLAYLISTS, source_ids, source=source)
        found.update(((source, source_id), pk) for source_id, pk in rows)
    return found


def _same(
    work: Work,
    named: dict[tuple[str, str], Playlist],
    before: dict[tuple[str, str], int],
    trainable: bool,
    trainable_on: str | None,
) -> list[tuple[str, str]]:
    """List the playlists that need not be written; a model that knows them stays up to date."""
    if not before:
        return []
    pks = list(before.values())
    about = {pk: rest for pk, *rest in work.look_up(_ABOUT, pks)}
    entries: dict[int, list[tuple[int, int | None]]] = {}
    for pk, track, added_at in work.look_up(_ENTRIES, pks):
        entries.setdefault(pk, []).append((track, added_at))
    tags = _tags(work, before)
    same = []
    for key, pk in before.items():
        playlist = named[key]
        name, description, snapshot, may, may_on = about[pk]
        tracks = (work.tracks[track.id] for track in playlist.tracks)
        # as `_upsert` would leave it
        stays = may_on is not None and trainable_on is None
        if (
            (name, description) == (clean(playlist.name), clean_or_none(playlist.description))
            and snapshot == clean_or_none(playlist.snapshot)
            and tags.get(key, []) == list(dict.fromkeys(map(clean, playlist.tags)))
            and (stays or (may, may_on) == (trainable, trainable_on))
            and entries.get(pk, []) == list(zip(tracks, _dates(playlist), strict=True))
        ):
            same.append(key)
    return same


def _tags(work: Work, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    subjects = {
        f"{PLAYLIST}{source}:{source_id}": (source, source_id) for source, source_id in keys
    }
    found: dict[tuple[str, str], list[str]] = {}
    for batch in batches(subjects):
        for subject, tags in load_tags(work.connection, batch, key=PLAYLIST_TAG).items():
            source, source_id = subjects[subject]
            found[source, source_id] = [tag.value for tag in tags if tag.source == source]
    return found


def _upsert(backend: Any) -> Any:
    statement = backend.insert_lists(schema.playlist, _COLUMNS)
    old, new = schema.playlist.c, statement.excluded
    values = {name: new[name] for name in ("name", "key", "description", "snapshot")}
    # What somebody decided holds until somebody decides again.
    stays = sa.and_(old.trainable_on.is_not(None), new.trainable_on.is_(None))
    values["trainable"] = sa.case((stays, old.trainable), else_=new.trainable)
    values["trainable_on"] = sa.func.coalesce(new.trainable_on, old.trainable_on)
    statement = statement.on_conflict_do_update(index_elements=["source", "source_id"], set_=values)
    return backend.giving(statement, old.source, old.source_id, old.pk)


_track, _artist, _album, _playlist = (
    schema.track.c, schema.artist.c, schema.album.c, schema.playlist.c,
)  # fmt: skip
_entry = schema.playlist_track.c
_COLUMNS = (
    "source", "source_id", "name", "key", "description", "trainable", "trainable_on", "snapshot",
)  # fmt: skip
_PLAYLISTS = Statement(
    lambda backend: sa.select(_playlist.source_id, _playlist.pk).where(
        _playlist.source == sa.bindparam("source"), backend.among(_playlist.source_id, "among")
    )
)
_ABOUT = look(
    _playlist.pk,
    _playlist.name,
    _playlist.description,
    _playlist.snapshot,
    _playlist.trainable,
    _playlist.trainable_on,
    of=_playlist.pk,
)
_ENTRIES = Statement(
    lambda backend: (
        sa.select(_entry.playlist, _entry.track, _entry.added_at)
        .where(backend.among(_entry.playlist, "among"))
        .order_by(_entry.playlist, _entry.position)
    )
)

_PUT = Statement(_upsert)
_PUT_ENTRY = Statement(
    lambda backend: backend.insert_lists(
        schema.playlist_track, ("playlist", "position", "track", "added_at")
    )
)
_FORGET = Statement(
    lambda backend: sa.delete(schema.playlist_track).where(
        backend.among(schema.playlist_track.c.playlist, "among")
    )
)
