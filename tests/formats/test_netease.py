"""Dumps of NetEase in the shape of the original, with the marks in names and titles."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from murecom.formats import ContentStream
from murecom.formats.base import Source
from murecom.formats.netease import NetEase
from murecom.types import Playlist

LINE = (
    "夜 ## 雨##华语 安静 ##12##34\t5::晴天::周杰伦::100"
    "\t6::A::B – C::Ann|Bob::95\t5::晴天::周杰伦::100\n"
)


def read(content: str | bytes) -> tuple[list[Playlist], list[tuple[str, str]]]:
    source = Source(content.encode() if isinstance(content, str) else content)
    return NetEase().read(source), [(r.where, r.reason) for r in source.refused]


def test_the_shape():
    assert NetEase().sniff("x", LINE.encode()) > 0.9
    ((found,), refused) = read(LINE)
    assert (found.name, found.id, found.tags) == ("夜 ## 雨", "netease:12", ("华语", "安静"))
    assert [t.id for t in found.tracks] == ["netease:5", "netease:6", "netease:5"]
    assert (found.tracks[1].title, found.tracks[1].artists) == ("A::B – C", ("Ann", "Bob"))
    assert not refused


def test_what_cannot_be_used_is_told():
    found, refused = read(
        "no marks\n\nA####1##2\nB##t##x##1\t1::a::b::1\n" + LINE + LINE
        + "C##t##13##1\t7\tx::y\t8::only title\t14 9::T::A::1\t\n"
    )  # fmt: skip
    assert [p.id for p in found] == ["netease:1", "netease:12", "netease:12#2", "netease:13"]
    assert (found[0].tracks, found[0].tags) == ((), ())
    assert [t.id for t in found[3].tracks] == ["netease:8", "netease:149"]
    assert [where for where, _ in refused] == [
        "line 1", "line 4", "line 7, track 1", "line 7, track 2",
    ]  # fmt: skip


def test_gbk_gzip_and_cut_off():
    lines = "".join(LINE.replace("##12##", f"##{n}##") for n in range(50))
    assert read(lines.encode("gb18030"))[0] == read(lines)[0]
    whole = gzip.compress(lines.encode())
    assert read(whole)[0] == read(lines)[0]
    assert NetEase().sniff("x.txt.gz", whole) > 0.9
    found, refused = read(whole[:-20])
    assert len(found) <= 50
    assert refused[-1][1] == "the packed file is cut off or damaged"


def test_ten_thousand_tracks():
    entries = "\t".join(f"{n}::{'长' * 60}{n}::周杰伦::1" for n in range(10_000))
    ((found,), refused) = read(f"L##t##1##1\t{entries}\n")
    assert len(found.tracks) == 10_000
    assert not refused


@pytest.mark.parametrize("text", ["a\tb\n", "#EXTM3U\nx.mp3\n", "## heading ##\n", ""])
def test_other_texts_are_not_taken(text):
    assert NetEase().sniff("x.txt", text.encode()) == 0


def test_the_dump_itself(data_dir: Path):
    path = data_dir / "netease" / "playlists.txt.gz"
    stream = ContentStream(path)
    found = [content for content in stream if isinstance(content, Playlist)]
    assert stream.format.name == "netease"
    assert not stream.source.refused
    assert len(found) == 634
    assert sum(len(p.tracks) for p in found) == 72_343
    ids = {t.id for p in found for t in p.tracks}
    assert len(ids) == 38_552, "one of the 38,553 has a blank in its id"
    assert all(re.fullmatch(r"netease:\d+", i) for i in ids)
