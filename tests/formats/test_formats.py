"""Choosing the format, files that cannot be read or written, and round trips of nasty names."""

from __future__ import annotations

import errno
import json
import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from murecom import registry
from murecom.errors import BadInput, NotFound, Unreachable, Unsupported
from murecom.formats import read_playlists, write_playlist
from murecom.formats.base import Format, Place, Refused, Source, known_ids, tidy
from murecom.formats.jspf import TRACK
from murecom.types import Playlist, Track, TrackId


def playlist_of(*paths: Path | str, name: str = "Mix") -> Playlist:
    return Playlist(name, tuple(Track(TrackId("file:0"), "T", path=str(p)) for p in paths))


# -- the family -------------------------------------------------------------------------------


def test_the_registry_finds_the_members():
    assert {"jspf", "m3u", "xspf"} <= registry.members("formats").keys()


@pytest.mark.parametrize("name", sorted(registry.members("formats")))
def test_every_member_keeps_the_contract(name, tmp_path):
    member = registry.get("formats", name)()
    assert isinstance(member, Format)
    assert member.name == name
    assert member.suffixes
    assert all(s.startswith(".") and s == s.lower() for s in member.suffixes)
    for head in (
        b"",
        b"\0" * 2048,
        os.urandom(2048),
        b"ID3\x04\0\0\0\0\0\0",
        b"\xff\xfb\x90\0" * 99,
    ):
        assert member.sniff("cover.jpg", head) < 0.2
        assert 0 <= member.sniff(f"x{member.suffixes[0]}", head) <= 1


# -- choosing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".m3u", ".m3u8", ".xspf", ".jspf", ".M3U8", ".JSPF"])
def test_writes_by_suffix_and_reads_by_content(tmp_path, suffix):
    (tmp_path / "a.mp3").touch()
    report = write_playlist(playlist_of(tmp_path / "a.mp3"), tmp_path / f"x{suffix}")
    assert (report.path, report.written, report.skipped) == (str(tmp_path / f"x{suffix}"), 1, ())
    (tmp_path / f"x{suffix}").rename(tmp_path / "x.list")
    for (back,) in (
        read_playlists(tmp_path / "x.list"),
        read_playlists(tmp_path / "x.list", format=suffix[1:5].lower().replace("m3u8", "m3u")),
    ):
        assert back.name == "Mix"
        assert back.tracks[0].path == str(tmp_path / "a.mp3")


def test_content_wins_over_the_suffix(tmp_path):
    write_playlist(playlist_of(tmp_path / "a.mp3"), tmp_path / "x.m3u", format="xspf")
    assert read_playlists(tmp_path / "x.m3u")[0].tracks[0].title == "T"


def test_unknown_suffixes_are_unsupported(tmp_path):
    with pytest.raises(Unsupported, match=r"'\.doc'.*\.jspf, \.m3u, \.m3u8, .*\.xspf"):
        write_playlist(playlist_of(), tmp_path / "x.doc")
    with pytest.raises(Unsupported, match="no suffix"):
        write_playlist(playlist_of(), tmp_path / "x")
    (tmp_path / "x.doc").write_bytes(b"Dear Sir")
    with pytest.raises(Unsupported, match=r"x\.doc.*\.m3u"):
        read_playlists(tmp_path / "x.doc")
    with pytest.raises(NotFound, match="xspf"):
        read_playlists(tmp_path / "x.doc", format="xpsf")


def test_a_format_may_only_read(tmp_path):
    class Reader(Format):
        name = "reader"
        suffixes = (".r",)

        def sniff(self, name, head):
            return 1.0

        def _read(self, source):
            yield Playlist(source.file_name + str(source.data()))

    assert Reader().read(b"x") == [Playlist("b'x'")]
    with pytest.raises(Unsupported, match="reader can be read, not written"):
        Reader().write(Playlist("x"), tmp_path / "x.r")
    assert not list(tmp_path.iterdir())


