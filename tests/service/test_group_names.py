"""Names that people type, and the artist or album they mean."""

import pytest

from murecom.errors import Ambiguous, BadInput, NotFound
from murecom.library.groups import Group
from murecom.service.group_names import find_group
from murecom.text.fold import name_key


def groups(*names: str, sizes=()) -> list[Group]:
    sizes = sizes or [1] * len(names)
    return [Group(n, name_key(n), tuple(range(size))) for n, size in zip(names, sizes, strict=True)]


def album(artist: str, title: str) -> Group:
    return Group(f"{artist} – {title}", f"{name_key(artist)}\n{name_key(title)}", (0,))


def test_the_whole_name_wins_over_parts_of_longer_ones():
    found = groups("Queens of the Stone Age", "Queen", "Queen Latifah")
    assert find_group(found, "queen", "artist") == 1
    assert find_group(found, "QUEEN!", "artist") == 1
    assert find_group(found, "stone queens", "artist") == 0


def test_scripts_and_accents_do_not_matter():
    found = groups("Sigur Rós", "周杰倫", "Björk")
    assert find_group(found, "sigur ros", "artist") == 0
    assert find_group(found, "周杰伦", "artist") == 1


def test_of_several_the_largest_comes_first_among_those_that_begin_so():
    found = groups("The Ambient Band", "Ambient One", "Ambient Two", sizes=(9, 2, 5))
    with pytest.raises(Ambiguous) as error:
        find_group(found, "ambient", "artist")
    assert [str(choice) for choice in error.value.choices] == [
        "Ambient Two  (5 tracks)",
        "Ambient One  (2 tracks)",
        "The Ambient Band  (9 tracks)",
    ]
    assert find_group(found, "ambient", "artist", first=True) == 2


def test_albums_by_title_or_by_artist_and_title():
    found = [album("A", "Hits"), album("B", "Hits"), album("B", "More Hits"), album("C", "Rare")]
    assert find_group(found, "rare", "album") == 3
    assert find_group(found, "b more hits", "album") == 2
    assert find_group(found, "a hits", "album") == 0
    with pytest.raises(Ambiguous) as error:
        find_group(found, "hits", "album")
    assert len(error.value.choices) == 2  # those that are called exactly so


def test_nothing_fits():
    found = groups("Muldjord")
    with pytest.raises(NotFound, match="Did you mean 'Muldjord'"):
        find_group(found, "muldjrod", "artist")
    with pytest.raises(NotFound, match=r"as 'xyz'\. List them with: murecom artists"):
        find_group(found, "xyz", "artist")
    with pytest.raises(BadInput):
        find_group(found, "", "artist")
    with pytest.raises(NotFound):
        find_group([], "muldjord", "artist")
