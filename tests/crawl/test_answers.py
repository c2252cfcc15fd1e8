"""Reading JSON of services: what is strict, and what is lenient."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.crawl import answers
from murecom.errors import BadInput

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(JSON)
def test_nothing_in_an_entry_makes_a_reader_fail(value: Any) -> None:
    line = answers.text(value)
    assert line.isprintable() or not line.isascii()
    line.encode("utf-8")
    assert (found := answers.whole(value)) is None or 0 <= found < 2**63
    assert (size := answers.positive(value)) is None or size > 0
    assert (at := answers.moment(value)) is None or at > 0
    assert answers.isrc(value) is None or len(answers.isrc(value) or "") == 12
    assert answers.mbid(value) is None or len(answers.mbid(value) or "") == 36
    assert isinstance(answers.listed(value), list)
    assert answers.part(value, "a") is not None


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("2024-05-01T10:00:00Z", 1_714_557_600),
        ("2024-05-01T12:00:00+02:00", 1_714_557_600),
        ("2024-05-01T10:00:00", 1_714_557_600),
        ("1970-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("yesterday", None),
        (1_714_557_600, None),
    ],
)
def test_dates(value: Any, at: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")  # a date without a zone is not of here
    time.tzset()
    try:
        found = answers.moment(value)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert found == at


def test_halves_of_characters_and_control_characters_go() -> None:
    assert answers.text("a\ud83d\n\tb\x00 c") == "a\ufffd b c"
    assert answers.text("晴天 🎵") == "晴天 🎵"


def test_isrc_and_mbid_in_all_their_dresses() -> None:
    assert answers.isrc("xx-a00-12-34567") == "XXA001234567"
    assert answers.isrc("XXA00123456") is None
    plain = "0b5cbc9d-1f1a-4d2f-9d7c-3a1f2b3c4d5e"
    assert answers.mbid(f"https://listenbrainz.org/playlist/{plain.upper()}/") == plain
    assert answers.mbid("nonsense") is None


def test_only_the_offset_of_a_link_is_followed() -> None:
    link = "https://elsewhere.invalid/v1/search?offset=40&limit=10"
    assert answers.follow(link, "offset", 30, "It") == 40
    assert answers.follow(None, "offset", 30, "It") is None
    for here in (40, 50):
        with pytest.raises(BadInput, match="leads nowhere"):
            answers.follow(link, "offset", here, "It")