def test_refused_entries_are_told(tmp_path):
    (tmp_path / "x.jspf").write_text('{"playlist": {"track": [{}]}}')
    refused: list[Refused] = []
    assert read_playlists(tmp_path / "x.jspf", refused=refused)[0].tracks == ()
    assert refused[0].where == "track 1"


# -- files ------------------------------------------------------------------------------------


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(NotFound, match="no file"):
        read_playlists(tmp_path / "x.m3u")
    with pytest.raises(BadInput, match="is a folder"):
        read_playlists(tmp_path)
    with pytest.raises(NotFound, match="no folder"):
        write_playlist(playlist_of(), tmp_path / "none" / "x.m3u")
    (tmp_path / "dir.m3u").mkdir()
    with pytest.raises(Unreachable):
        write_playlist(playlist_of(), tmp_path / "dir.m3u")


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "disk is full"), (errno.EACCES, "Permission denied")]
)
def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch, number, words):
    target = tmp_path / "x.m3u"
    target.write_text("old")

    def fail(handle):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(Unreachable, match=words):
        write_playlist(playlist_of("/a.mp3"), target)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_no_permission_to_read(tmp_path, monkeypatch):
    (tmp_path / "x.m3u").touch()

    def refuse(*args, **kw):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(Unreachable, match="Permission denied"):
        read_playlists(tmp_path / "x.m3u")


def test_permissions_and_links_are_kept(tmp_path):
    (tmp_path / "real.m3u").touch(0o640)
    (tmp_path / "real.m3u").chmod(0o640)
    (tmp_path / "x.m3u").symlink_to("real.m3u")
    write_playlist(playlist_of("/a.mp3"), tmp_path / "x.m3u")
    assert (tmp_path / "x.m3u").is_symlink()
    assert stat.S_IMODE((tmp_path / "real.m3u").stat().st_mode) == 0o640
    old = os.umask(0o022)
    try:
        write_playlist(playlist_of("/a.mp3"), tmp_path / "new.m3u")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "new.m3u").stat().st_mode) == 0o644  # a player may read it


def test_pipes(tmp_path):
    os.mkfifo(tmp_path / "p.m3u")
    writer = threading.Thread(target=write_playlist, args=(playlist_of("/a"), tmp_path / "p.m3u"))
    writer.start()
    (back,) = read_playlists(tmp_path / "p.m3u")
    writer.join()
    assert [t.path for t in back.tracks] == ["/a"]


def test_names_of_250_characters(tmp_path):
    name = "é" * 120 + ".mp3"
    (tmp_path / name).touch()
    target = tmp_path / ("l" * 250 + ".m3u")
    write_playlist(playlist_of(tmp_path / name), target)
    assert read_playlists(target)[0].tracks[0].path == str(tmp_path / name)


def test_too_large_for_a_playlist(tmp_path, monkeypatch):
    monkeypatch.setattr("murecom.formats.base.LARGEST", 10)
    (tmp_path / "x.m3u").write_bytes(b"#EXTM3U\nabcdef")
    with pytest.raises(BadInput, match="too large"):
        read_playlists(tmp_path / "x.m3u")


def test_long_lists(tmp_path):
    tracks = playlist_of(*(f"/music/{i}/ü {i}.mp3" for i in range(2_000)))
    for suffix in ("m3u", "xspf", "jspf"):
        write_playlist(tracks, tmp_path / f"x.{suffix}")
        (back,) = read_playlists(tmp_path / f"x.{suffix}")
        assert [t.path for t in back.tracks] == [t.path for t in tracks.tracks]


# -- small things -----------------------------------------------------------------------------


