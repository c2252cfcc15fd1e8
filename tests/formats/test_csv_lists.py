"""Playlists as a plain table, in the ways that people write one."""

from __future__ import annotations

import codecs
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.errors import Unsupported
from murecom.formats import ContentStream, csv_lists
from murecom.formats.base import Source
from murecom.formats.csv_lists import CSVLists
from murecom.types import Playlist


def read(content: str | bytes) -> tuple[list[Playlist], list[tuple[str, str]]]:
    source = Source(content.encode() if isinstance(content, str) else content)
    assert CSVLists().sniff("x.csv", source.head) > 0.5
    return CSVLists().read(source), [(r.where, r.reason) for r in source.refused]


def test_the_shape():
    found, refused = read(
        "playlist,position,artist,title,album,isrc,uri,duration,added\n"
        "Evening,2,周杰伦,夜曲,十一月的萧邦,TWK970500001,,3:46,2021-03-04\n"
        'Evening,1,Ann;Bob,"Say ""hi"", all",,,spotify:track:0000000000000000000001,61.5,\n'
        "Morning,1,,Alone,,,netease:5,,\n"
        "Nothing,,,,,,,,\n"
    )
    evening, morning, nothing = found
    assert (evening.name, [t.title for t in evening.tracks]) == (
        "Evening",
        ['Say "hi", all', "夜曲"],
    )
    assert evening.tracks[0].artists == ("Ann", "Bob")
    assert evening.tracks[0].id == "spotify:track:0000000000000000000001"
    assert (evening.tracks[1].id, evening.tracks[1].duration) == ("text:周杰伦 – 夜曲", 226.0)
    assert evening.tracks[1].ids == {"isrc": "TWK970500001"}
    assert evening.added == (None, 1614816000)
    assert (morning.tracks[0].id, morning.tracks[0].title) == ("netease:5", "Alone")
    assert nothing.tracks == ()
    assert not refused
    start, _, _ = str(evening.id).rpartition("/")
    assert start.startswith("csv:playlists-")
    assert [p.id for p in found] == [f"{start}/{p.name}" for p in found]


@pytest.mark.parametrize(
    "text",
    [
        "Playlist name;Track name;Artist name\nL;T;A\n",
        "Artist\tSong\tPLAYLIST\r\nA\tT\tL\r\n",
        '"Track name","Artist name",Album,"Playlist name",Type,ISRC\n"T","A",,L,Playlist,\n',
        "\n\nlist|title|creator\nL|T|A\n",
    ],
)
def test_headers_and_delimiters(text):
    text = text.lstrip("\n")
    for content in (text.encode(), codecs.BOM_UTF8 + text.encode(), text.encode("utf-16")):
        ((playlist,), refused) = read(content)
        assert (playlist.name, playlist.tracks[0].name) == ("L", "A – T")
        assert not refused


def test_gbk_and_windows_1252():
    rows = "".join(f"安静的夜晚,晴天第{n}首我们的爱情故事,周杰伦\n" for n in range(30))
    ((playlist,), _) = read(("playlist,title,artist\n" + rows).encode("gb18030"))
    assert playlist.name == "安静的夜晚"
    assert playlist.tracks[0].artists == ("周杰伦",)
    ((playlist,), _) = read("playlist,title\nÉté,Déjà vu\n".encode("cp1252"))
    assert (playlist.name, playlist.tracks[0].title) == ("Été", "Déjà vu")


def test_lists_that_are_mixed_and_ones_that_come_again(monkeypatch):
    text = "playlist,title\n" + "".join(f"L{n % 2},T{n}\n" for n in range(10))
    found, _ = read(text)
    assert [(p.name, len(p.tracks)) for p in found] == [("L0", 5), ("L1", 5)]
    monkeypatch.setattr(csv_lists, "HELD", 4)
    found, _ = read(text)
    assert sum(len(p.tracks) for p in found) == 10
    assert len({p.id for p in found}) == len(found)


