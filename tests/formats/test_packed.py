"""Files in any encoding and packing are read as UTF-8, bit by bit."""

from __future__ import annotations

import codecs
import gzip
import zipfile
from pathlib import Path

import pytest

from murecom.errors import BadInput
from murecom.formats import packed
from murecom.formats.base import Source
from murecom.formats.packed import members, start_of, unpacked

CHINESE = "我们的爱情故事，安静的夜晚里下着雨。\n" * 40


def text_of(data: bytes) -> str:
    with unpacked(Source(data)) as file:
        return file.read().decode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "big5"])
@pytest.mark.parametrize("chunk", [7, 1000, 1 << 20])
def test_encodings(monkeypatch, encoding, chunk):
    monkeypatch.setattr(packed, "CHUNK", 1 << 20)
    text = CHINESE if encoding != "big5" else "我們的愛情故事，安靜的夜晚裡下著雨。\n" * 40
    data = text.encode(encoding)
    assert text_of(data) == text
    assert text_of(gzip.compress(data)) == text
    with unpacked(Source(data)) as file:
        parts = iter(lambda: file.read(chunk), b"")
        assert b"".join(parts).decode() == text


def test_ascii_first_and_chinese_later(monkeypatch):
    monkeypatch.setattr(packed, "CHUNK", 400)
    text = "plain words\n" * 100 + CHINESE
    assert text_of(text.encode("gb18030"))[:1200] == text[:1200]
    assert text_of(text.encode()) == text


def test_windows_1252_and_damaged_utf_8():
    assert text_of("Déjà vu à l'été\n".encode("cp1252")) == "Déjà vu à l'été\n"
    damaged = "Déjà".encode() + b"\xff\n"
    with unpacked(Source(damaged)) as file:
        assert file.read() == damaged


@pytest.mark.parametrize("data", [b"", b"\0", b"a", b"\xef\xbb\xbf", b"T\0,x\x80"])
def test_tiny_files(data):
    text_of(data.replace(b"\x80", "\x80".encode()))
    start_of(data)


def test_progress_is_that_of_the_file():
    data = gzip.compress(CHINESE.encode())
    source = Source(data)
    with unpacked(source) as file:
        file.read()
    assert source.done == len(data)


def test_beginnings():
    assert start_of(gzip.compress(b" \n{}")) == b"{}"
    assert start_of(b"\x1f\x8b\xff\xff") == b""
    assert start_of(codecs.BOM_UTF8 + b"[]") == b"[]"
    assert start_of('{"a": 1}'.encode("utf-16")) == b'{"a": 1}'


def test_members_of_an_archive(tmp_path: Path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("b/two.txt", "2")
        file.writestr("b/one.txt", CHINESE)
        file.writestr("b/", "")
        file.writestr("no.md", "x")
    source = Source(path)
    seen = []
    for member in members(source, lambda name: name.endswith("txt")):
        with unpacked(member) as content:
            seen.append((member.file_name, len(content.read().decode())))
        member.refuse("line 1", "why")
    assert seen == [("one.txt", len(CHINESE)), ("two.txt", 1)]
    assert [r.where for r in source.refused] == ["b/one.txt, line 1", "b/two.txt, line 1"]
    with pytest.raises(BadInput, match="damaged"):
        list(members(Source(b"PK\x03\x04 nothing"), lambda _: True))


@pytest.mark.parametrize("end", ["\n", '",\t"'])
@pytest.mark.parametrize("stray", [b"caf\xe9", b"rock\xb4n roll", b"\xa7 1"])
def test_one_stray_byte_does_not_turn_the_rest(monkeypatch, end, stray):
    monkeypatch.setattr(packed, "CHUNK", 500)
    lines = [b"plain words", stray, *("Déjà vu 晴天".encode() for _ in range(600))]
    source = Source(end.encode().join(lines))
    with unpacked(source) as file:
        text = file.read().decode()
    assert text.count("Déjà vu 晴天") == 600
    assert "\ufffd" not in text
    ((where, note),) = [(r.where, r.reason) for r in source.refused]
    assert where == "encoding"
    assert note.startswith("1 text is not UTF-8 like the others: read as")


@pytest.mark.parametrize("data", ["é\n" * 5, "我们的\n" * 50])
def test_files_of_one_encoding_are_not_told(data):
    encoding = "cp1252" if "é" in data else "gb18030"
    source = Source(data.encode(encoding))
    with unpacked(source) as file:
        assert file.read().decode() == data
    assert not source.refused
