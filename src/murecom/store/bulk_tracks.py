"""Many tracks at once: those that are new, and what later files add to those that are known.

Every table is asked once for all that it knows of a batch, then given all that is new, in lists,
one for each column; tracks one by one (`tracks.put`) ask six times for each. Inner ids are looked
up after the insert, which both kinds of database understand, also beside other writers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from murecom.store import schema
from murecom.store.base import Backend
from murecom.store.completing import completed, fingerprint, may_complete, merged
from murecom.store.database import Statement, Work
from murecom.store.loading import load_tracks
from murecom.store.rows import batches, checked_id, clean, clean_or_none, number_or_none
from murecom.text.fold import name_key
from murecom.text.tokens import key_terms, search_terms
from murecom.types import Track, TrackId


class Put(NamedTuple):
    """How many `tracks` were new, and of how many known ids the names were `differing`."""

    tracks: int
    differing: int


def put_unknown(work: Work, tracks: Iterable[Track]) -> Put:
    """Add the tracks that are not known yet, and to the others what they lack.

    What is known of a track is never replaced; see `store.completing`.
    """
    by_id, differing = merged(tracks)
    for track_id in by_id:
        checked_id(track_id)
    look_up_tracks(work, by_id)
    new: list[Track] = []
    known: list[Track] = []
    for track_id, track in by_id.items():
        (known if track_id in work.tracks else new).append(track)
    differing |= _complete(work, known)
    if new:
        _make(work, new)
    work.told.update(map(fingerprint, new))
    return Put(len(new), len(differing))


def _complete(work: Work, told: list[Track]) -> set[TrackId]:
    """Add to known tracks what they lack; give the ids that were told with another name."""
    told = [track for track in told if may_complete(track) and not work.is_told(fingerprint(track))]
    differing, changed = set(), []
    for batch in batches(_perhaps_fuller(work, told)):
        by_pk = {work.tracks[track.id]: track for track in batch}
        for pk, known in load_tracks(work.connection, list(by_pk)).items():
            fuller = completed(known, by_pk[pk])
            if fuller is None:
                differing.add(known.id)
            elif fuller is not known:
                changed.append((pk, known, fuller))
    work.told.update(map(fingerprint, told))
    if changed:
        _add(work, changed)
    return differing


def _perhaps_fuller(work: Work, told: list[Track]) -> list[Track]:
    """Leave out by one cheap question the most: tracks of which all that is told is known."""
    rows = work.look_up(_GAPS, [work.tracks[track.id] for track in told])
    has = {pk: rest for pk, *rest in rows}
    fuller = []
    for track in told:
        if work.tracks[track.id] not in has:  # somebody else has just deleted it
            continue
        title, has_album, has_duration, artists = has[work.tracks[track.id]]
        if (
            title != track.title
            or bool(track.ids)
            or (track.album and not has_album)
            or (track.duration is not None and not has_duration)
            or artists < len(track.artists)
        ):
            fuller.append(track)
    return fuller


def _add(work: Work, changed: list[tuple[int, Track, Track]]) -> None:
    """Write what tracks (inner id, as known, completed) have gained."""
    names = {clean(name) for _, _, track in changed for name in track.artists}
    artists = _artists(work, names)
    albums: dict[str, int | None] = {"": None}
    albums |= _albums(work, {clean(track.album) for _, _, track in changed if track.album})
    work.many(
        _COMPLETE,
        [
            {
                "inner": pk,
                "new_title": clean_or_none(track.title),
                "new_key": name_key(clean(track.title or ""))[: schema.KEY_LENGTH],
                "new_album": albums[clean(track.album or "")] if not known.album else None,
                "new_duration": number_or_none(track.duration),
            }
            for pk, known, track in changed
        ],
    )
    links = [
        (pk, number, artists[clean(name)])
        for pk, known, track in changed
        for number, name in enumerate(track.artists)
        if number >= len(known.artists)
    ]
    work.fill(
        _MAKE_LINK,
        track=[pk for pk, _, _ in links],
        position=[position for _, position, _ in links],
        artist=[artist for _, _, artist in links],
    )
    ids = [
        (pk, clean(kind), clean(value))
        for pk, known, track in changed
        for kind, value in track.ids.items()
        if kind not in known.ids
    ]
    work.fill(
        _MAKE_ID,
        track=[pk for pk, _, _ in ids],
        kind=[kind for _, kind, _ in ids],
        value=[value for _, _, value in ids],
    )
    for pk, known, track in changed:
        if (known.title, known.artists, known.album) != (track.title, track.artists, track.album):
            rest = " ".join((*track.artists, track.album or ""))
            title = key_terms(name_key(track.title or ""))
            work.backend.index(work.cursor, pk, title, search_terms(rest))
    work.fill(COMPARE_AGAIN, track=[pk for pk, _, _ in changed])
    work.changed = True


def _make(work: Work, new: list[Track]) -> None:
    """Add tracks that are not known."""
    titles = [clean_or_none(track.title) for track in new]
    artists = [[clean(name) for name in track.artists] for track in new]
    albums = [clean_or_none(track.album) for track in new]
    artist_pks = _artists(work, {name for names in artists for name in names})
    album_pks = _albums(work, {title for title in albums if title is not None})
    keys = [name_key(title or "") for title in titles]
    ids = [track.id for track in new]
    made = work.fill(
        _MAKE_TRACK,
        id=ids,
        title=titles,
        key=[key[: schema.KEY_LENGTH] for key in keys],
        album=[None if album is None else album_pks[album] for album in albums],
        duration=[number_or_none(track.duration) for track in new],
    )
    work.tracks.update(made)
    look_up_tracks(work, ids)  # those that were not given
    pks = [work.tracks[track_id] for track_id in ids]
    work.fill(
        _MAKE_LINK,
        track=[pk for pk, names in zip(pks, artists, strict=True) for _ in names],
        position=[number for names in artists for number in range(len(names))],
        artist=[artist_pks[name] for names in artists for name in names],
    )
    others = [
        (pk, clean(kind), clean(value))
        for pk, track in zip(pks, new, strict=True)
        for kind, value in track.ids.items()
    ]
    work.fill(
        _MAKE_ID,
        track=[pk for pk, _, _ in others],
        kind=[kind for _, kind, _ in others],
        value=[value for _, _, value in others],
    )
    work.backend.index_new(
        work.cursor,
        [
            (pk, key_terms(key), search_terms(" ".join((*names, album or ""))))
            for pk, key, names, album in zip(pks, keys, artists, albums, strict=True)
        ],
    )
    work.changed = True


def look_up_tracks(work: Work, ids: Iterable[str]) -> None:
    """Put the inner ids of those tracks that exist into `work.tracks`."""
    asked = [track_id for track_id in ids if track_id not in work.tracks]
    work.tracks.update(work.look_up(_TRACKS, asked))


def _artists(work: Work, names: set[str]) -> dict[str, int]:
    """Give the inner ids of artists, made if need be."""
    found = _remembered(work, "artists", {name: name for name in names})
    asked = [name for name in names if name not in found]
    known = dict(work.look_up(_ARTISTS, asked))
    if missing := [name for name in asked if name not in known]:
        keys = [name_key(name)[: schema.KEY_LENGTH] for name in missing]
        known.update(work.fill(_MAKE_ARTIST, name=missing, key=keys))
        known.update(work.look_up(_ARTISTS, [name for name in missing if name not in known]))
    work.found["artists"].update((name, (pk,)) for name, pk in known.items())
    return found | known


def _albums(work: Work, titles: set[str]) -> dict[str, int]:
    """Give the inner ids of albums whose artist is not known, made if need be."""
    found = _remembered(work, "albums", {title: (title, "") for title in titles})
    asked = [title for title in titles if title not in found]
    known = dict(work.look_up(_ALBUMS, asked))
    if missing := [title for title in asked if title not in known]:
        known.update(work.fill(_MAKE_ALBUM, title=missing, artist=[""] * len(missing)))
        known.update(work.look_up(_ALBUMS, [title for title in missing if title not in known]))
    work.found["albums"].update(((title, ""), (pk,)) for title, pk in known.items())
    return found | known


def _remembered(work: Work, kind: str, keys: dict[str, Any]) -> dict[str, int]:
    rows = ((name, work.recall(kind, key)) for name, key in keys.items())
    return {name: int(row[0]) for name, row in rows if row is not None}


def _missing(
    table: sa.Table, *columns: str, gives: Sequence[sa.ColumnElement[Any]] = ()
) -> Statement:
    """Insert what is not there yet."""

    def make(backend: Backend) -> Any:
        statement = backend.insert_lists(table, columns).on_conflict_do_nothing()
        return backend.giving(statement, *gives) if gives else statement

    return Statement(make)


def look(*columns: sa.ColumnElement[Any], of: sa.ColumnElement[Any]) -> Statement:
    """Ask for the rows of many values of a column."""
    return Statement(lambda backend: sa.select(*columns).where(backend.among(of, "among")))


_track, _artist, _album = schema.track.c, schema.artist.c, schema.album.c
_TRACKS = look(_track.id, _track.pk, of=_track.id)
_ARTISTS = look(_artist.name, _artist.pk, of=_artist.name)
_ALBUMS = Statement(
    lambda backend: sa.select(_album.title, _album.pk).where(
        backend.among(_album.title, "among"), _album.artist == ""
    )
)
_MAKE_TRACK = _missing(
    schema.track, "id", "title", "key", "album", "duration", gives=(_track.id, _track.pk)
)
_MAKE_ARTIST = _missing(schema.artist, "name", "key", gives=(_artist.name, _artist.pk))
_MAKE_ALBUM = _missing(schema.album, "title", "artist", gives=(_album.title, _album.pk))
_MAKE_LINK = _missing(schema.track_artist, "track", "position", "artist")
_MAKE_ID = _missing(schema.external_id, "track", "kind", "value")
COMPARE_AGAIN = _missing(schema.uncompared, "track")
"Let tracks be compared again when twins are looked for next."
_GAPS = look(
    _track.pk,
    _track.title,
    _track.album.is_not(None),
    _track.duration.is_not(None),
    sa.select(sa.func.count())
    .where(schema.track_artist.c.track == _track.pk)
    .correlate(schema.track)
    .scalar_subquery(),
    of=_track.pk,
)
_COMPLETE = Statement(
    lambda _: (
        sa.update(schema.track)
        .where(_track.pk == sa.bindparam("inner"))
        .values(
            title=sa.bindparam("new_title", type_=sa.Text),
            key=sa.bindparam("new_key", type_=sa.Text),
            album=sa.func.coalesce(_track.album, sa.bindparam("new_album", type_=sa.BigInteger)),
            duration=sa.bindparam("new_duration", type_=sa.Float),
        )
    )
)
