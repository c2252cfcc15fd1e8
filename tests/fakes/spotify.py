"""A fake of Spotify's Web API and of its log-in, with the rules that hold since March 2026.

Links to next pages name the real host, as Spotify's do: whoever follows one leaves the machine, and
the test fails.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from fakes.web import Answer, Fake, number

REAL = "https://api.spotify.com/v1"


@dataclass
class Playlist:
    """A playlist; a track that is None is not there any more, as is a row that is "null"."""

    id: str
    name: str
    owner: str
    tracks: list[Any]
    members: tuple[str, ...] = ()
    description: str = ""
    is_null: bool = False

    @property
    def snapshot(self) -> str:
        """A mark that changes with the tracks."""
        return hashlib.sha256(repr(self.tracks).encode()).hexdigest()[:24]


@dataclass
class Token:
    """A token: `user` is None for one of the application alone."""

    user: str | None
    until: float
    scopes: frozenset[str] = frozenset()


def key(number: int) -> str:
    """Make an id as Spotify's look: 22 letters and digits."""
    return f"{number:022d}"


def track(number: int, **more: Any) -> dict[str, Any]:
    """Make up a track as the API gives it in development mode."""
    return {
        "id": key(number),
        "uri": f"spotify:track:{key(number)}",
        "type": "track",
        "name": f"Song {number}",
        "duration_ms": 180_000 + number,
        "explicit": False,
        "is_local": False,
        "artists": [{"id": key(number % 50), "name": f"Band {number % 50}", "type": "artist"}],
        "album": {"id": key(number // 10), "name": f"Record {number // 10}", "type": "album"},
        "external_ids": {"isrc": f"XXA00{number:07d}"},
    } | more


@dataclass
class _Code:
    challenge: str
    redirect: str
    user: str
    scopes: frozenset[str]


@dataclass
class State:
    """What the service knows."""

    playlists: dict[str, Playlist] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    refreshes: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    codes: dict[str, _Code] = field(default_factory=dict)


class FakeSpotify(Fake):
    """The service: one application, one user who says yes to everything."""

    client_id, client_secret, user = "an-application", "its-secret", "me-myself"

    def __init__(self, *, extended: bool = False, token_life: float = 3600) -> None:
        super().__init__()
        self.extended, self.token_life = extended, token_life
        self.quota_spent = False
        self.state = State()
        self._told_until = 0.0

    def add(self, name: str, tracks: list[Any], *, owner: str = "somebody", **more: Any) -> str:
        """Put a playlist in and give its id."""
        new = key(90_000 + len(self.state.playlists))
        self.state.playlists[new] = Playlist(new, name, owner, tracks, **more)
        return new

    def expire(self) -> None:
        """End the life of all tokens."""
        for token in self.state.tokens.values():
            token.until = 0.0

    def routes(self) -> list[tuple[str, str, Answer]]:
        """Give the routes."""
        return [
            ("GET", "/authorize", self._authorize),
            ("POST", "/api/token", self._token),
            ("GET", "/v1/me", self._me),
            ("GET", "/v1/me/playlists", self._own),
            ("GET", "/v1/search", self._search),
            ("GET", "/v1/playlists/{id}", self._playlist),
            ("GET", "/v1/playlists/{id}/items", self._items),
            ("GET", "/v1/playlists/{id}/tracks", self._items),
        ]

    def guard(self, request: Request) -> Response | None:
        """Let only those in who have a token that lives."""
        if not request.url.path.startswith("/v1/"):
            return None
        if self.quota_spent:
            error = {"status": 429, "message": "API quota exceeded", "reason": "QUOTA_EXCEEDED"}
            return JSONResponse({"error": error}, 429)
        kind, _, name = request.headers.get("authorization", "").partition(" ")
        token = self.state.tokens.get(name)
        if kind != "Bearer" or token is None:
            return _error(401, "Invalid access token")
        if token.until <= time.time():
            return _error(401, "The access token expired")
        request.scope["token"] = token
        return None

    def too_many(self, wait: float) -> Response:
        """Ask to wait; who calls although told makes it longer."""
        now = time.monotonic()
        if now < self._told_until:
            self.paused_until += 1.0
            wait += 1.0
        self._told_until = now + wait
        return _error(429, "API rate limit exceeded", {"Retry-After": str(int(wait) + 1)})

    # -- the API --------------------------------------------------------------------------------

    async def _me(self, request: Request) -> Response:
        user = request.scope["token"].user
        if user is None:
            return _error(401, "Valid user authentication required")
        about = {"id": user, "account_id": f"account-{user}", "type": "user"}
        return JSONResponse({**about, "uri": f"spotify:user:{user}", "display_name": "Me"})

    async def _own(self, request: Request) -> Response:
        token = request.scope["token"]
        if token.user is None:
            return _error(401, "Valid user authentication required")
        if "playlist-read-private" not in token.scopes:
            return _error(403, "Insufficient client scope")
        lists = list(self.state.playlists.values())  # those that the user follows are among them
        return self._page(request, lists, "/me/playlists", most=50, show=self._brief)

    async def _search(self, request: Request) -> Response:
        if request.query_params.get("type") != "playlist":
            return _error(400, "Bad search type field")
        word = request.query_params.get("q", "").casefold()
        if not word:
            return _error(400, "No search query")
        lists = [p for p in self.state.playlists.values() if word in p.name.casefold()]
        most = 50 if self.extended else 10
        return self._page(request, lists, "/search", most=most, show=self._brief, under="playlists")

    async def _playlist(self, request: Request) -> Response:
        found = self.state.playlists.get(request.path_params["id"])
        if found is None:
            return _error(404, "Resource not found")
        return JSONResponse(self._brief(found))

    async def _items(self, request: Request) -> Response:
        found = self.state.playlists.get(request.path_params["id"])
        field = "track" if request.url.path.endswith("/tracks") else "item"
        if found is None or (field == "track" and not self.extended):
            return _error(404, "Resource not found")
        user = request.scope["token"].user
        if not self.extended and (user is None or user not in (found.owner, *found.members)):
            return _error(403, "Forbidden")

        def show(row: Any) -> Any:
            if row == "null":
                return None
            local = bool(row and row.get("is_local"))
            return {"added_at": "2024-05-01T10:00:00Z", "is_local": local, field: row}

        path = f"/playlists/{found.id}/{field}s"
        return self._page(request, found.tracks, path, most=50, show=show)

    def _brief(self, playlist: Playlist) -> Any:
        if playlist.is_null:
            return None
        counted = {"href": f"{REAL}/playlists/{playlist.id}", "total": len(playlist.tracks)}
        return {
            "id": playlist.id,
            "uri": f"spotify:playlist:{playlist.id}",
            "type": "playlist",
            "name": playlist.name,
            "description": playlist.description,
            "collaborative": bool(playlist.members),
            "public": True,
            "owner": {"id": playlist.owner, "type": "user", "display_name": playlist.owner},
            "snapshot_id": playlist.snapshot,
            "tracks" if self.extended else "items": counted,
        }

    def _page(
        self, request: Request, rows: list[Any], path: str, *, most: int, show: Any, under: str = ""
    ) -> Response:
        limit, offset = number(request, "limit", min(20, most)), number(request, "offset", 0)
        if limit is None or not 1 <= limit <= most:
            return _error(400, "Invalid limit")
        if offset is None or (under and offset + limit > 1000):
            return _error(400, "Invalid offset")
        total = max(0, len(rows) + self.lie)
        ahead = offset + limit
        query = {**dict(request.query_params), "limit": limit, "offset": ahead}
        page = {
            "href": f"{REAL}{path}",
            "items": [show(row) for row in rows[offset:ahead]],
            "limit": limit,
            "offset": offset,
            "next": f"{REAL}{path}?{urlencode(query)}" if ahead < max(total, len(rows)) else None,
            "previous": None,
            "total": total,
        }
        return JSONResponse({under: page} if under else page)

    # -- logging in -------------------------------------------------------------------------------

    async def _authorize(self, request: Request) -> Response:
        asked = request.query_params
        redirect = asked.get("redirect_uri", "")
        is_right = asked.get("client_id") == self.client_id and asked.get("response_type") == "code"
        if not is_right or not redirect.startswith("http://127.0.0.1"):
            return Response("INVALID_CLIENT: Invalid redirect URI", 400)
        if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
            return Response("code_challenge_method must be S256", 400)
        code = secrets.token_urlsafe(24)
        scopes = frozenset(asked.get("scope", "").split())
        self.state.codes[code] = _Code(asked["code_challenge"], redirect, self.user, scopes)
        answer = {"code": code, **({"state": asked["state"]} if "state" in asked else {})}
        return RedirectResponse(f"{redirect}?{urlencode(answer)}", 302)

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        grant = form.get("grant_type")
        if grant == "client_credentials":
            both = f"{self.client_id}:{self.client_secret}"
            basic = "Basic " + base64.b64encode(both.encode()).decode()
            if request.headers.get("authorization") != basic:
                return _refusal("invalid_client")
            return self._issue(None, frozenset())
        if form.get("client_id") != self.client_id:
            return _refusal("invalid_client")
        if grant == "authorization_code":
            code = self.state.codes.pop(form.get("code", ""), None)
            if code is None or code.redirect != form.get("redirect_uri"):
                return _refusal("invalid_grant")
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != code.challenge:
                return _refusal("invalid_grant")
            return self._issue(code.user, code.scopes)
        if grant == "refresh_token":
            known = self.state.refreshes.pop(form.get("refresh_token", ""), None)
            return self._issue(*known) if known else _refusal("invalid_grant")
        return _refusal("unsupported_grant_type")

    def _issue(self, user: str | None, scopes: frozenset[str]) -> Response:
        name = self.grant(user, scopes)
        about: dict[str, Any] = {"token_type": "Bearer", "expires_in": int(self.token_life)}
        if user is not None:  # a new one each time, as with PKCE at Spotify; the old one is dead
            about["refresh_token"] = secrets.token_urlsafe(24)
            about["scope"] = " ".join(sorted(scopes))
            self.state.refreshes[about["refresh_token"]] = user, scopes
        return JSONResponse({"access_token": name, **about})

    def grant(self, user: str | None, scopes: frozenset[str] = frozenset()) -> str:
        """Make a token without a log-in."""
        name = secrets.token_urlsafe(24)
        self.state.tokens[name] = Token(user, time.time() + self.token_life, scopes)
        return name


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": {"status": status, "message": message}}, status, headers)


def _refusal(error: str) -> Response:
    return JSONResponse({"error": error, "error_description": error.replace("_", " ")}, 400)
