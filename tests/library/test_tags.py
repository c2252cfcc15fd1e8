"""Tags: every container, every encoding, several values, and damage of all kinds."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from library.tagged import FRAME, MBID, flac, frame, id3, id3v1, item, mp4, ogg, wav
from murecom.library.tags import LONGEST, Tags, read_tags


@pytest.fixture
def read(tmp_path):
    def read(content: bytes, name: str = "x.mp3") -> Tags:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return read_tags(path, tmp_path)

    return read


# -- every container --------------------------------------------------------------------------


def test_id3(read):
    tags = read(
        id3(
            frame("TIT2", "Uno"),
            frame("TPE1", "Muse"),
            frame("TALB", "Origin"),
            frame("TPE2", "Muse & Co"),
            frame("TCON", "(17)"),
            frame("TDRC", "2001-06-18"),
            frame("TRCK", "3/12"),
            frame("TSRC", "gb-aht-16-00302"),
            frame("UFID", b"http://musicbrainz.org\0" + MBID.upper().encode()),
        )
    )
    assert tags == Tags(
        title="Uno",
        artists=("Muse",),
        album="Origin",
        album_artist="Muse & Co",
        genres=("Rock",),
        year=2001,
        number=3,
        mbid=MBID,
        isrc="GBAHT1600302",
        duration=pytest.approx(100 * 1152 / 44100, abs=0.1),
    )


def test_id3v1_alone(read):
    tail = id3v1(b"Title   ", b"Artist", b"Album\0junk")
    tags = read(FRAME * 20 + tail)
    assert (tags.title, tags.artists, tags.album) == ("Title", ("Artist",), "Album")
    assert (tags.genres, tags.year, tags.number) == (("Rock",), 1999, 5)


PAIRS = (
    "TITLE=Uno",
    "ARTIST=Muse",
    "ALBUM=Origin",
    "ALBUMARTIST=Muse & Co",
    "GENRE=Rock",
    "DATE=2001-06-18",
    "TRACKNUMBER=3/12",
    f"MUSICBRAINZ_TRACKID={MBID}",
    "ISRC=GBAHT1600302",
)
KNOWN = Tags("Uno", ("Muse",), "Origin", "Muse & Co", ("Rock",), 2001, 3, MBID, "GBAHT1600302", 3.0)


def test_flac(read):
    assert read(flac(*PAIRS), "x.flac") == KNOWN


@pytest.mark.parametrize("name", ["x.ogg", "x.oga", "x", "wrong.mp3", "wrong.flac", "x.xyz"])
def test_ogg_by_any_name(read, name):
    tags = read(ogg(*PAIRS), name)
    assert (tags.title, tags.mbid, tags.duration, tags.notes) == ("Uno", MBID, 2.0, ())


def test_wav(read):
    tags = read(wav(INAM=b"Uno", IART=b"Muse", IPRD=b"Origin", ICRD=b"2001", IGNR=b"Rock"), "x.wav")
    assert (tags.title, tags.artists, tags.album, tags.year) == ("Uno", ("Muse",), "Origin", 2001)
    assert (tags.genres, tags.duration) == (("Rock",), 1.0)


def test_mp4(read):
    tags = read(
        mp4(
            item(b"\xa9nam", "Uno"),
            item(b"\xa9ART", "Muse"),
            item(b"\xa9day", "2001"),
            item(b"com.apple.iTunes:MusicBrainz Track Id", MBID),
            item(b"com.apple.iTunes:ISRC", "GBAHT1600302"),
        ),
        "x.m4a",
    )
    assert (tags.title, tags.artists, tags.year) == ("Uno", ("Muse",), 2001)
    assert (tags.mbid, tags.isrc, tags.duration) == (MBID, "GBAHT1600302", 2.5)


def test_the_id_of_a_release_track_is_not_the_recording(read):
    track = frame("TXXX", "MusicBrainz Release Track Id\0" + MBID)
    assert read(id3(track)).mbid is None
    assert read(id3(frame("TXXX", "MusicBrainz Track Id\0" + MBID))).mbid == MBID
    assert read(id3(frame("UFID", b"http://www.cddb.com/x\0" + MBID.encode()))).mbid is None
    assert read(flac("MUSICBRAINZ_TRACKID=nonsense"), "x.flac").mbid is None


# -- several values ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "artists"),
    [
        (["Simon & Garfunkel"], ("Simon & Garfunkel",)),
        (["AC/DC"], ("AC/DC",)),
        (["Tyler, The Creator"], ("Tyler, The Creator",)),
        (["A", "B"], ("A", "B")),
        (["A\0B\0"], ("A", "B")),
        (["A; B;C"], ("A", "B;C")),
        (["A feat. B"], ("A", "B")),
        (["A ft. B; C"], ("A", "B", "C")),
        (["A Featuring B"], ("A", "B")),
        (["Little Feat"], ("Little Feat",)),
        (["A", "a", "Á"], ("A",)),
        (["A & B", "A", "B"], ("A", "B")),
        (["A", "B", "A feat. B"], ("A", "B")),
        (["A, B & C", "A", "B", "C"], ("A", "B", "C")),
        (["Yes No", "Yes", "No"], ("Yes", "No")),
        (["Yes Maybe No", "Yes", "No"], ("Yes Maybe No", "Yes", "No")),
        (["Unknown Artist"], ()),
        (["  "], ()),
    ],
)
def test_artists(read, values, artists):
    tags = read(flac(*(f"ARTIST={value}" for value in values)), "x.flac")
    assert tags.artists == artists
    assert read(id3(frame("TPE1", "\0".join(values)))).artists == artists


def test_artists_beside_their_credit(read):
    tags = read(flac("ARTISTS=A", "ARTISTS=B", "ARTIST=A with B"), "x.flac")
    assert tags.artists == ("A", "B")


@pytest.mark.parametrize(
    ("value", "genres"),
    [
        ("(17)", ("Rock",)),
        ("17", ("Rock",)),
        ("(17)(9)", ("Rock", "Metal")),
        ("(17)Rock", ("Rock",)),
        ("(4)Eurodisco", ("Disco", "Eurodisco")),
        ("Rock; Pop;Jazz", ("Rock", "Pop", "Jazz")),
        ("R&B/Soul", ("R&B/Soul",)),
        ("Folk, World, & Country", ("Folk, World, & Country",)),
        ("Unknown", ()),
        ("(RX)", ()),
        ("(999)", ()),
        ("", ()),
    ],
)
def test_genres(read, value, genres):
    assert read(flac(f"GENRE={value}"), "x.flac").genres == genres


def test_several_titles_are_settled_by_the_name(read):
    pairs = ("TITLE=Living Caves", "TITLE=Crossroads", "TITLE=Icy Lands", "TITLE=Jungle")
    assert read(flac(*pairs), "hr3-icyland.flac").title == "Icy Lands"
    assert read(flac(*pairs), "x.flac").title == "Living Caves"
    assert read(flac("TRACKNUMBER=2", "TRACKNUMBER=5"), "x.flac").number is None


@pytest.mark.parametrize(
    ("value", "year"),
    [
        ("1999", 1999),
        ("20010618", 2001),
        ("18.06.2001", 2001),
        ("2001-06", 2001),
        ("0000", None),
        ("999", None),
        ("3001", None),
        ("unknown", None),
    ],
)
def test_years(read, value, year):
    assert read(flac(f"DATE={value}"), "x.flac").year == year


@pytest.mark.parametrize(
    ("value", "number"), [("03", 3), ("3/12", 3), ("0", None), ("A1", None), ("99999", None)]
)
def test_numbers(read, value, number):
    assert read(flac(f"TRACKNUMBER={value}"), "x.flac").number == number


@pytest.mark.parametrize(
    ("value", "isrc"),
    [
        ("US-RC1-76-07839", "USRC17607839"),
        ("usrc17607839", "USRC17607839"),
        ("12345", None),
        ("", None),
    ],
)
def test_isrc(read, value, isrc):
    assert read(flac(f"ISRC={value}"), "x.flac").isrc == isrc


# -- encodings and dirt -----------------------------------------------------------------------


def test_wrong_encodings_are_mended(read):
    title = "后来的我们什么都有了".encode("gbk").decode("latin-1")
    assert read(id3(frame("TIT2", title, 0))).title == "后来的我们什么都有了"
    title = "Für Elise – Größe".encode().decode("latin-1")
    assert read(id3(frame("TIT2", title, 0))).title == "Für Elise – Größe"
    assert read(id3(frame("TIT2", "Björk", 0))).title == "Björk"
    assert (
        read(FRAME * 9 + id3v1("晴天晴天我的天".encode("gbk"), b"", b"")).title == "晴天晴天我的天"
    )


@pytest.mark.parametrize("encoding", [1, 2, 3])
def test_unicode_of_all_kinds(read, encoding):
    assert read(id3(frame("TIT2", "晴天 🎵 é", encoding))).title == "晴天 🎵 é"


def test_what_cannot_be_decoded_gives_way_to_the_path(read):
    tags = read(flac(b"TITLE=Bj\xf6rk", b"ALBUM=\xe9"), "Björk.flac")
    assert (tags.title, tags.guessed) == ("Björk", {"title"})
    assert tags.album == "\ufffd"  # nothing better is known


def test_control_characters_and_white_space_go(read):
    tags = read(flac("TITLE= a\r\nb\x1b\x07\tc \u3000d\x00\x00", "ALBUM=\ufeff e\u0301 "), "x.flac")
    assert (tags.title, tags.album) == ("a b c d", "é")


def test_long_values_are_cut(read):
    title = read(flac("TITLE=" + "ab " * 4000), "x.flac").title
    assert len(title) <= LONGEST
    assert title.endswith("…")


def test_placeholders_count_as_missing(read):
    tags = read(
        flac("TITLE=Unknown", "ARTIST=<unknown>", "ALBUM=None"), "Muse/Origin/01 - Uno.flac"
    )
    assert (tags.title, tags.artists, tags.album) == ("Uno", ("Muse",), "Origin")
    assert tags.guessed == {"title", "artists", "album", "number"}


# -- damage -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"text renamed to mp3\n" * 100,
        b"ID3\x04\0\0\x7f\x7f\x7f\x7f",
        b"fLaC\x84\xff\xff\xff",
        b"OggS",
        b"RIFF\xff\xff\xff\xffWAVELIST\xff\xff\xff\xffINFO",
        flac("TITLE=x")[:-1],
        flac("TITLE=x")[:60],
        ogg("TITLE=x")[:-150],
        b"\xff\xfb" * 5000,
    ],
)
@pytest.mark.parametrize("suffix", [".mp3", ".flac", ".ogg", ".wav", ".m4a", ""])
def test_damage_never_fails_a_track(read, content, suffix):
    tags = read(content, f"Muse/Origin/01 - Uno{suffix}")
    assert tags.title in ("Uno", "x")
    assert tags.artists == ("Muse",)


def test_damage_is_noted(read):
    (note,) = read(flac("TITLE=x", "A=b")[:-5], "a.flac").notes
    assert note.startswith("Tags are damaged: ")
    assert read(b"nothing", "a.xyz").notes == ("Tags of this format are not understood.",)
    assert read(flac("TITLE=x"), "a.flac").notes == ()


def test_missing_files_and_folders(tmp_path):
    tags = read_tags(tmp_path / "A - B.mp3")
    assert (tags.title, tags.artists) == ("B", ("A",))
    assert tags.notes == ("Tags cannot be read: No such file or directory.",)
    assert read_tags(tmp_path).notes == ("Tags cannot be read: Is a directory.",)


def test_hours_of_garbage_are_given_up(read):
    started = time.monotonic()
    tags = read(id3(frame("TIT2", "Uno"), sound=FRAME * 3 + bytes(30_000_000)))
    assert time.monotonic() - started < 3
    assert (tags.title, tags.duration) == ("Uno", None)
    assert "cannot be right" in tags.notes[0]


def test_sizes_that_cannot_be_right_do_not_fill_the_memory(tmp_path, read):
    content = flac("TITLE=x")
    at = content.index(b"\x04\0\0\0test")
    tags = read(content[:at] + b"\xff\xff\xff\x7f" + content[at + 4 :], "a.flac")
    assert tags.notes


def test_random_damage(tmp_path):
    generator = random.Random(3)
    originals = [id3(*(frame("TIT2", "Uno"), frame("TPE1", "A\0B"))), flac(*PAIRS), ogg(*PAIRS)]
    originals += [wav(INAM=b"Uno"), mp4(item(b"\xa9nam", "Uno"))]
    path = tmp_path / "x"
    for number in range(400):
        damaged = bytearray(originals[number % 5])
        for _ in range(generator.randrange(1, 6)):
            damaged[generator.randrange(min(400, len(damaged)))] = generator.randrange(256)
        path.write_bytes(damaged)
        tags = read_tags(path)
        assert tags.title
        for text in (tags.title, *tags.artists, tags.album or "?", *tags.genres):
            assert text.encode()
            assert text == " ".join(text.split())


def test_names_that_are_no_text(tmp_path):
    path = os.fsencode(tmp_path) + b"/Bj\xf6rk - J\xf3ga.mp3"
    Path(os.fsdecode(path)).write_bytes(FRAME)
    tags = read_tags(os.fsdecode(path))
    assert (tags.title, tags.artists) == ("Jóga", ("Björk",))
