"""What genre tags mean to a probe."""

from __future__ import annotations

import pytest

from murecom.label.names import covered, meant

GENRES = ("blues", "classical", "hiphop", "rock", "indie rock", "R&B", "Ska", "民谣")


def named(columns) -> set[str]:
    return {GENRES[column] for column in columns}


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("Hip-Hop/Rap", {"hiphop"}),
        ("HIP HOP", {"hiphop"}),
        ("Blues Rock", {"blues", "rock"}),
        ("Indie Rock", {"rock", "indie rock"}),
        ("Rock & Roll", {"rock"}),
        ("R&B/Soul", {"R&B"}),
        ("Classical", {"classical"}),
        ("民謠", {"民谣"}),
        ("Soundtrack", set()),
        ("Rocksteady", set()),
        ("", set()),
        ("!!!", set()),
    ],
)
def test_meant(tag, expected):
    assert named(meant(tag, GENRES)) == expected


def test_a_wider_tag_covers_its_kinds():
    assert named(covered("Rock", GENRES)) == {"rock", "indie rock"}
    assert named(covered("Indie", GENRES)) == {"indie rock"}
    assert named(meant("Indie", GENRES)) == set()
    assert named(covered("", GENRES)) == set()


def test_plurals_are_their_singulars_but_blues_stays():
    assert meant("Soundtracks", ("soundtrack",)) == {0}
    assert meant("Blue", ("blues",)) == frozenset()
