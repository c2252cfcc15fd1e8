"""Raw ids outside, rows inside."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.errors import BadInput
from murecom.recommend.catalogue import Catalogue
from murecom.types import TrackId

ids = st.lists(st.text().map(TrackId), unique=True, max_size=30)


@given(ids, st.text().map(TrackId))
def test_every_id_is_found_and_no_other(known: list[TrackId], other: TrackId) -> None:
    catalogue = Catalogue.from_arrays(Catalogue.build(known).arrays())
    assert list(catalogue) == known
    assert [catalogue.item(track_id) for track_id in known] == list(range(len(known)))
    assert (other in catalogue) == (other in known)
    items, places, unknown = catalogue.split([*known, other, *known])
    assert catalogue.ids(items) == [i for i in [*known, other, *known] if i in known]
    assert [([*known, other, *known])[place] for place in places] == catalogue.ids(items)
    assert unknown == (() if other in known else (other,))


def test_ids_with_one_checksum_are_told_apart() -> None:
    first, second = TrackId("plumless"), TrackId("buckeroo")  # the classic collision of CRC-32
    assert zlib.crc32(first.encode()) == zlib.crc32(second.encode())
    catalogue = Catalogue.build([first, TrackId("x"), second])
    assert catalogue.item(first) == 0
    assert catalogue.item(second) == 2
    assert Catalogue.build([first]).item(second) is None


def test_it_is_a_sequence() -> None:
    catalogue = Catalogue.build(map(TrackId, "abc"))
    assert (catalogue[-1], catalogue[:2], len(catalogue)) == ("c", ["a", "b"], 3)
    with pytest.raises(IndexError):
        catalogue[3]
    assert 7 not in catalogue


def test_twice_is_refused_and_damage_noticed() -> None:
    with pytest.raises(BadInput, match="b occurs twice"):
        Catalogue.build(map(TrackId, "abcb"))
    arrays = Catalogue.build(map(TrackId, "abc")).arrays()
    with pytest.raises(ValueError, match="agree"):
        Catalogue.from_arrays(arrays | {"text": arrays["text"][:2]})
