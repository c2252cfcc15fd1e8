"""NetEase Cloud Music, asked through a compatible server that the user runs.

The server is one like the npm package NeteaseCloudMusicApi: murecom neither brings nor starts it,
and uses none of its ways to hide who asks. A playlist is read from `/playlist/detail`, whose list
of ids is complete and tells when a track came in, and from `/song/detail`, as the package's
documentation advises; so each call here is one call of the server to NetEase, and `limit` is the
rate that NetEase sees. Pages are counted in items. Who made a playlist or wrote a comment is
dropped here, where the answer is read.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from murecom.crawl.base import Entry, Http, Kind, Limit, Page, Source, Stub, Task, Words
from murecom.errors import BadInput, NotFound, NotReady, Paused, Unsupported
from murecom.types import Track, TrackId

PAUSE = 600.0
"""Seconds to leave NetEase alone when it takes us for a robot: chosen, nothing documents how long
it stays so; well above the two minutes for which the server repeats an answer."""

_LISTED = """
全部 华语 欧美 日语 韩语 粤语 小语种 流行 摇滚 民谣 电子 舞曲 说唱 轻音乐 爵士 乡村 R&B/Soul
古典 民族 英伦 金属 朋克 蓝调 雷鬼 世界音乐 拉丁 另类/独立 古风 后摇 清晨 夜晚 学习 工作 午休
下午茶 地铁 驾车 运动 旅行 散步 酒吧 怀旧 清新 浪漫 性感 伤感 治愈 放松 孤独 感动 兴奋 快乐 安静
思念 影视原声 ACG 儿童 校园 游戏 70后 80后 90后 00后 网络歌曲 KTV 经典 翻唱 吉他 钢琴 器乐 榜单
"""
CATEGORIES = frozenset(_LISTED.split()) | {"New Age", "Bossa Nova"}
"The categories that `/top/playlist` knows, as the package 4.32.0 lists them."

_TOO_OFTEN = frozenset({-460, -462, -447, 405, 406, 429})
"Codes of an answer that mean: not now. -460 comes with the word Cheating."

_CLOSED = frozenset({301, 401, 403})
"Codes of what only a user who is logged in may read, or its owner."

_LIKED = 5
"The `specialType` of the list of what a user likes; its name begins with that user's name."

_LIKED_NAME = re.compile("喜[欢歡]的音[乐樂]$")
"How such a name ends: lists of playlists do not always tell the `specialType`."

_CONTROL = "19723756"
"""NetEase's own chart 飙升榜, of 100 tracks. While a ban lasts, charts have one track like all
other playlists (issue 292 of the package), so it tells a ban from a playlist that is so."""

_MOST = 2**53
"Larger numbers mean nothing: not even times, which are milliseconds since 1970."

_MOST_LIKES = 2**31 - 1
"What the store takes."

_MENTION = re.compile(r"[@＠][^\s@＠:：,，。!！?？]+\s?")


class Netease(Source):
    """Categories and words to playlists, their tracks, lyrics and hot comments."""

    name: ClassVar[str] = "netease"
    # Spotify and Deezer forbid training in the terms of their APIs. NetEase has no API, so no such
    # terms; `terms` says so and leaves the judgement to the user.
    trainable: ClassVar[bool] = True
    kinds: ClassVar[tuple[Kind, ...]] = ("search", "category", "playlist", "lyrics", "comments")
    limit: ClassVar[Limit] = Limit(1, 1.0)
    terms: ClassVar[str] = (
        "Unofficial: NetEase publishes no API and no licence for its data; you ask it through a "
        "server of your own that imitates its app. Collect little and for yourself; whether its "
        "terms of use let you, and what you may do with it, is for you to read (2026-11-22)."
    )
    page_size: ClassVar[Mapping[str, int]] = {
        "category": 50, "search": 50, "playlist": 500, "comments": 100,
    }  # fmt: skip
    page_calls: ClassVar[Mapping[str, int]] = {"playlist": 2}

    @property
    def url(self) -> str:
        """The address of the user's server."""
        address = str(self.settings.url).strip().rstrip("/")
        if not re.match(r"https?://[^/]", address):
            what = f"{address!r} is not an address" if address else "No server is named"
            raise NotReady(
                f"{what} to ask NetEase through. Run a compatible server (docs/sources.md tells "
                "how) and set netease.url, such as http://127.0.0.1:3000."
            )
        return address

    def seeds(self, words: Sequence[str], *, own: bool) -> list[Task]:
        """Give a task for each category (`CATEGORIES`) and for each other word."""
        if own:
            raise Unsupported(
                "Playlists of your own need a login at NetEase, which murecom does not do. "
                "Name their numbers or words instead, or import a file of them."
            )
        wanted = dict.fromkeys(word.strip() for word in words if word.strip())
        return [Task("category" if word in CATEGORIES else "search", word) for word in wanted]

    def run(self, task: Task, http: Http) -> Page:
        """Ask for one page; see `Source.run`. One call; two for a page of a playlist."""
        if task.kind == "category":
            return self._category(task, http)
        if task.kind == "search":
            return self._search(task, http)
        if task.kind == "playlist":
            return self._playlist(task, http)
        if task.kind == "lyrics":
            return self._lyrics(task, http)
        if task.kind == "comments":
            return self._comments(task, http)
        raise Unsupported(f"NetEase cannot be asked for {task.kind}. Ask for {_any(self.kinds)}.")

    # -- routes --------------------------------------------------------------------------------

    def _category(self, task: Task, http: Http) -> Page:
        start = _start(task)
        size = self.page_size["category"]
        data = self._ask(http, "/top/playlist", cat=task.key, order="hot", limit=size, offset=start)
        rows = _rows(data, "playlists")
        total = _count(data.get("total"))
        is_more = data.get("more")
        if not isinstance(is_more, bool):
            is_more = total is not None and start + len(rows) < total
        return _stubs(rows, start, total, is_more)

    def _search(self, task: Task, http: Http) -> Page:
        start = _start(task)
        size = self.page_size["search"]
        data = self._ask(
            http, "/cloudsearch", keywords=task.key, type=1000, limit=size, offset=start
        )
        result = data.get("result") or {}  # nothing found
        if not isinstance(result, Mapping):
            raise _odd("no result")
        rows = _rows(result, "playlists", may_miss=True)
        total = _count(result.get("playlistCount"))
        return _stubs(rows, start, total, total is not None and start + len(rows) < total)

    def _playlist(self, task: Task, http: Http) -> Page:
        # s: how many of those who follow it are named; we want none
        data = self._ask(http, "/playlist/detail", id=task.key, s=0)
        told = data.get("playlist")
        if not isinstance(told, Mapping):
            raise _odd("no playlist")
        stub = _stub(told)
        rows = _rows(told, "trackIds")
        total = stub.size
        if total is not None and total > 1 and len(rows) == 1:
            self._check_ban(http, f"playlist {task.key} has one track instead of {total}")
        if total and not rows:
            raise _odd(f"playlist {task.key} claims {total} tracks, but none was given")
        start = _start(task)
        part = rows[start : start + self.page_size["playlist"]]
        entries, refused = self._entries(part, start, http)
        end = start + len(part)
        return Page(
            playlist=stub,
            entries=tuple(entries),
            next=str(end) if part and end < len(rows) else None,
            total=total,
            refused=tuple(refused),
        )

    def _entries(
        self, rows: Sequence[Any], start: int, http: Http
    ) -> tuple[list[Entry], list[tuple[str, str]]]:
        """Ask for the tracks of some ids, and put them in their order."""
        ids = dict.fromkeys(key for row in rows if (key := _id(row)))
        songs: dict[str | None, Any] = {}
        if ids:
            data = self._ask(http, "/song/detail", ids=",".join(ids))
            songs = {_id(song): song for song in _rows(data, "songs")}
            if len(songs) < 2 < len(ids):
                self._check_ban(http, f"{len(songs)} tracks came instead of {len(ids)}")
        entries, refused = [], []
        for place, row in enumerate(rows, start + 1):
            key = _id(row)
            if key is None:
                refused.append((f"entry {place}", "no id"))
            elif key not in songs:
                refused.append((f"entry {place}: {key}", "NetEase tells nothing of it any more"))
            elif (track := _track(key, songs[key])) is None:
                refused.append((f"entry {place}: {key}", "no name"))
            else:
                entries.append(Entry(track, _seconds(row.get("at"))))
        return entries, refused

    def _check_ban(self, http: Http, sign: str) -> None:
        """Raise Paused if NetEase gives one track of everything, which is how it bans silently."""
        # with the time, since the server repeats what it answered in the last two minutes
        now = int(1000 * time.time())
        try:
            data = self._ask(http, "/playlist/detail", id=_CONTROL, s=0, timestamp=now)
            is_banned = len(data["playlist"]["trackIds"]) < 2
        except (BadInput, NotFound, Unsupported, KeyError, TypeError):
            is_banned = True
        if is_banned:
            raise self._banned(http, sign)

    def _lyrics(self, task: Task, http: Http) -> Page:
        data = self._ask(http, "/lyric", id=task.key)
        body = data.get("lrc")
        words = body.get("lyric") if isinstance(body, Mapping) else None
        if isinstance(words, str) and words.strip():
            # as it came, LRC: `library.lyrics` tells time stamps, credits and notices from words.
            # The translation is left: it says the same again, often by a user who is named there.
            return Page(texts=(Words("lyrics", words),))
        if data.get("nolyric") is True or data.get("pureMusic") is True:
            return Page(texts=(Words("lyrics", ""),))
        return Page()

    def _comments(self, task: Task, http: Http) -> Page:
        start, wanted = _start(task), int(self.settings.comments)
        size = min(self.page_size["comments"], wanted - start)
        if size <= 0:
            return Page()
        data = self._ask(http, "/comment/hot", id=task.key, type=0, limit=size, offset=start)
        rows = _rows(data, "hotComments", may_miss=True)
        texts, refused = [], []
        for place, row in enumerate(rows[:size], start + 1):
            body = row.get("content") if isinstance(row, Mapping) else None
            if not isinstance(body, str):
                refused.append((f"comment {place}", "no text"))
            elif words := _MENTION.sub("", body).strip():
                likes = _count(row.get("likedCount"))
                texts.append(
                    Words("comment", words, None if likes is None else min(likes, _MOST_LIKES))
                )
        end = start + len(rows)
        is_more = bool(rows) and data.get("hasMore") is True and end < wanted
        return Page(texts=tuple(texts), next=str(end) if is_more else None, refused=tuple(refused))

    # -- answers -------------------------------------------------------------------------------

    def _ask(self, http: Http, route: str, **params: str | int) -> Mapping[str, Any]:
        """Give the answer of a route; what its code says against it is raised."""
        reply = http.get(self.url + route, params)
        try:
            data = reply.data
        except BadInput:
            if reply.status in (404, 405):
                raise Unsupported(
                    f"{self.url} has no {route}. Set netease.url to a server compatible with "
                    "NeteaseCloudMusicApi 4."
                ) from None
            raise
        code = data.get("code") if isinstance(data, Mapping) else None
        if not isinstance(code, int):
            raise _odd(f"no code (status {reply.status})")
        if code == 200:
            return data  # type: ignore[no-any-return]
        told = str(data.get("msg") or data.get("message") or "no reason given")[:100]
        if code in _TOO_OFTEN:
            raise self._banned(http, f"code {code}, {told}")
        if code == 404:
            raise NotFound(f"NetEase does not have what {route} was asked for any more.")
        if code in _CLOSED:
            raise Unsupported(f"NetEase shows this only to whoever is logged in ({code}, {told}).")
        raise _odd(f"code {code}, {told}")

    def _banned(self, http: Http, sign: str) -> Paused:
        """Leave NetEase alone, in all threads and programs, and give the error that says so."""
        http.pause(self.url, PAUSE)
        return Paused(
            f"NetEase was asked too often: {sign}. Leave it for {PAUSE / 60:.0f} minutes or more, "
            "then run the same command again.",
            until=time.time() + PAUSE,
        )


