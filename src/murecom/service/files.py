"""Playlist files in and out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from murecom.errors import Ambiguous, NotFound
from murecom.formats import WriteReport, read_playlists, write_playlist
from murecom.service.opened import Opened
from murecom.service.seeds import match_entries
from murecom.text.fold import name_key
from murecom.types import Playlist, Track

GENERIC = frozenset((
    "playlist", "my playlist", "new playlist", "untitled", "untitled playlist", "unnamed", "list",
    "songs", "my songs", "music", "my music", "tracks", "mix", "my mix", "queue", "now playing",
    "test", "temp", "export", "backup", "favorites", "favourites", "liked songs", "starred",
    "歌单", "我的歌单", "新建歌单", "播放列表", "我喜欢的音乐",
))  # fmt: skip
"Keys of names (`name_key`), but for numbers, that say nothing of what a list holds."


@dataclass(frozen=True, slots=True)
class Listed:
    """A playlist file to go on from: tracks in its order, its title if that says anything."""

    tracks: tuple[Track, ...]
    title: str | None
    notes: tuple[str, ...]


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

    def playlist(self, text: str) -> Playlist:
        """Give a playlist of the library by its id or name.

        Raises
        ------
        NotFound
            There is none of that name; the sentence tells the nearest ones.
        Ambiguous
            Several fit and none stands out; `choices` are their names with ids.
        """
        name = text.strip()
        source, _, own = name.partition(":")
        known = self.store.playlists.get(name) if source and own else None
        if known is not None:
            return known
        hits = self.store.playlists.search(name, limit=9)
        exact = [found for found, score in hits if score == 1.0]
        if len(hits) == 1 or len(exact) == 1:
            only = self.store.playlists.get((exact or [hits[0][0]])[0].id)
            if only is not None:
                return only
        if not hits:
            raise NotFound(
                f"There is no file and no playlist '{name}'. Bring some in: murecom import"
            )
        choices = tuple(f"{found.name}  {found.tracks} tracks  {found.id}" for found, _ in hits)
        raise Ambiguous(f"Several playlists are called like '{name}'. Name one by its id.", choices)

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
            some = f"None of the {len(entries):,} entries of {file} is"
            if len(entries) == 1:
                some = f"The only entry of {file} is not"
            raise NotFound(f"{some} known. Scan the folder of its music first.")
        return tracks, notes

    def read_list(self, file: Path, *, strangers: bool = True, title: str | None = None) -> Listed:
        """Read a playlist file with all that a model of playlists can start from.

        Parameters
        ----------
        file : Path
            The playlist.
        strangers : bool
            Keep entries that the library does not know, where there is a model of playlists: it may
            know them, or their artists. Else, and without such a model, as `read_seeds`.
        title : str, optional
            What the list is called, if somebody says so.

        Raises
        ------
        NotFound
            No entry is known, and there is no title that could stand for them.
        """
        if not (strangers and self._has_lists()):
            tracks, notes = self.read_seeds(file)
            return Listed(tuple(tracks), title, tuple(notes))
        playlists = read_playlists(file, roots=self._last_roots())
        entries = [track for playlist in playlists for track in playlist.tracks]
        if title is None and len(playlists) == 1 and not is_generic(playlists[0].name):
            title = playlists[0].name
        if not entries and title is None:
            raise NotFound(f"{file} is an empty playlist. Name tracks with --seed, or a --title.")
        found = [
            next(iter(match_entries(self.store, [entry], file.parent)[0]), entry)
            for entry in entries
        ]
        return Listed(tuple(found), title, ())

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


def is_generic(name: str) -> bool:
    """Tell whether the name of a playlist says nothing of what it holds."""
    words = [word for word in name_key(name).split() if not word.isdigit()]
    return not words or " ".join(words) in GENERIC
