"""Sets of vectors: artists and albums compared."""

import numpy as np
import pytest

from murecom.errors import BadInput
from murecom.index.neighbourhood import crowding, nearest_rows
from murecom.index.sets import MOST, Sets


def unit(rows) -> np.ndarray:
    rows = np.asarray(rows, np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def around(*axes: int, each: int = 6, noise: float = 0.1, seed: int = 0) -> np.ndarray:
    """Rows around some axes of a space of 12 dimensions."""
    random = np.random.default_rng(seed)
    centres = np.repeat(np.eye(12, dtype=np.float32)[list(axes)], each, axis=0)
    return centres + noise * random.standard_normal(centres.shape).astype(np.float32)


def sets_of(vectors, members) -> Sets:
    return Sets.build(vectors, members, crowding(nearest_rows(vectors)[1]))


def test_the_other_half_of_a_set_is_found():
    vectors = unit(around(0, 1, 2, 3))
    halves = [list(range(start, start + 3)) for start in range(0, 24, 3)]
    sets = sets_of(vectors, halves)
    for number in range(len(sets)):
        near = sets.nearest(sets.members(number), 1, exclude=[number])
        assert near[0].number == number ^ 1


def test_a_set_with_two_sides_is_not_what_lies_between():
    # quiet and loud: the mean of set 0 is music that none of its tracks is
    between = np.eye(12, dtype=np.float32)[0] + np.eye(12, dtype=np.float32)[1]
    random = np.random.default_rng(1)
    middle = between + 0.1 * random.standard_normal((6, 12)).astype(np.float32)
    vectors = unit(np.concatenate([around(0, 1, each=6), middle, around(5, 6, each=6, seed=2)]))
    members = [[0, 1, 2, 6, 7, 8], [3, 4, 5, 9, 10, 11], range(12, 18), range(18, 30)]
    sets = sets_of(vectors, members)
    assert [near.number for near in sets.nearest(members[0], 2, exclude=[0])] == [1, 2]


def test_the_way_that_fits_less_well_decides():
    vectors = unit(around(0, 1, 2, each=6))
    # all of set 0 has a like in set 2, but not the other way round
    sets = sets_of(vectors, [[0, 1, 2], [3, 4, 5], [3, 4, 5, 6, 7, 8, 9, 12, 13, 14]])
    assert sets.similarity(0, 1) > sets.similarity(0, 2) + 0.2
    assert sets.similarity(0, 2) == pytest.approx(sets.similarity(2, 0), abs=1e-6)


def test_the_nearest_pair_is_told():
    vectors = unit([[1, 0, 0], [0, 1, 0], [0.1, 1, 0.05], [-1, 0, 1], [0, 0, 1]])
    near = sets_of(vectors, [[0, 1], [2, 3], [4]]).nearest([0, 1], 2, exclude=[0])
    assert (near[0].number, near[0].one, near[0].other) == (1, 1, 2)


def test_tracks_near_everything_count_less():
    random = np.random.default_rng(0)
    # 30 rows around one axis are near to each other; two sparse ones share another direction
    vectors = unit(
        np.concatenate(
            [
                np.eye(6, dtype=np.float32)[np.zeros(30, int)]
                + 0.2 * random.standard_normal((30, 6)).astype(np.float32),
                [[0.75, 1, 0, 0, 0, 0], [0.6, 1, 0.6, 0, 0, 0]],
            ]
        )
    )
    sets = sets_of(vectors, [[30], [0, 1, 2], [31], [10, 11]])
    assert sets.nearest([30], 1, exclude=[0])[0].number == 2


def test_sets_near_everything_count_less():
    # eight sets of one kind, all alike, and two of a sparse kind that have only each other
    vectors = unit(np.concatenate([around(*[0] * 16, each=6, noise=0.3), around(3, 4, 5, each=6)]))
    members = [range(6 * i, 6 * i + 6) for i in range(19)]
    sets = sets_of(vectors, members)
    assert sets.crowds[:16].min() > sets.crowds[16:].max()
    assert sets_of(vectors, members[:7]).crowds.tolist() == [0] * 7  # too few to tell


def test_a_large_set_is_looked_at_evenly():
    many, few = 3 * MOST, 4
    rows = np.concatenate([around(0, 1, each=many), around(1, 5, each=few, seed=5)])
    members = [range(2 * many), range(2 * many, 2 * many + few)]
    sets = sets_of(unit(rows), [*members, range(2 * many + few, 2 * many + 2 * few)])
    # its second half is like set 1: whoever looked at the first rows only would not know
    near = sets.nearest(sets.members(0), 2, exclude=[0])
    assert [one.number for one in near] == [1, 2]
    assert near[0].one >= many


def test_a_shortlist_by_means_finds_the_same():
    random = np.random.default_rng(3)
    centres = random.standard_normal((300, 12)).astype(np.float32)
    vectors = unit(np.repeat(centres, 4, axis=0) + 0.3 * random.standard_normal((1200, 12)))
    sets = sets_of(vectors, [range(4 * i, 4 * i + 4) for i in range(300)])
    for number in range(0, 300, 50):
        own = sets.members(number)
        quick = [near.number for near in sets.nearest(own, 5, exclude=[number], shortlist=60)]
        assert quick == [near.number for near in sets.nearest(own, 5, exclude=[number])][:5]


def test_usual_similarities_rise():
    sets = sets_of(unit(around(0, 1, 2, 3, each=4)), [range(4 * i, 4 * i + 4) for i in range(4)])
    low, middle, high = sets.usual()
    assert low <= middle < high
    assert sets_of(unit(around(0)), [range(6)]).usual() == (-1, 0, 1)


def test_it_comes_back_from_arrays():
    vectors = unit(around(0, 1, 2))
    sets = sets_of(vectors, [range(6), range(6, 18), [0, 9]])
    again = Sets.from_arrays(vectors, sets.arrays())
    assert [n.number for n in again.nearest([1, 2], 3)] == [
        n.number for n in sets.nearest([1, 2], 3)
    ]
    with pytest.raises(ValueError, match="do not fit"):
        Sets.from_arrays(vectors[:-1], sets.arrays())
    with pytest.raises(KeyError):
        Sets.from_arrays(vectors, {})


def test_what_cannot_be_a_set_is_refused():
    vectors = unit(around(0))
    with pytest.raises(BadInput, match="without tracks"):
        sets_of(vectors, [[]])
    with pytest.raises(BadInput, match=r"rows 0\.\.5"):
        sets_of(vectors, [[6]])
    assert sets_of(vectors, []).nearest([0], 3) == []
    assert len(sets_of(vectors, [[0], [1]]).nearest([2], 9, exclude=[0])) == 1
