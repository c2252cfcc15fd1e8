"""A fresh store for each test, and short ways to fill it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from murecom.store import Store
from murecom.types import Track, TrackId


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate once; the tests copy the file."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    Store.open(path).close()
    return path


@pytest.fixture
def path(tmp_path: Path, empty_database: Path) -> Path:
    file = tmp_path / "music.db"
    file.write_bytes(empty_database.read_bytes())
    return file


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as opened:
        yield opened


@pytest.fixture
def put(store: Store) -> Callable[..., TrackId]:
    """Put a track by "title", its artists and what else `tracks.put` takes."""

    def put_track(
        title: str | None,
        *artists: str,
        id: str | None = None,
        album: str | None = None,
        **more: object,
    ) -> TrackId:
        count = store.status()["tracks"] + store.status()["lost"]
        track_id = TrackId(id or f"test:{count + 1}")
        store.tracks.put(Track(track_id, title, artists, album), **more)  # type: ignore[arg-type]
        return track_id

    return put_track
