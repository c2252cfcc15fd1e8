"""Rows in, tracks out: the way back from the tables to `Track`."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from murecom.store import schema
from murecom.types import Track, TrackId


def load_tracks(connection: sa.Connection, pks: Sequence[int]) -> dict[int, Track]:
    """Load at most a batch of tracks by their inner ids, in ascending order."""
    return _load(connection, _BY_PK, {"pks": pks})


def load_tracks_by_id(connection: sa.Connection, ids: Sequence[str]) -> dict[int, Track]:
    """Load at most a batch of tracks by their raw ids, by inner id."""
    return _load(connection, _BY_ID, {"ids": ids})


def _load(
    connection: sa.Connection, statement: sa.Select[Any], values: Mapping[str, object]
) -> dict[int, Track]:
    found = connection.execute(statement, values).all()
    if not found:
        return {}
    of_these = {"pks": [row[0] for row in found]}
    artists: defaultdict[int, list[str]] = defaultdict(list)
    for pk, name in connection.execute(_ARTISTS, of_these).all():
        artists[pk].append(name)
    ids: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for pk, kind, value in connection.execute(_IDS, of_these).all():
        ids[pk][kind] = value
    paths: dict[int, bytes] = {}
    for pk, path in connection.execute(_PATHS, of_these).all():
        paths.setdefault(pk, path)
    return {
        pk: Track(
            TrackId(track_id),
            title,
            tuple(artists.get(pk, ())),
            album,
            duration,
            os.fsdecode(paths[pk]) if pk in paths else None,
            ids.get(pk, {}),
        )
        for pk, track_id, title, duration, album in found
    }


def many(name: str) -> sa.BindParameter[Any]:
    """Stand for a list of values in ``column.in_(…)``."""
    return sa.bindparam(name, expanding=True)


_track, _album, _artist = schema.track.c, schema.album.c, schema.artist.c
_link, _other, _file = schema.track_artist.c, schema.external_id.c, schema.file.c

# Written once: making a statement anew costs more than running most of these.
_TRACKS = (
    sa.select(_track.pk, _track.id, _track.title, _track.duration, _album.title)
    .select_from(schema.track.outerjoin(schema.album))
    .order_by(_track.pk)
)
_BY_PK = _TRACKS.where(_track.pk.in_(many("pks")))
_BY_ID = _TRACKS.where(_track.id.in_(many("ids")))
_ARTISTS = (
    sa.select(_link.track, _artist.name)
    .join_from(schema.track_artist, schema.artist, _link.artist == _artist.pk)
    .where(_link.track.in_(many("pks")))
    .order_by(_link.track, _link.position)
)
_IDS = (
    sa.select(_other.track, _other.kind, _other.value)
    .where(_other.track.in_(many("pks")))
    .order_by(_other.track, _other.kind)
)
_PATHS = (
    sa.select(_file.track, _file.path)
    .where(_file.track.in_(many("pks")), _file.state.not_in(schema.ABSENT))
    .order_by(_file.track, _file.path)
)
