"""Tables as text: delimiters, headers and quotes, right and wrong."""

from __future__ import annotations

import gzip

import pytest

from murecom.formats import csv_rows
from murecom.formats.base import Source
from murecom.formats.csv_rows import delimiter_of, first_row, header_of, key_of, named, read_rows

COLUMNS = {"a": ("first", "one"), "b": ("second",)}


def read(content: bytes) -> tuple[list[tuple[str, str, str]], list[tuple[str, str]]]:
    source = Source(content)
    rows = read_rows(source, lambda fields: (named(COLUMNS, [key_of(f) for f in fields]), True))
    found = [(row.where, row["a"], row["b"]) for row in rows]
    return found, [(r.where, r.reason) for r in source.refused]


def test_rows():
    assert read(b"Second,One,x\r\n1,2,3\n\n4\n") == (
        [("line 2", "2", "1"), ("line 4", "", "4")], [],
    )  # fmt: skip
    assert read(b"") == ([], [])


@pytest.mark.parametrize("packed", [False, True])
def test_quotes_over_lines_and_ones_that_stay_open(packed):
    content = b'one,second\n"a\nb","say ""hi"""\n"open,x\nc,d\n12" mix,y\ne,f\n'
    found, refused = read(gzip.compress(content) if packed else content)
    assert found == [
        ("line 2", "a\nb", 'say "hi"'), ("line 5", "c", "d"), ("line 6", '12" mix', "y"),
        ("line 7", "e", "f"),
    ]  # fmt: skip
    assert refused == [("line 4", "a quote in it is never closed")]
    found, refused = read(b'"one","second"\n"a","open\n"c","12"" mix"\n12" mix,"d"\n')
    assert found == [("line 3", "c", '12" mix'), ("line 4", '12" mix', "d")]
    assert [where for where, _ in refused] == ["line 2"]
    found, refused = read(b'one,second\n"open\nc,d\n')
    assert (found, refused) == (
        [("line 3", "c", "d")], [("line 2", "a quote in it is never closed")],
    )  # fmt: skip


def test_lines_without_end_and_files_cut_off(monkeypatch):
    monkeypatch.setattr(csv_rows, "LONGEST", 50)
    found, refused = read(b"one,second\n" + b"x" * 500 + b"\na,b\n")
    assert (found, refused) == ([("line 3", "a", "b")], [("line 2", "it is too long")])
    rows = b"one,second\n" + b"".join(b"%d,%d\n" % (n, n * 7919) for n in range(3000))
    found, refused = read(gzip.compress(rows)[:-50])
    assert 0 < len(found) < 3000
    assert refused[0][1] == "the packed file is cut off or damaged"


def test_beginnings():
    assert key_of("Artist Name(s)") == key_of('artist_names"') == "artistnames"
    assert delimiter_of('"a,b,c";d') == ";"
    assert header_of(b'\xef\xbb\xbf"Track URI",Name\r\n1,2') == ["trackuri", "name"]
    assert first_row(b'"a, b",c\n') == ["a, b", "c"]
    assert first_row(b"x" * 5000) == []
    assert named({"a": ("one", "two"), "b": ("one",)}, ["two", "one", "two"]) == {1: "a"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("before", ["", "sep=;", '"sep=;"'])
def test_line_ends_and_what_excel_is_told(end, before, monkeypatch):
    monkeypatch.setattr(csv_rows, "CHUNK", 64)
    rows = ["one;second", *(f"a,{n};{n}" for n in range(200))]
    content = end.join([before, *rows] if before else rows)
    for last in ("", end):
        found, refused = read((content + last).encode())
        assert [row[1:] for row in found] == [(f"a,{n}", f"{n}") for n in range(200)]
        assert not refused
    assert header_of(content.encode()[:2000]) == ["one", "second"]
