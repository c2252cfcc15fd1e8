"""A fake of Deezer's open API: errors come with status 200, links name the real host."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fakes.web import Answer, Fake, number

REAL = "https://api.deezer.com"


@dataclass
class Playlist:
    """A playlist, open or of somebody who closed it."""

    id: int
    title: str
    tracks: list[Any]
    is_public: bool = True
    description: str = ""


def track(number: int, **more: Any) -> dict[str, Any]:
    """Make up a track of a playlist."""
    return {
        "id": 1000 + number,
        "readable": True,
        "title": f"Song {number}",
        "duration": 180 + number,
        "isrc": f"XXB00{number:07d}",
        "time_add": 1_700_000_000 + number,
        "artist": {"id": 1 + number % 50, "name": f"Band {number % 50}", "type": "artist"},
        "album": {"id": 1 + number // 10, "title": f"Record {number // 10}", "type": "album"},
        "type": "track",
    } | more


def error(code: int, kind: str, message: str) -> Response:
    """Make an error as Deezer does."""
    return JSONResponse({"error": {"type": kind, "message": message, "code": code}})


class FakeDeezer(Fake):
    """The service."""

    def __init__(self) -> None:
        super().__init__()
        self.playlists: dict[int, Playlist] = {}

    def add(self, title: str, tracks: list[Any], **more: Any) -> str:
        """Put a playlist in and give its id."""
        new = 7000 + len(self.playlists)
        self.playlists[new] = Playlist(new, title, tracks, **more)
        return str(new)

    def routes(self) -> list[tuple[str, str, Answer]]:
        """Give the routes."""
        return [
            ("GET", "/search/playlist", self._search),
            ("GET", "/playlist/{id:int}", self._playlist),
            ("GET", "/playlist/{id:int}/tracks", self._tracks),
        ]

    def too_many(self, wait: float) -> Response:
        """Say so in a good answer, without telling how long to wait."""
        return error(4, "Exception", "Quota limit exceeded")

    async def _search(self, request: Request) -> Response:
        word = request.query_params.get("q", "").casefold()
        if not word:
            return error(501, "MissingParameterException", "Missing parameters: q")
        lists = [p for p in self.playlists.values() if word in p.title.casefold()]
        return self._page(request, [_brief(p) for p in lists], "/search/playlist")

    async def _playlist(self, request: Request) -> Response:
        found = self._found(request)
        if isinstance(found, Response):
            return found
        more = {"description": found.description, "tracks": {"data": found.tracks[:400]}}
        return JSONResponse({**_brief(found), **more})

    async def _tracks(self, request: Request) -> Response:
        found = self._found(request)
        if isinstance(found, Response):
            return found
        return self._page(request, found.tracks, f"/playlist/{found.id}/tracks")

    def _found(self, request: Request) -> Playlist | Response:
        found = self.playlists.get(request.path_params["id"])
        if found is None:
            return error(800, "DataException", "no data")
        if not found.is_public:
            return error(200, "OAuthException", "An active access token must be used")
        return found

    def _page(self, request: Request, rows: list[Any], path: str) -> Response:
        index, limit = number(request, "index", 0), number(request, "limit", 25)
        if index is None or limit is None or limit > 100:
            return error(500, "ParameterException", "Wrong parameter")
        total = max(0, len(rows) + self.lie)
        page: dict[str, Any] = {"data": rows[index : index + limit], "total": total}
        if index + limit < max(total, len(rows)):
            query = {**dict(request.query_params), "limit": limit, "index": index + limit}
            page["next"] = f"{REAL}{path}?{urlencode(query)}"
        if index:
            page["prev"] = f"{REAL}{path}"
        return JSONResponse(page)


def _brief(playlist: Playlist) -> dict[str, Any]:
    return {
        "id": playlist.id,
        "title": playlist.title,
        "public": playlist.is_public,
        "nb_tracks": len(playlist.tracks),
        "checksum": hashlib.md5(repr(playlist.tracks).encode()).hexdigest(),
        "type": "playlist",
    }