def _odd(what: str) -> BadInput:
    return BadInput(
        f"The answer of the NetEase server is not as documented: {what}. Try again later, or "
        "another version of the server."
    )


def _start(task: Task) -> int:
    return int(task.next or 0)


def _rows(data: Mapping[str, Any], name: str, *, may_miss: bool = False) -> list[Any]:
    rows = data.get(name)
    if rows is None and may_miss:
        return []
    if not isinstance(rows, list):
        raise _odd(f"no list {name}")
    return rows


def _id(row: Any) -> str | None:
    """Give the id of a row as text: whole numbers, sometimes written as text."""
    key = row.get("id") if isinstance(row, Mapping) else None
    if isinstance(key, bool) or not isinstance(key, int | str):
        return None
    text = str(key).strip()
    return text if text.isascii() and text.isdigit() and text.strip("0") else None


def _count(value: Any) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 <= value < _MOST else None


def _seconds(ms: Any) -> int | None:
    value = _count(ms)
    return value // 1000 if value else None


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _stub(row: Mapping[str, Any]) -> Stub:
    name = _text(row.get("name")) or ""
    is_liked = row.get("specialType") == _LIKED or _LIKED_NAME.search(name) is not None
    at, tags = _count(row.get("updateTime")), row.get("tags")
    return Stub(
        key=_id(row) or "",
        name="喜欢的音乐" if is_liked else name,
        has_words=not is_liked,
        size=_count(row.get("trackCount")),
        description=_text(row.get("description")),
        snapshot=str(at) if at else None,
        tags=tuple(filter(None, map(_text, tags))) if isinstance(tags, list) else (),
    )


