"""NetEase made up: its data and rules, and a server compatible with NeteaseCloudMusicApi.

`Upstream` answers what NetEase itself is asked, by the paths that the npm package calls; it is the
one place that knows the rules. `compatible(upstream)` is the server that a user would run, reduced
to the routes that murecom uses, with what the package 4.32.0 does around them: its status codes,
its two minutes of memory. `behind(upstream)` is what the real package is put in front of; see
netease_node.js. Shapes are those that the package documents; all names are invented.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

CONTROL = 19723756
"The chart that tells a ban from a playlist with one track."

USER = {
    "userId": 9900112233,
    "nickname": "某某用户",
    "avatarUrl": "https://p.invalid/avatar99.jpg",
    "signature": "私人签名",
}
"Who makes all playlists and writes all comments: nothing of it may reach the database."

PRIVATE = ("9900112233", "某某用户", "avatar99", "私人签名", "另一个人")
"What a page must not hold."

Rows = list[dict[str, Any]]
Answer = dict[str, Any]


class Upstream:
    """What NetEase holds, how it answers, and how it was asked.

    Attributes
    ----------
    playlists, songs, lyrics, comments : dict
        By id; `categories` and `found` are lists of ids by category and by word.
    mood : {"", "one track", "cheating"}
        How it takes those who ask too often.
    log : list of (seconds, path, parameters)
        Every call.
    addresses : list of str
        What the compatible server was asked, as it came.
    """

    def __init__(self) -> None:
        self.playlists: dict[int, dict[str, Any]] = {}
        self.songs: dict[int, dict[str, Any] | None] = {}
        self.lyrics: dict[int, dict[str, Any]] = {}
        self.comments: dict[int, Rows] = {}
        self.categories: dict[str, list[int]] = {}
        self.found: dict[str, list[int]] = {}
        self.mood = ""
        self.log: list[tuple[float, str, dict[str, Any]]] = []
        self.addresses: list[str] = []
        self.add_songs(range(1, 101))
        self.add_playlist(CONTROL, "飙升榜", range(1, 101))

    # -- what there is -------------------------------------------------------------------------

    def add_songs(self, ids: range) -> None:
        for key in ids:
            self.songs[key] = {
                "id": key,
                "name": f"第{key}首歌",
                "ar": [{"id": key + 1, "name": f"歌手{key % 7}"}],
                "al": {"id": key + 2, "name": f"专辑{key % 5}", "picUrl": ""},
                "dt": 180_000 + key,
                "pop": 50.0,
                "publishTime": 1_500_000_000_000,
            }

    def add_playlist(self, key: int, name: str, songs: Any, **more: Any) -> None:
        self.playlists[key] = {
            "id": key,
            "name": name,
            "tags": ["华语", "治愈"],
            "description": "介绍",
            "updateTime": 1_700_000_000_000 + key,
            "creator": USER,
            "subscribers": [],
            "specialType": 0,
            "playCount": 10,
            "songs": list(songs),
            **more,
        }

    # -- how it answers ------------------------------------------------------------------------

    def answer(self, path: str, asked: Mapping[str, Any]) -> Answer:
        """Answer a path such as "/api/playlist/list"."""
        self.log.append((time.monotonic(), path, dict(asked)))
        if self.mood == "cheating":
            return {"code": -460, "msg": "Cheating", "message": "Cheating"}
        kind, _, song = path.partition("R_SO_4_")
        if song:
            return self._comments(int(song), asked)
        known: dict[str, Callable[[Mapping[str, Any]], Answer]] = {
            "/api/playlist/list": self._list,
            "/api/cloudsearch/pc": self._search,
            "/api/v6/playlist/detail": self._detail,
            "/api/v3/song/detail": self._songs,
            "/api/song/lyric": self._lyric,
        }
        return known[kind](asked) if kind in known else {"code": 404}

    def _page(self, ids: list[int], asked: Mapping[str, Any]) -> tuple[Rows, bool]:
        """Give playlists as lists show them; more than 100 at once are not had."""
        start, size = int(asked["offset"]), min(int(asked["limit"]), 100)
        rows = [dict(self.playlists[key]) for key in ids[start : start + size]]
        for row in rows:
            row.setdefault("trackCount", len(row["songs"]))
            del row["songs"]
        return rows, start + size < len(ids)

    def _list(self, asked: Mapping[str, Any]) -> Answer:
        ids = self.categories.get(asked["cat"], [])
        rows, more = self._page(ids, asked)
        return {
            "code": 200, "cat": asked["cat"], "total": len(ids), "more": more, "playlists": rows,
        }  # fmt: skip

    def _search(self, asked: Mapping[str, Any]) -> Answer:
        ids = self.found.get(asked["s"], [])
        if str(asked["type"]) != "1000":
            return {"code": 400, "msg": "type"}
        rows, _ = self._page(ids, asked)
        for row in rows:
            del row["specialType"]  # of what a word finds it is not always told
        if not ids:
            return {"code": 200, "result": {"playlistCount": 0}}
        return {"code": 200, "result": {"playlists": rows, "playlistCount": len(ids)}}

    def _detail(self, asked: Mapping[str, Any]) -> Answer:
        held = self.playlists.get(int(asked["id"]))
        if held is None:
            return {"code": 404, "msg": "no resource"}
        if held.get("privacy") == 10:
            return {"code": 401, "msg": "无权限访问"}
        told = dict(held)
        ids = told.pop("songs")
        told.setdefault("trackCount", len(ids))
        if self.mood == "one track":
            ids = ids[:1]
        told["subscribers"] = [USER] * int(asked["s"])
        told["trackIds"] = [
            {"id": key, "v": 1, "at": 1_600_000_000_000 + 60_000 * place, "uid": USER["userId"]}
            for place, key in enumerate(ids)
        ]
        told["tracks"] = [self.songs.get(key) for key in ids[:10]]
        return {"code": 200, "playlist": told, "privileges": []}

    def _songs(self, asked: Mapping[str, Any]) -> Answer:
        ids = [row["id"] for row in json.loads(asked["c"])]
        if len(ids) > 1000:
            return {"code": 400, "msg": "too many"}
        songs = [self.songs[key] for key in ids if key in self.songs]
        return {"code": 200, "songs": songs[::-1], "privileges": [{"id": key} for key in ids]}

    def _lyric(self, asked: Mapping[str, Any]) -> Answer:
        told = self.lyrics.get(int(asked["id"]), {"uncollected": True})
        return {"code": 200, "lyricUser": USER, **told}

    def _comments(self, song: int, asked: Mapping[str, Any]) -> Answer:
        rows = self.comments.get(song, [])
        start, size = int(asked["offset"]), min(int(asked["limit"]), 100)
        part = rows[start : start + size]
        return {
            "code": 200, "hotComments": part, "total": len(rows),
            "hasMore": start + len(part) < len(rows),
        }  # fmt: skip


def comment(body: str | None, likes: int) -> dict[str, Any]:
    replied = [{"user": USER, "content": "另一个人"}]
    return {
        "commentId": 1, "content": body, "likedCount": likes, "user": USER, "beReplied": replied,
        "time": 1_600_000_000_000, "ipLocation": {"location": "北京"},
    }  # fmt: skip


# -- the server that a user would run ----------------------------------------------------------

Asked = Callable[[Mapping[str, str]], tuple[str, dict[str, Any]]]


def _of_comments(query: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    if query.get("type") != "0":
        return "/api/v1/resource/hotcomments/undefined", {}
    path = f"/api/v1/resource/hotcomments/R_SO_4_{query['id']}"
    return path, {"limit": query.get("limit", 20), "offset": query.get("offset", 0)}


_ROUTES: dict[str, Asked] = {
    "/top/playlist": lambda q: (
        "/api/playlist/list",
        {"cat": q.get("cat", "全部"), "limit": q.get("limit", 50), "offset": q.get("offset", 0)},
    ),
    "/cloudsearch": lambda q: (
        "/api/cloudsearch/pc",
        {
            "s": q["keywords"], "type": q.get("type", 1),
            "limit": q.get("limit", 30), "offset": q.get("offset", 0),
        },
    ),
    "/playlist/detail": lambda q: (
        "/api/v6/playlist/detail", {"id": q["id"], "n": 100000, "s": q.get("s", 8)},
    ),
    "/song/detail": lambda q: (
        "/api/v3/song/detail",
        {"c": json.dumps([{"id": int(key)} for key in q["ids"].split(",")])},
    ),
    "/lyric": lambda q: ("/api/song/lyric", {"id": q["id"]}),
    "/comment/hot": _of_comments,
}  # fmt: skip
"What the package asks NetEase for each route; see its folder module/."

MEMORY = 120.0
"Seconds for which the package gives the same answer to the same address."

_AS_200 = {201, 302, 400, 502, 800, 801, 802, 803}


def status_of(code: int) -> int:
    """Give the status with which the package answers a code of NetEase."""
    if code in _AS_200:
        return 200
    return code if 100 < code < 600 else 400


def compatible(upstream: Upstream, clock: Callable[[], float] = time.monotonic) -> Starlette:
    """Make the server that a user would run, in front of `upstream`."""
    known: dict[str, tuple[float, Answer]] = {}

    async def reply(request: Request) -> Response:
        address = str(request.url)
        upstream.addresses.append(address)
        at, told = known.get(address, (-MEMORY, {}))
        if clock() - at < MEMORY:
            return JSONResponse(told)
        path, asked = _ROUTES[request.url.path](request.query_params)
        told = upstream.answer(path, asked)
        status = status_of(told["code"])
        if status == 200:
            known[address] = clock(), told
        return JSONResponse(told, status)

    return Starlette(routes=[Route(route, reply) for route in _ROUTES])


# -- what the real package is put in front of --------------------------------------------------


def behind(upstream: Upstream) -> Starlette:
    """Make the service that the package calls: `/weapi/…` and `/eapi/…`, both encrypted.

    Nobody but NetEase can read the former, so netease_node.js adds the parameters as they were
    before encryption; that there is an encrypted body, too, is checked.
    """

    async def reply(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        way = request.path_params["way"]
        sealed = {"weapi": {"params", "encSecKey"}, "eapi": {"params"}}[way]
        if not all(form.get(name) for name in sealed):
            return PlainTextResponse("", 200)  # what NetEase does with what it cannot read
        path = f"/api/{request.path_params['path']}"
        sender = request.headers.get("x-real-ip")
        told = upstream.answer(path, {**json.loads(form["plain"]), "way": way, "sender": sender})
        return JSONResponse(told)

    return Starlette(routes=[Route("/{way}/{path:path}", reply, methods=["POST"])])
