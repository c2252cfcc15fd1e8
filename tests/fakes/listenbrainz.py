"""A fake of ListenBrainz and of its server of experiments, both behind one address.

Whoever does not say who they are gets 403. Private playlists are for their owner's token.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fakes.web import Answer, Fake, number

_PLAYLIST = "https://musicbrainz.org/doc/jspf#playlist"
_TRACK = "https://musicbrainz.org/doc/jspf#track"


@dataclass
class Playlist:
    """A playlist of a user."""

    mbid: str
    title: str
    owner: str
    tracks: list[Any]
    is_public: bool = True
    annotation: str = ""
    changed: str = "2024-05-01T10:00:00+00:00"


def mbid(number: int) -> str:
    """Make up a MusicBrainz id."""
    return str(uuid.UUID(int=number, version=4))


def track(number: int, **more: Any) -> dict[str, Any]:
    """Make up a track of a playlist."""
    names = [f"Band {number % 50}", "Guest"] if number % 3 == 0 else [f"Band {number % 50}"]
    artists = [
        {"artist_credit_name": name, "artist_mbid": mbid(50_000), "join_phrase": ""}
        for name in names
    ]
    extension = {
        "added_at": "2024-04-01T10:00:00+00:00",
        "added_by": "somebody",
        "artist_identifiers": [f"https://musicbrainz.org/artist/{mbid(50_000)}"],
        "additional_metadata": {"artists": artists},
    }
    return {
        "identifier": [f"https://musicbrainz.org/recording/{mbid(number)}"],
        "title": f"Song {number}",
        "creator": " feat. ".join(names),
        "album": f"Record {number // 10}",
        "duration": 180_000 + number,
        "extension": {_TRACK: extension},
    } | more


def similar(number: int, score: float, **more: Any) -> dict[str, Any]:
    """Make up a row of the table of similar recordings."""
    return {
        "recording_mbid": mbid(number),
        "recording_name": f"Song {number}",
        "artist_credit_name": f"Band {number % 50}",
        "release_name": f"Record {number // 10}",
        "score": score,
        "reference_mbid": mbid(1),
    } | more


class FakeListenBrainz(Fake):
    """The service; `token` is that of `user`."""

    user, token = "me-myself", "my-token"

    def __init__(self) -> None:
        super().__init__()
        self.playlists: dict[str, Playlist] = {}
        self.similar: dict[str, list[Any]] = {}

    def add(self, title: str, tracks: list[Any], *, owner: str = "somebody", **more: Any) -> str:
        """Put a playlist in and give its id."""
        new = mbid(90_000 + len(self.playlists))
        self.playlists[new] = Playlist(new, title, owner, tracks, **more)
        return new

    def routes(self) -> list[tuple[str, str, Answer]]:
        """Give the routes."""
        return [
            ("GET", "/1/playlist/search", self._search),
            ("GET", "/1/playlist/{mbid}", self._playlist),
            ("GET", "/1/user/{user}/playlists", self._own),
            ("GET", "/similar-recordings/json", self._similar),
        ]

    def guard(self, request: Request) -> Response | None:
        """Answer those only who say who they are."""
        if not re.search(r"@|https?://", request.headers.get("user-agent", "")):
            return Response("Forbidden: say who you are", 403)
        given = request.headers.get("authorization")
        if given is not None and given != f"Token {self.token}":
            return JSONResponse({"code": 401, "error": "Invalid authorization token."}, 401)
        request.scope["user"] = self.user if given else ""
        return None

    def too_many(self, wait: float) -> Response:
        """Refuse as the documentation says: with the seconds until the window ends."""
        headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-In": str(int(wait) + 1)}
        return _error(429, "You have exceeded your rate limit.", headers)

    async def _search(self, request: Request) -> Response:
        word = request.query_params.get("query", "").casefold()
        if len(word) < 3:
            return _error(400, "Query string must be at least 3 characters long.")
        shown = [p for p in self.playlists.values() if self._is_shown(p, request)]
        return self._page(request, [p for p in shown if word in p.title.casefold()])

    async def _own(self, request: Request) -> Response:
        user = request.path_params["user"]
        if user not in {self.user, *(p.owner for p in self.playlists.values())}:
            return _error(404, f"Cannot find user: {user}")
        own = [p for p in self.playlists.values() if p.owner == user]
        return self._page(request, [p for p in own if self._is_shown(p, request)])

    async def _playlist(self, request: Request) -> Response:
        found = self.playlists.get(request.path_params["mbid"])
        if found is None or not self._is_shown(found, request):
            return _error(404, "Cannot find playlist: " + request.path_params["mbid"])
        return JSONResponse({"playlist": _jspf(found, found.tracks)})

    async def _similar(self, request: Request) -> Response:
        if not request.query_params.get("algorithm", "").startswith("session_based"):
            return _error(400, "Unknown algorithm.")
        return JSONResponse(self.similar.get(request.query_params.get("recording_mbids", ""), []))

    def _is_shown(self, playlist: Playlist, request: Request) -> bool:
        return playlist.is_public or playlist.owner == request.scope["user"]

    def _page(self, request: Request, lists: list[Playlist]) -> Response:
        count, offset = number(request, "count", 25), number(request, "offset", 0)
        if count is None or offset is None:
            return _error(400, "'count' and 'offset' must be whole numbers.")
        part = [{"playlist": _jspf(p, [])} for p in lists[offset : offset + count]]
        total = max(0, len(lists) + self.lie)
        about = {"count": len(part), "offset": offset, "playlist_count": total}
        return JSONResponse({**about, "playlists": part})


def _jspf(playlist: Playlist, tracks: list[Any]) -> dict[str, Any]:
    extension = {
        "creator": playlist.owner,
        "public": playlist.is_public,
        "last_modified_at": playlist.changed,
    }
    return {
        "identifier": f"https://listenbrainz.org/playlist/{playlist.mbid}",
        "title": playlist.title,
        "annotation": playlist.annotation,
        "creator": playlist.owner,
        "date": "2024-03-01T10:00:00+00:00",
        "extension": {_PLAYLIST: extension},
        "track": tracks,
    }


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"code": status, "error": message}, status, headers)
