"""A crawl of the made-up NetEase that is the same with the fake server and with the real ones."""

from __future__ import annotations

from typing import Any

from fakes.netease import PRIVATE, USER, Upstream, comment
from murecom.config.settings import Netease as Settings
from murecom.crawl.base import Http, Page, Task
from murecom.crawl.netease import Netease

LONG, HOLED, LIKED, HIDDEN = 1501, 1502, 1503, 1504


def filled() -> Upstream:
    """Make a NetEase with a category of 130 playlists, a long one, and everything odd."""
    upstream = Upstream()
    upstream.add_songs(range(1000, 2203))
    for key in range(2001, 2131):
        upstream.add_playlist(key, f"歌单{key}", range(key % 50 + 1, key % 50 + 6))
    upstream.categories["治愈"] = list(range(2001, 2131))
    upstream.add_playlist(LONG, "长长的 一千二百零三首", range(1000, 2203))
    upstream.songs[91] = None  # the answer has null in its place
    upstream.songs[92] = {"id": 92, "name": None, "pc": {"sn": "我的录音", "nickname": "某某用户"}}
    upstream.add_playlist(HOLED, "残缺", [90, 91, 92, 999_999, 90])
    upstream.add_playlist(LIKED, "某某用户喜欢的音乐", [3], specialType=5)
    upstream.add_playlist(HIDDEN, "不给看", [3], privacy=10)
    upstream.found["下雨天 🌧"] = [HOLED, LIKED, LONG]
    credit = '{"t":0,"c":[{"tx":"作词: "},{"tx":"甲"}]}'
    upstream.lyrics[3] = {
        "lrc": {"version": 1, "lyric": f"{credit}\n[00:01.000]一行\n[00:02.000]又一行\n"},
        "tlyric": {"lyric": "[by:某某用户]\n[00:01.000]one line"},
    }
    upstream.lyrics[4] = {"nolyric": True}
    upstream.comments[3] = [comment(f"第{n}条", 1000 - n) for n in range(1, 251)]
    upstream.comments[3][1] = comment("@另一个人 说得对", 998)
    return upstream


def made(url: str) -> Netease:
    return Netease(Settings(url=url, comments=230))


def pages_of(source: Netease, http: Http, task: Task) -> list[Page]:
    """Ask for all pages of a task; a walk that does not end fails."""
    pages = [source.run(task, http)]
    while (place := pages[-1].next) is not None:
        assert len(pages) < 20
        pages.append(source.run(Task(task.kind, task.key, place), http))
    return pages


def check_walk(source: Netease, http: Http) -> None:
    """Ask for everything there is; nothing may be missed, nothing come twice."""
    pages = pages_of(source, http, Task("category", "治愈"))
    assert [len(page.stubs) for page in pages] == [50, 50, 30]
    assert [stub.key for page in pages for stub in page.stubs] == [
        str(key) for key in range(2001, 2131)
    ]
    (task,) = source.seeds(["下雨天 🌧"], own=False)
    everything = [*pages, *pages_of(source, http, task)]
    assert [stub.key for stub in everything[-1].stubs] == [str(HOLED), str(LIKED), str(LONG)]
    assert pages_of(source, http, Task("search", "没有"))[0].stubs == ()

    pages = pages_of(source, http, Task("playlist", str(LONG)))
    assert [len(page.entries) for page in pages] == [500, 500, 203]
    tracks = [entry.track.id for page in pages for entry in page.entries]
    assert tracks == [f"netease:{key}" for key in range(1000, 2203)]
    dates = [entry.added_at for page in pages for entry in page.entries]
    assert dates == [1_600_000_000 + 60 * place for place in range(1203)]
    stubs = {page.playlist for page in pages}
    (told,) = stubs
    assert told is not None
    assert (told.name, told.size, told.snapshot) == ("长长的 一千二百零三首", 1203, "1700000001501")

    (holed,) = pages_of(source, http, Task("playlist", str(HOLED)))
    assert [e.track.name for e in holed.entries] == [
        "歌手6 – 第90首歌",
        "我的录音",
        "歌手6 – 第90首歌",
    ]
    assert [where for where, _ in holed.refused] == ["entry 2: 91", "entry 4: 999999"]
    (liked,) = pages_of(source, http, Task("playlist", str(LIKED)))

    (words,) = pages_of(source, http, Task("lyrics", "3"))
    assert "一行" in words.texts[0].body
    (silent,) = pages_of(source, http, Task("lyrics", "4"))
    assert silent.texts[0].body == ""
    assert pages_of(source, http, Task("lyrics", "5"))[0].texts == ()

    heard = pages_of(source, http, Task("comments", "3"))
    likes = [text.likes for page in heard for text in page.texts]
    assert likes == [1000 - n for n in range(1, 231)]

    everything += [*pages, holed, liked, words, silent, *heard]
    for private in (*PRIVATE, str(USER["userId"])):
        assert private not in repr(everything)


def calls(upstream: Upstream) -> list[str]:
    return [path for _, path, _ in upstream.log]


def last(upstream: Upstream) -> dict[str, Any]:
    return upstream.log[-1][2]
