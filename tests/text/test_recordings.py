"""Releases of one recording share a key; other recordings do not."""

import pytest

from murecom.text.recordings import take_key, version_keys


@pytest.mark.parametrize(
    "title",
    [
        "Yesterday", "YESTERDAY", "Yesterday - Remastered 2009", "Yesterday - 2009 Remaster",
        "Yesterday (feat. Somebody)", "Yesterday - Album Version", "Yesterday - Original Mix",
        "Yesterday - Mono / Remastered", "Yesterday [Explicit]", "Yesterday (Bonus Track)",
    ],
)  # fmt: skip
def test_releases_are_one(title):
    assert take_key(title, ["The Beatles", "Guest"]) == "beatles|yesterday"


@pytest.mark.parametrize(
    "title",
    [
        "Yesterday - Live in Paris", "Yesterday (Acoustic)", "Yesterday (Radio Edit)",
        "Yesterday - Remix", "Yesterday (Instrumental)", "Yesterday（现场版）", "Yesterday, Part 2",
    ],
)  # fmt: skip
def test_other_recordings_are_not(title):
    assert take_key(title, ["The Beatles"]) not in ("", "beatles|yesterday")


def test_the_unknown_is_like_nothing():
    assert take_key("Intro", []) == take_key("Intro", [" "]) == take_key("", ["A"]) == ""
    assert take_key("Clean", ["A"]) == "a|clean"
    assert take_key("晴天", ["周杰倫"]) == take_key("晴天", ["周杰伦"])


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Versión Acústica", "Acoustic Version"),
        ("Version Française", "French Version"),
        ("En Español", "Spanish Version"),
        ("Slowed + Reverb", "slowed & reverb"),
        ("Versione Italiana", "in Italian"),
    ],
)
def test_versions_in_other_words(a, b):
    assert version_keys([a]) == version_keys([b]) != (frozenset(), frozenset())