def test_known_ids():
    mbid = "e97f805a-ab48-4c52-855e-07049142113d"
    assert known_ids(
        [f"http://musicbrainz.org/recording/{mbid.upper()}/", "isrc:GB-AHT-16-00302"]
    ) == {
        "mbid": mbid,
        "isrc": "GBAHT1600302",
    }
    assert known_ids(["https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC?si=1"]) == {
        "spotify": "spotify:track:4uLU6hMCjMI75M1A2tKUQC"
    }
    assert known_ids(["https://musicbrainz.org/release/" + mbid, "isrc:", "x"]) == {}


def test_tidy():
    assert tidy(" a\r\nb\x00\u3000c\x85 ") == "a b c"
    assert tidy("\udce9\ud83d") == "\ufffd\ufffd"


def test_paths_by_a_link_and_back(tmp_path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "a.mp3").touch()
    (tmp_path / "link").symlink_to(tmp_path / "deep" / "er")
    (tmp_path / "x.m3u").write_text("link/../a.mp3\n")
    assert read_playlists(tmp_path / "x.m3u")[0].tracks[0].path == str(tmp_path / "deep" / "a.mp3")


def test_streams_are_escaped(tmp_path):
    track = Track(TrackId("url:http://x.example/a b?c=%20&d"), "R")
    assert Place(tmp_path / "x").location(track) == "http://x.example/a%20b?c=%20&d"


# -- round trips ------------------------------------------------------------------------------

QUICK = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

NAMES = """
#1|a#| lead|trail |a:b|http:x|file:a|spotify:track:1|100%|%20|%41|a\\b|\\|~|-|...|é|e\u0301|晴天|🎵
x\u2028y|\x7f|C:x|?q=1|'"|\x0b|\ufeffx|a\tb|a&b<c>
"""
NASTY = st.one_of(
    st.sampled_from([*NAMES.strip("\n").replace("\n", "|").split("|"), "é" * 120]),
    st.text(st.characters(exclude_characters="/\0\n\r", codec="utf-8"), min_size=1, max_size=12),
    st.binary(min_size=1, max_size=12).map(
        lambda raw: os.fsdecode(raw.translate(None, b"/\0\n\r") or b"x")
    ),
)
PARTS = st.lists(NASTY.filter(lambda name: name not in (".", "..")), min_size=1, max_size=3)
TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


@settings(QUICK, max_examples=80)
@given(
    every=st.lists(PARTS, max_size=4),
    style=st.sampled_from(["playlist", "root", "absolute"]),
    suffix=st.sampled_from([".m3u8", ".xspf", ".jspf"]),
)
def test_paths_survive(tmp_path, every, style, suffix):
    """What is written is read again, though none of the files exists."""
    paths = [os.path.join("/music", *parts) for parts in every]
    target, roots = tmp_path / f"x{suffix}", []
    if style == "root":
        roots = ["/music"]
    report = write_playlist(playlist_of(*paths), target, style=style, root="/music")
    assert report.skipped == ()
    source = Source(target, roots=roots)
    if style == "root":
        source.folder = "/music"  # nothing exists, so the first folder would be taken
    (back,) = registry.get("formats", suffix[1:4] if suffix == ".m3u8" else suffix[1:])().read(
        source
    )
    assert [t.path for t in back.tracks] == [os.path.normpath(path) for path in paths]


@settings(QUICK, max_examples=60)
@given(parts=PARTS, suffix=st.sampled_from([".m3u", ".m3u8", ".xspf", ".jspf"]))
def test_paths_that_exist_survive(tmp_path, parts, suffix):
    """Existing files are found, whatever their names, with all formats."""
    path = tmp_path.joinpath("music", *parts)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError:
        assume(False)
    write_playlist(playlist_of(path), tmp_path / f"x{suffix}")
    (back,) = read_playlists(tmp_path / f"x{suffix}")
    assert [t.path for t in back.tracks] == [str(path)]


