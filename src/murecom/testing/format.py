"""The contract of playlist formats."""

# ruff: noqa: D102 (the name of a check says what it checks)

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from murecom.errors import MurecomError, Unreachable
from murecom.formats.base import HEAD, Format, Style
from murecom.testing.disk import full_disk
from murecom.types import Playlist, Track, TrackId


class FormatContract(ABC):
    """What every playlist format does; derive, set `make`, and give an example."""

    make: ClassVar[Any]

    @abstractmethod
    def example(self) -> bytes:
        """Give a small correct file with at least one entry, as other programs write it."""

    def playlist(self, folder: Path) -> Playlist:
        """Make a playlist of files below a folder."""
        tracks = (
            Track(TrackId("test:1"), "Año 1 – 夜曲", ("Someone", "周杰伦"), "Álbum", 61.5),
            Track(TrackId("test:2"), 'Plain & <simple> "title"', ("A, B",), None, 180.0),
            Track(TrackId("test:3"), None, (), None, None),
        )
        names = ("a b/01 夜曲.mp3", "#2 100% & [x].ogg", "three.flac")
        placed = (
            replace(track, path=str(folder / name))
            for track, name in zip(tracks, names, strict=True)
        )
        return Playlist("Evening ☾", tuple(placed))

    @pytest.fixture
    def format(self) -> Format:
        """Make the format."""
        made: Format = type(self).make()
        return made

    def test_recognises_its_own(self, format: Format) -> None:
        example = self.example()
        assert format.name
        assert format.suffixes
        assert all(s.startswith(".") and s == s.lower() for s in format.suffixes)
        assert 0.5 <= format.sniff(f"x{format.suffixes[0]}", example[:HEAD]) <= 1
        assert format.sniff("x.mp3", b"\xff\xfb\x90\x64" + bytes(range(256)) * 4) < 0.5

    def test_reads_the_example(self, format: Format) -> None:
        playlists = format.read(self.example())
        assert any(playlist.tracks for playlist in playlists)

    def test_reads_back_what_it_wrote(self, format: Format, tmp_path: Path) -> None:
        wanted = self.playlist(tmp_path)
        path = tmp_path / f"list{format.suffixes[0]}"
        styles: tuple[Style, ...] = ("playlist", "root", "absolute")
        for style in styles:
            report = format.write(wanted, path, style=style, root=tmp_path)
            assert report.written == len(wanted.tracks)
            assert not report.skipped
            (got,) = format.read(path)
            assert [track.path for track in got.tracks] == [t.path for t in wanted.tracks]
            assert got.tracks[0].title == wanted.tracks[0].title

    def test_an_empty_playlist_stays_empty(self, format: Format, tmp_path: Path) -> None:
        path = tmp_path / f"none{format.suffixes[0]}"
        format.write(Playlist("None"), path)
        assert all(not playlist.tracks for playlist in format.read(path))

    def test_nonsense_is_told_or_passed_over(self, format: Format) -> None:
        random = np.random.default_rng(1)
        for content in (b"", b"\0", b"<", b"{", b"[]", random.bytes(3000), self.example()[:-7]):
            try:
                playlists = format.read(content)
            except MurecomError:
                continue  # anything else than a told error fails the test
            assert all(track.id for playlist in playlists for track in playlist.tracks)

    def test_a_failed_write_leaves_the_old_file(self, format: Format, tmp_path: Path) -> None:
        path = tmp_path / f"list{format.suffixes[0]}"
        format.write(self.playlist(tmp_path), path)
        before = path.read_bytes()
        with full_disk(), pytest.raises(Unreachable):
            format.write(Playlist("Other"), path)
        assert path.read_bytes() == before
        assert [p.name for p in tmp_path.iterdir()] == [path.name]
