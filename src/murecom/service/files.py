"""Playlist files in and out."""

from __future__ import annotations

from pathlib import Path

from murecom.errors import NotFound
from murecom.formats import WriteReport, read_playlists, write_playlist
from murecom.service.opened import Opened
from murecom.service.seeds import match_entries
from murecom.types import Playlist, Track


class PlaylistFiles(Opened):
    """What players and people hold."""

    def read_playlists(self, file: Path) -> list[Playlist]:
        """Read a playlist file; entries that the library knows come as its tracks."""
        playlists = read_playlists(file, roots=self._last_roots())
        known = []
        for playlist in playlists:
            tracks = tuple(
                next(iter(match_entries(self.store, [entry], file.parent, outside=False)[0]), entry)
                for entry in playlist.tracks
            )
            known.append(Playlist(playlist.name, tracks, playlist.id, playlist.description))
        return known

    def read_seeds(self, file: Path) -> tuple[list[Track], list[str]]:
        """Read the tracks of a playlist file to continue from.

        Returns
        -------
        tracks, notes
            What is known, and a sentence for each entry that is not.

        Raises
        ------
        NotFound
            No entry is known.
        """
        playlists = read_playlists(file, roots=self._last_roots())
        entries = [track for playlist in playlists for track in playlist.tracks]
        tracks, notes = match_entries(self.store, entries, file.parent)
        if not entries:
            raise NotFound(f"{file} is an empty playlist. Name tracks with --seed.")
        if not tracks:
            raise NotFound(
                f"None of the {len(entries)} entries of {file} is known. "
                "Scan the folder of its music first."
            )
        return tracks, notes

    def write_playlist(
        self, playlist: Playlist, file: Path, style: str | None = None
    ) -> WriteReport:
        """Write a playlist file in the format of its suffix; see `murecom.formats`."""
        paths = [track.path for track in playlist.tracks if track.path]

        def held(root: Path) -> int:
            return sum(Path(path).is_relative_to(root) for path in paths)

        return write_playlist(
            playlist,
            file,
            style=style or self.settings.playlist.path_style,  # type: ignore[arg-type]
            root=max(self._last_roots(), key=held, default=None),  # a player knows one folder
        )