def test_two_lists_of_one_name_with_ids():
    found, _ = read("pid,playlist,title\n1,Same,A\n2,Same,B\n1,Same,C\n")
    assert [(p.name, [t.title for t in p.tracks]) for p in found] == [
        ("Same", ["A", "C"]), ("Same", ["B"]),
    ]  # fmt: skip


def test_quotes_that_are_never_closed():
    found, refused = read(
        'playlist,title\nL,A\nL,"never closed\nL,B\nL,12" mix\nL,"two\nlines"\nL,C\n'
    )
    titles = [t.title for p in found for t in p.tracks]
    assert {"A", "B", "C"} <= set(titles)
    assert len(titles) + len(refused) >= 6
    many = "playlist,title\nL,A\n" + 'L,"x\n' + "L,B\n" * 500
    found, refused = read(many)
    assert len(found[0].tracks) >= 501
    assert len(refused) <= 1


@given(
    st.lists(
        st.tuples(*(st.text(st.characters(codec="utf-8"), max_size=12) for _ in range(3))),
        max_size=20,
    )
)
def test_what_the_csv_module_writes_is_read_back(rows):
    content = io.StringIO()
    writer = csv.writer(content, quoting=csv.QUOTE_ALL)
    writer.writerow(["playlist", "title", "artist"])
    writer.writerows([(f"x{name}", f"T{title}", artist) for name, title, artist in rows])
    found, refused = read(content.getvalue())
    count = sum(len(p.tracks) for p in found)
    assert count + len(refused) >= len(rows)


def test_ten_thousand_tracks_and_none():
    text = "playlist,position,title\n" + "".join(f"L,{9999 - n},T{n}\n" for n in range(10_000))
    ((playlist,), refused) = read(text)
    assert len(playlist.tracks) == 10_000
    assert playlist.tracks[0].title == "T9999"
    assert not refused
    assert read("playlist,title\n") == ([], [])


def test_a_table_without_a_playlist_is_one(tmp_path):
    (tmp_path / "Evening.csv").write_text("title;artist;album;isrc;addedDate\nA;Ann;;;\nB;Bob;;;\n")
    stream = ContentStream(tmp_path / "Evening.csv")
    ((playlist,), kind) = (list(stream), stream.format.name)
    assert (playlist.name, kind) == ("Evening", "csv")
    assert [track.name for track in playlist.tracks] == ["Ann – A", "Bob – B"]


def test_a_table_without_a_header(tmp_path):
    (tmp_path / "x.csv").write_text("Evening,2,Ann,A\nEvening,1,Ann,B\n")
    (playlist,) = ContentStream(tmp_path / "x.csv")
    assert (playlist.name, [t.title for t in playlist.tracks]) == ("Evening", ["B", "A"])


def test_which_columns_are_missing(tmp_path):
    (tmp_path / "x.csv").write_text("position,name of it,who\n1,A,Ann\n")
    with pytest.raises(
        Unsupported, match=r"columns are: position, name of it, who\. A table .* nee"
    ):
        ContentStream(tmp_path / "x.csv")


def test_positions_of_spreadsheets_and_blank_ones():
    (playlist,), refused = read("playlist,position,title\nE,2.0,B\nE,,C\nE,1.0,A\nE,10.0,Z\n")
    assert [track.title for track in playlist.tracks] == ["A", "B", "Z", "C"]
    ((where, reason),) = refused
    assert where == "playlist 'E'"
    assert "1 row has no position" in reason
    (playlist,), refused = read("playlist,position,title\nE,,B\nE,,A\n")
    assert [track.title for track in playlist.tracks] == ["B", "A"]
    assert not refused


def test_what_is_no_track_is_refused_with_the_reason():
    (playlist,), refused = read("playlist,title,uri\nE,A,spotify:episode:x\nE,B,\n")
    assert len(playlist.tracks) == 1
    assert refused == [("line 2", "an episode is no track of Spotify")]