@settings(QUICK, max_examples=80)
@given(
    name=TEXT,
    title=TEXT,
    artists=st.lists(TEXT, max_size=3),
    album=TEXT,
    seconds=st.none() | st.floats(0.001, 1e6),
    suffix=st.sampled_from([".m3u", ".xspf", ".jspf"]),
)
def test_words_survive(tmp_path, name, title, artists, album, seconds, suffix):
    """Words come back as one clean line, lengths to the precision of the format."""
    track = Track(TrackId("file:0"), title, tuple(artists), album, seconds, "/music/a.mp3")
    write_playlist(Playlist(name, (track,)), tmp_path / f"x{suffix}")
    (back,) = read_playlists(tmp_path / f"x{suffix}")
    (found,) = back.tracks

    def clean(text: str) -> str:
        # two code points that XML cannot hold
        return tidy(text).translate({0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD} if suffix == ".xspf" else {})

    assert back.name in (clean(name), "x")
    if suffix == ".m3u":
        step = 0.5
    else:
        step = 0.0005
        assert (found.album or "") == clean(album)
        assert (found.title or "") == clean(title)
        if suffix == ".jspf" and all(map(clean, artists)):
            assert found.artists == tuple(map(clean, artists))
    if seconds is not None and seconds > step:
        assert found.duration == pytest.approx(seconds, abs=step * 1.001)


WORDS = "playlist track title location identifier duration extension creator artists"
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*WORDS.split(), TRACK]), inner, max_size=5)
    ),
    max_leaves=12,
)
CONTENT = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=200).map(lambda text: "#EXTM3U\n" + text),
    st.text(max_size=100).map(
        lambda text: (
            f"<playlist><trackList><track><title>{text}</title></track></trackList></playlist>"
        )
    ),
    JSON.map(lambda value: json.dumps({"playlist": {"track": [value]}})),
)


@settings(QUICK, max_examples=120)
@given(
    content=CONTENT.map(lambda c: c.encode("utf-8", "surrogatepass") if isinstance(c, str) else c),
    suffix=st.sampled_from([".m3u", ".m3u8", ".xspf", ".jspf"]),
)
def test_readers_never_crash(tmp_path, content, suffix):
    (tmp_path / f"x{suffix}").write_bytes(content)
    try:
        playlists = read_playlists(tmp_path / f"x{suffix}")
    except (BadInput, Unsupported):
        return
    for track in playlists[0].tracks:
        assert track.id.partition(":")[2]
        os.fsencode(track.path or "")
        (track.name + track.id).encode("utf-8", "surrogateescape")


def test_the_example_of_the_documentation_works(tmp_path, monkeypatch):
    page = Path(__file__).parents[2] / "docs" / "formats.md"
    code = page.read_text("utf-8").rpartition("```python\n")[2].partition("```")[0]
    scope: dict[str, type[Format]] = {}
    exec(code, scope)
    members = {**registry.members("formats"), "titles": scope["Titles"]}
    monkeypatch.setattr(registry, "members", lambda family: members)
    (tmp_path / "x.titles").write_text("Uno\n\nDue\n")
    (playlist,) = read_playlists(tmp_path / "x.titles")
    assert [track.id for track in playlist.tracks] == ["text:Uno", "text:Due"]
    with pytest.raises(Unsupported, match=r"No playlist format is called '\.titles'"):
        write_playlist(playlist, tmp_path / "y.titles")


@pytest.mark.parametrize("uri", ["spotify:episode:x", "https://open.spotify.com/episode/x"])
def test_episodes_in_lists_of_players_are_refused_with_the_reason(tmp_path, uri):
    texts = {
        "a.m3u": f"#EXTM3U\n#EXTINF:1,A - B\n{uri}\n",
        "a.jspf": f'{{"playlist": {{"track": [{{"title": "B", "identifier": "{uri}"}}]}}}}',
        "a.xspf": '<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track><title>B'
        f"</title><location>{uri}</location></track></trackList></playlist>",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
        refused: list[Refused] = []
        (found,) = read_playlists(tmp_path / name, refused=refused)
        assert found.tracks == ()
        assert [one.reason for one in refused] == ["an episode is no track of Spotify"]