def _stubs(rows: list[Any], start: int, total: int | None, is_more: bool) -> Page:
    """Make a page of playlists; the next one begins as many items on as this one has."""
    return Page(
        stubs=tuple(_stub(row) for row in rows if _id(row)),
        next=str(start + len(rows)) if is_more and rows else None,
        total=total,
        refused=tuple(
            (f"playlist {place}", "no id")
            for place, row in enumerate(rows, start + 1)
            if not _id(row)
        ),
    )


def _track(key: str, song: Mapping[str, Any]) -> Track | None:
    """Read a song; of an upload of a user (`pc`) what that user called it. None without a name."""
    own = song.get("pc")
    upload: Mapping[str, Any] = own if isinstance(own, Mapping) else {}
    title = _text(song.get("name")) or _text(upload.get("sn"))
    if title is None:
        return None
    people, album, ms = song.get("ar"), song.get("al"), _count(song.get("dt"))
    names = [
        name
        for person in (people if isinstance(people, list) else ())
        if isinstance(person, Mapping) and (name := _text(person.get("name")))
    ]
    if not names and (name := _text(upload.get("ar"))):
        names = [name]
    album_name = _text(album.get("name")) if isinstance(album, Mapping) else None
    return Track(
        TrackId(f"netease:{key}"),
        title=title,
        artists=tuple(dict.fromkeys(names)),
        album=album_name or _text(upload.get("alb")),
        duration=ms / 1000 if ms else None,
    )


def _any(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
