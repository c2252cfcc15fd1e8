"""Names of parts: what sets them apart, and never the same twice."""

import numpy as np

from murecom.playlist.cluster_names import name_parts

TAGS = ("electronic", "rock", "jazz", "beautiful", "piano", "ambient")


def tags(*rows) -> np.ndarray:
    return np.array(rows, float)


def library():
    """Four tracks of each kind: all electronic, some with rock, some with jazz and piano."""
    base = np.array([0.6, 0.02, 0.02, 0.3, 0.02, 0.02])
    rock = base + np.array([0, 0.5, 0, 0, 0, 0])
    jazz = base + np.array([0, 0, 0.4, 0.5, 0.3, 0])
    return np.stack([base] * 4 + [rock] * 4 + [jazz] * 4)


PARTS = [range(0, 4), range(4, 8), range(8, 12)]
NO_GENRES = [()] * 12


def test_words_set_parts_apart():
    names = name_parts(PARTS, library(), TAGS, NO_GENRES, ["One", "Two", "Three"])
    # "electronic" is everywhere; "beautiful" is an opinion
    assert names[1:] == ["rock", "jazz, piano"]
    assert "electronic" not in " ".join(names)
    assert "beautiful" not in " ".join(names)


def test_genres_of_files_come_first_when_most_agree():
    genres = [["Techno"]] * 4 + [["Rock"]] * 3 + [["Pop"]] + [["Jazz"], (), (), ()]
    names = name_parts(PARTS, library(), TAGS, genres)
    assert names[0].startswith("techno")
    assert names[1] == "rock"  # said once, by files and by sound
    assert names[2] == "jazz, piano"  # one file says nothing about four tracks


def test_a_genre_that_is_everywhere_names_nothing():
    names = name_parts(PARTS, library(), TAGS, [["Game"]] * 12)
    assert not any("game" in name for name in names)


def test_names_are_never_the_same():
    same = np.tile(library()[8], (12, 1))
    same[0] = library()[0]
    parts = [[0], *([row] for row in range(1, 12))]
    names = name_parts(parts, same, TAGS, NO_GENRES, [f"Song {n % 5}" for n in range(12)])
    assert len(set(names)) == 12
    assert all(names)
    assert len(set(name_parts(parts, same, TAGS, NO_GENRES))) == 12


def test_without_tags_or_with_holes():
    names = name_parts(PARTS, np.empty((12, 0)), (), NO_GENRES)
    assert len(set(names)) == 3
    holes = library()
    holes[[0, 4, 5, 6, 7]] = np.nan
    assert len(set(name_parts(PARTS, holes, TAGS, NO_GENRES))) == 3


def test_voices_that_contradict_each_other_are_not_both_said():
    names = ("female vocalists", "male vocalists", "instrumental", "rock")
    rows = tags(
        [0.5, 0.5, 0.1, 0.1], [0.4, 0.45, 0.1, 0.1], [0.01, 0.02, 0.6, 0.5], [0, 0, 0.5, 0.6]
    )
    found = name_parts([[0, 1], [2, 3]], rows, names, [()] * 4)
    assert not ("a man's voice" in found[0] and "a woman's voice" in found[0])
    assert "no singing" in found[1]
