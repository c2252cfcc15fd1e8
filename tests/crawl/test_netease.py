"""What is read from the answers that NeteaseCloudMusicApi documents; made by hand, not recorded."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from murecom.config.settings import Netease as Settings
from murecom.crawl.base import Stub, Task, Words
from murecom.crawl.netease import PAUSE, Netease
from murecom.errors import BadInput, MurecomError, NotFound, NotReady, Paused, Unsupported
from murecom.types import Track, TrackId

URL = "http://127.0.0.1:1"


class Answers:
    """Gives the answers it was made with, by route, and keeps what was asked."""

    def __init__(self, **routes: Any) -> None:
        self.routes = {"/" + name.replace("__", "/"): told for name, told in routes.items()}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.paused: list[tuple[str, float]] = []

    def pause(self, url: str, seconds: float) -> None:
        self.paused.append((url, seconds))

    def get(self, url: str, params: Any = None, headers: Any = None) -> Any:
        route = url.removeprefix(URL)
        self.asked.append((route, dict(params or {})))
        told = self.routes[route]
        told = told(params) if callable(told) else told

        class Reply:
            status = 200
            headers: dict[str, str] = {}  # noqa: RUF012

            @property
            def data(self) -> Any:
                if isinstance(told, Exception):
                    raise told
                return told

        return Reply()


def made(**settings: Any) -> Netease:
    return Netease(Settings(url=URL, **settings))


def song(key: int, **more: Any) -> dict[str, Any]:
    return {"id": key, "name": f"歌{key}", "ar": [{"name": "甲"}], "al": {"name": "辑"}, **more}


def playlist(ids: list[Any], **more: Any) -> dict[str, Any]:
    rows = [{"id": key, "at": 1_600_000_000_999} if isinstance(key, int) else key for key in ids]
    told = {"id": 7, "name": "单", "trackIds": rows, "trackCount": len(rows), **more}
    return {"code": 200, "playlist": told}


# -- what a crawl begins with ------------------------------------------------------------------


def test_the_address_is_a_setting_that_must_be_there():
    with pytest.raises(NotReady, match=r"No server is named.*docs/sources\.md.*netease\.url"):
        _ = Netease(Settings()).url
    with pytest.raises(NotReady, match="'localhost:3000' is not an address"):
        _ = Netease(Settings(url="localhost:3000")).url
    assert Netease(Settings(url=" http://127.0.0.1:3000/ ")).url == "http://127.0.0.1:3000"


def test_known_categories_are_told_from_words():
    tasks = made().seeds(["治愈", "下雨天", "R&B/Soul", "治愈", " "], own=False)
    assert tasks == [
        Task("category", "治愈"),
        Task("search", "下雨天"),
        Task("category", "R&B/Soul"),
    ]
    assert made().seeds([], own=False) == []


def test_own_playlists_are_refused_with_what_to_do_instead():
    with pytest.raises(Unsupported, match=r"need a login.*import a file"):
        made().seeds([], own=True)


def test_tasks_of_other_kinds_are_refused():
    with pytest.raises(Unsupported, match=r"asked for tags.*playlist, lyrics or comments"):
        made().run(Task("tags", "1"), Answers())


def test_ids_of_tracks_are_its_own():
    assert made().key_of(TrackId("netease:12")) == "12"
    assert made().key_of(TrackId("deezer:12")) is None


# -- lists of playlists ------------------------------------------------------------------------


def test_a_category_gives_stubs_and_where_to_go_on():
    rows = [
        {"id": 5, "name": " 雨 ", "trackCount": 3, "tags": ["治愈", None, ""], "updateTime": 99,
         "description": "", "creator": {"nickname": "某某"}},
        None,
        {"id": 6, "name": "某某喜欢的音乐", "specialType": 5},
    ]  # fmt: skip
    http = Answers(top__playlist={"code": 200, "playlists": rows, "more": True, "total": 200})
    page = made().run(Task("category", "治愈", "50"), http)
    assert page.stubs == (
        Stub("5", "雨", size=3, snapshot="99", tags=("治愈",)),
        Stub("6", "喜欢的音乐", has_words=False),
    )
    assert (page.next, page.total) == ("53", 200)  # in items, not in pages
    assert page.refused == (("playlist 52", "no id"),)
    assert http.asked == [
        ("/top/playlist", {"cat": "治愈", "order": "hot", "limit": 50, "offset": 50})
    ]


@pytest.mark.parametrize(
    ("told", "next_"),
    [
        ({"playlists": [], "more": True}, None),  # would never end
        ({"playlists": [{"id": 1}], "more": False, "total": 99}, None),
        ({"playlists": [{"id": 1}], "total": 2}, "1"),
        ({"playlists": [{"id": 1}], "total": 1}, None),
        ({"playlists": [{"id": 1}]}, None),
    ],
)
def test_a_category_ends(told, next_):
    page = made().run(Task("category", "全部"), Answers(top__playlist={"code": 200, **told}))
    assert page.next == next_


def test_a_word_finds_playlists():
    told = {"code": 200, "result": {"playlists": [{"id": 1, "name": "夜"}], "playlistCount": 2}}
    http = Answers(cloudsearch=told)
    page = made().run(Task("search", "夜 晚"), http)
    assert (page.stubs, page.next, page.total) == ((Stub("1", "夜"),), "1", 2)
    assert http.asked[0][1] == {"keywords": "夜 晚", "type": 1000, "limit": 50, "offset": 0}
    for nothing in ({"playlistCount": 0}, {}, None):
        page = made().run(
            Task("search", "夜"), Answers(cloudsearch={"code": 200, "result": nothing})
        )
        assert (page.stubs, page.next) == ((), None)


# -- tracks of a playlist ----------------------------------------------------------------------


def test_a_playlist_gives_its_tracks_in_order_with_dates():
    songs = [song(2, ar=[{"name": "乙"}, {"name": None}, {"name": "乙"}], dt=1500), song(1)]
    told = playlist([1, 2, 1], tags=["夜晚"], updateTime=5, description="说明")
    http = Answers(playlist__detail=told, song__detail={"code": 200, "songs": songs})
    page = made().run(Task("playlist", "7"), http)
    assert page.playlist == Stub(
        "7", "单", size=3, description="说明", snapshot="5", tags=("夜晚",)
    )
    first, second, third = page.entries
    assert first.track == third.track == Track(TrackId("netease:1"), "歌1", ("甲",), "辑")
    assert (second.track.artists, second.track.duration) == (("乙",), 1.5)
    assert first.added_at == 1_600_000_000
    assert (page.next, page.total, page.refused) == (None, 3, ())
    assert [asked for _, asked in http.asked] == [{"id": "7", "s": 0}, {"ids": "1,2"}]


def test_what_cannot_be_used_is_named_and_the_rest_is_kept():
    songs = [
        song(1, name=None),
        song(2, name="", ar=[], al=None, pc={"sn": "云盘歌", "ar": "丙", "alb": "盘"}),
        song(3, noCopyrightRcmd={"type": 1}, dt=0, ar=None),
        None,
    ]  # fmt: skip
    http = Answers(
        playlist__detail=playlist([1, None, 2, 3, 4, {"id": "x"}]),
        song__detail={"code": 200, "songs": songs},
    )
    page = made().run(Task("playlist", "7"), http)
    assert [entry.track for entry in page.entries] == [
        Track(TrackId("netease:2"), "云盘歌", ("丙",), "盘"),
        Track(TrackId("netease:3"), "歌3", (), "辑"),
    ]
    assert page.refused == (
        ("entry 1: 1", "no name"),
        ("entry 2", "no id"),
        ("entry 5: 4", "NetEase tells nothing of it any more"),
        ("entry 6", "no id"),
    )


def test_an_empty_playlist_is_empty():
    page = made().run(Task("playlist", "7"), Answers(playlist__detail=playlist([])))
    assert (page.entries, page.next, page.total) == ((), None, 0)


def test_a_list_without_its_tracks_is_not_taken_for_an_empty_one():
    told = playlist([], trackCount=9)
    with pytest.raises(BadInput, match="claims 9 tracks, but none"):
        made().run(Task("playlist", "7"), Answers(playlist__detail=told))


# -- bans --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "control",
    [
        playlist([1], trackCount=100),
        {"code": 404},
        {"code": 200, "playlist": None},
        BadInput("no JSON"),
    ],
)
def test_one_track_of_many_is_a_ban_and_not_a_playlist(control):
    def detail(asked):
        return control if "timestamp" in asked else playlist([1], trackCount=40)

    now = time.time()
    http = Answers(playlist__detail=detail)
    with pytest.raises(Paused, match=r"asked too often.*one track instead of 40") as caught:
        made().run(Task("playlist", "7"), http)
    assert http.paused == [(URL, PAUSE)]
    assert now + PAUSE <= caught.value.until <= time.time() + PAUSE


def test_one_track_while_charts_are_whole_is_a_playlist_that_claims_too_much():
    def detail(asked):
        return playlist([1, 2, 3]) if "timestamp" in asked else playlist([1], trackCount=2)

    songs = {"code": 200, "songs": [song(1)]}
    page = made().run(Task("playlist", "7"), Answers(playlist__detail=detail, song__detail=songs))
    assert (len(page.entries), page.total) == (1, 2)


@pytest.mark.parametrize("given", [0, 1])
def test_tracks_that_are_withheld_are_a_ban_too(given):
    def detail(asked):
        return playlist([1], trackCount=9) if "timestamp" in asked else playlist([1, 2, 3])

    songs = {"code": 200, "songs": [song(1)][:given]}
    with pytest.raises(Paused, match=f"{given} tracks came instead of 3"):
        made().run(Task("playlist", "7"), Answers(playlist__detail=detail, song__detail=songs))


@pytest.mark.parametrize("code", [-460, -462, -447, 405])
@pytest.mark.parametrize("kind", ["category", "playlist", "lyrics", "comments", "search"])
def test_every_route_knows_the_codes_of_a_ban(code, kind):
    told = {"code": code, "msg": "Cheating"}
    http = Answers(
        top__playlist=told, playlist__detail=told, lyric=told, comment__hot=told, cloudsearch=told
    )
    with pytest.raises(Paused, match=f"code {code}, Cheating.*10 minutes"):
        made().run(Task(kind, "1"), http)
    assert http.paused == [(URL, PAUSE)]


# -- lyrics and comments -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "texts"),
    [
        ({"lrc": {"lyric": "[00:01.00]词"}, "tlyric": {"lyric": "x"}}, ("[00:01.00]词",)),
        ({"nolyric": True}, ("",)),
        ({"pureMusic": True, "lrc": {"lyric": " "}}, ("",)),
        ({"uncollected": True}, ()),
        ({"lrc": {"lyric": None}}, ()),
        ({"lrc": None}, ()),
    ],
)
def test_lyrics(told, texts):
    page = made().run(Task("lyrics", "1"), Answers(lyric={"code": 200, **told}))
    assert page.texts == tuple(Words("lyrics", body) for body in texts)
    assert page.next is None


def test_comments_keep_text_and_likes_and_nobodys_name():
    rows = [
        {"content": "@某某 听哭了@另一个人：是", "likedCount": 7, "user": {"nickname": "某某"}},
        {"content": "＠某某", "likedCount": 1},
        {"content": None},
        {"content": " 好 ", "likedCount": -1},
    ]
    http = Answers(comment__hot={"code": 200, "hotComments": rows, "hasMore": True})
    page = made().run(Task("comments", "3"), http)
    assert page.texts == (Words("comment", "听哭了：是", 7), Words("comment", "好"))
    assert page.refused == (("comment 3", "no text"),)
    assert page.next == "4"
    assert http.asked == [("/comment/hot", {"id": "3", "type": 0, "limit": 20, "offset": 0})]


def test_comments_end_at_the_number_that_is_wanted():
    rows = [{"content": "好"}] * 100
    http = Answers(comment__hot={"code": 200, "hotComments": rows, "hasMore": True})
    source = made(comments=130)
    assert source.run(Task("comments", "3"), http).next == "100"
    page = source.run(Task("comments", "3", "100"), http)
    assert (len(page.texts), page.next) == (30, None)
    assert [asked["limit"] for _, asked in http.asked] == [100, 30]
    assert source.run(Task("comments", "3", "130"), http).texts == ()
    nothing = Answers(comment__hot={"code": 200, "hasMore": True})
    assert source.run(Task("comments", "3"), nothing).next is None


# -- answers that are none ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "error", "words"),
    [
        ({"code": 404}, NotFound, "any more"),
        ({"code": 401, "msg": "无权限"}, Unsupported, "logged in.*无权限"),
        ({"code": 301}, Unsupported, "logged in"),
        ({"code": 500, "message": "x" * 999}, BadInput, r"code 500, x{100}\. "),
        ({"playlist": {}}, BadInput, "no code"),
        ([], BadInput, "no code"),
        (None, BadInput, "no code"),
        ({"code": 200}, BadInput, "no playlist"),
        ({"code": 200, "playlist": {"trackIds": 3}}, BadInput, "no list trackIds"),
    ],
)
def test_answers_that_are_not_as_documented(told, error, words):
    with pytest.raises(error, match=words):
        made().run(Task("playlist", "7"), Answers(playlist__detail=told))


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "name", "at", "dt", "content"]), inner)
    ),
    max_leaves=12,
)
_names = [
    "playlists", "more", "total", "result", "playlist", "trackIds", "songs", "lrc", "lyric",
    "nolyric", "hotComments", "hasMore", "likedCount", "tags", "ar", "al", "pc", "trackCount",
]  # fmt: skip
_answers = st.recursive(
    _values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_names), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(_names), _answers), st.sampled_from(Netease.kinds))
def test_any_answer_is_read_or_refused(told, kind):
    body = {**told, "code": 200}
    http = Answers(
        top__playlist=body, playlist__detail=body, song__detail=body, lyric=body,
        comment__hot=body, cloudsearch=body,
    )  # fmt: skip
    with contextlib.suppress(MurecomError):
        page = made().run(Task(kind, "1"), http)
        assert all(stub.key.isdigit() for stub in page.stubs)
        assert all(entry.track.title for entry in page.entries)


def test_numbers_without_sense_are_left_out():
    at = {"id": 1, "at": 10**30}
    songs = [song(1, dt=10**400)]
    http = Answers(
        playlist__detail=playlist([at], trackCount=10**30),
        song__detail={"code": 200, "songs": songs},
        comment__hot={"code": 200, "hotComments": [{"content": "好", "likedCount": 2**40}]},
    )  # fmt: skip
    page = made().run(Task("playlist", "7"), http)
    (entry,) = page.entries
    assert (entry.added_at, entry.track.duration, page.total) == (None, None, None)
    assert made().run(Task("comments", "7"), http).texts[0].likes == 2**31 - 1


def test_terms_are_told():
    assert "Unofficial" in Netease.terms
    assert "2026-11-22" in Netease.terms
