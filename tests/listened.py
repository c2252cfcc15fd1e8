"""A library with sounds and playlists, and a history of what was heard in it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

import put_together
from murecom.jobs import playlist_model
from murecom.service import Murecom
from murecom.store import schema
from murecom.types import Listen, Track

DAY = 86_400


@pytest.fixture
def heard(scanned: Path, tmp_path: Path) -> Iterator[Murecom]:
    """A library with sounds and a model of playlists, of which nothing was heard yet."""
    shutil.copytree(scanned, tmp_path / "home")
    with Murecom(home=tmp_path / "home") as app:
        put_together.fill(app.store)
        playlists = list(app.store.playlists.iter())
        data = put_together.data_of(playlists, app.store.playlists.revision())
        playlist_model.train(data, playlist_model.folder_of(app.home))
        yield app


def listen(app: Murecom, track: Track, *days: float, **more) -> None:
    """Hear a track so many days ago."""
    now = int(time.time())
    listens = [Listen(track, now - int(ago * DAY) - n, **more) for n, ago in enumerate(days)]
    app.store.listens.put_many(listens, source="test")


def twin(app: Murecom, track: Track, file: Track) -> None:
    """Let a track be the same recording as one that has a file."""
    app.store.tracks.put_many([track])
    with app.store._database.read() as connection:
        rows = connection.execute(sa.select(schema.track.c.id, schema.track.c.pk))
        pks = dict(rows.all())
    own = (pks[file.id], pks[file.id], "file")
    app.store.twins.put([own, (pks[track.id], pks[file.id], "isrc")])
