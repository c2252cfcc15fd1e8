"""A fake of Last.fm's API: one address, a method as a parameter, errors as numbers in a body."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fakes.web import Answer, Fake


def error(code: int, message: str, status: int = 200) -> Response:
    """Make an error as Last.fm does."""
    return JSONResponse({"error": code, "message": message}, status)


class FakeLastFM(Fake):
    """The service: `tags` and `similar` by (artist, title) or by mbid."""

    api_key = "0123456789abcdef0123456789abcdef"

    def __init__(self) -> None:
        super().__init__()
        self.tags: dict[Any, list[Any]] = {}
        self.similar: dict[Any, list[Any]] = {}

    def routes(self) -> list[tuple[str, str, Answer]]:
        """Give the only route."""
        return [("GET", "/2.0/", self._method)]

    def too_many(self, wait: float) -> Response:
        """Say so with a number."""
        return error(29, "Rate Limit Exceeded - Your IP has made too many requests")

    async def _method(self, request: Request) -> Response:
        asked = request.query_params
        if asked.get("api_key") != self.api_key:
            return error(10, "Invalid API key - You must be granted a valid key by last.fm", 403)
        rows, whole, one = {
            "track.getTopTags": (self.tags, "toptags", "tag"),
            "track.getSimilar": (self.similar, "similartracks", "track"),
        }.get(asked.get("method", ""), (None, "", ""))
        if rows is None:
            return error(3, "Invalid Method - No method with that name in this package", 400)
        which = asked.get("mbid") or (asked.get("artist"), asked.get("track"))
        if which not in rows:
            return error(6, "Track not found", 404)
        found = rows[which][: int(asked.get("limit", 100))]
        about = {"artist": asked.get("artist", ""), "track": asked.get("track", "")}
        content: Any = found[0] if len(found) == 1 else found  # one of them comes without a list
        return JSONResponse({whole: {one: content, "@attr": about}})
