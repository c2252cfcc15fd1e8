"""Lines of files in any encoding: line n stays line n."""

from __future__ import annotations

import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.text import lines
from murecom.text.lines import read_lines

TEXTS = ["我今天很难过，下雨了", "", "so happy", "一切没有发生过", "", "后悔也都没有用"]


def texts(data: bytes) -> list[str]:
    found = list(read_lines(io.BytesIO(data)))
    assert sum(size for _, size in found) == len(data)
    return [text for text, _ in found]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_encodings(encoding, end, last):
    body = end.join(TEXTS) + (end if last else "")
    assert texts(body.encode(encoding)) == TEXTS


def test_big5_shift_jis_and_utf_16_without_a_mark():
    chinese = ["我今天很難過", "", "後悔也都沒有用", "還不如一切沒有發生過"]
    assert texts("\n".join(chinese).encode("big5")) == chinese
    japanese = ["とても悲しいです", "", "カラオケに行きたい"]
    assert texts("\r\n".join(japanese).encode("cp932")) == japanese
    english = ["so happy", "", "so sad today"]
    for encoding in ("utf-16-le", "utf-16-be"):
        assert texts("\n".join(english).encode(encoding)) == english


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"\n", [""]),
        (b"\n\n\n", ["", "", ""]),
        (b"one", ["one"]),
        (b"\r\n", [""]),
        (b"\xef\xbb\xbfone\n", ["one"]),
        (b"a\rb\n", ["a\rb"]),
        ("a\u2028b\x85c\n".encode(), ["a\u2028b\x85c"]),
    ],
)
def test_ends(data, expected):
    assert texts(data) == expected


def test_a_short_line_of_gb18030_is_not_taken_for_utf_8():
    both = ["联通", "我们今天都很高兴，因为天气很好"]
    assert texts("\n".join(both).encode("gb18030")) == both


def test_a_file_may_change_its_encoding():
    data = "我们今天都很高兴\n".encode("gb18030") * 20 + "难过的时候\n".encode()
    assert texts(data)[-1] == "难过的时候"


def test_a_broken_byte_costs_one_character():
    data = "难过的时候\n".encode() * 50 + b"so \xff sad\n"
    assert texts(data)[-1] == "so \ufffd sad"


def test_the_encoding_may_show_late(monkeypatch):
    monkeypatch.setattr(lines, "CHUNK", 64)
    body = ["only ascii"] * 100 + ["我们今天都很高兴，因为天气很好"] * 5
    for encoding in ("utf-8", "gb18030"):
        assert texts("\n".join(body).encode(encoding)) == body


def test_a_huge_line_is_cut_and_the_next_one_is_whole(monkeypatch):
    monkeypatch.setattr(lines, "CHUNK", 100)
    monkeypatch.setattr(lines, "LONGEST", 100)
    for encoding in ("utf-8", "utf-16-le"):
        data = ("x" * 5000 + "\nthe next one\n" + "y" * 5000).encode(encoding)
        first, second, third = texts(data)
        assert second == "the next one"
        assert 100 <= len(first) <= 300
        assert 100 <= len(third) <= 300


def test_a_mark_alone_is_an_empty_file():
    assert list(read_lines(io.BytesIO(b"\xef\xbb\xbf"))) == []


def test_bytes_that_are_no_text():
    rng = random.Random(3)
    for size in (1, 2, 3, 1000, 65_537):
        data = bytes(rng.randrange(1, 256) for _ in range(size))
        assert len(texts(data)) == data.count(b"\n") + (data[-1:] != b"\n")
        assert texts(bytes(size)) is not None


@given(st.lists(st.text(st.characters(exclude_characters="\r\n\ufeff", codec="utf-8"))))
def test_utf_8_comes_back(rows):
    data = "".join(f"{row}\n" for row in rows).encode()
    if b"\0" not in data:  # zeros are a sign of UTF-16
        assert texts(data) == rows


@given(st.binary(max_size=300), st.integers(1, 50))
def test_pieces_do_not_matter(data, chunk):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "CHUNK", chunk)
        list(read_lines(io.BytesIO(data)))  # never raises
