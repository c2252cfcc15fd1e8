"""Choosing tracks under rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.errors import BadInput
from murecom.playlist.continuation import choose
from murecom.playlist.pool import Details, Pool, SoFar
from murecom.playlist.rules import (
    AlbumCap,
    ArtistCap,
    ArtistGap,
    Exclude,
    NoRepeat,
    OneVersion,
    Rule,
    standard,
)


def test_best_first_without_rules(make_pool) -> None:
    pool = make_pool("A B C D", scores=[0.2, 0.9, 0.9, 0.5])
    chosen = choose(pool, 3)
    assert chosen.items == (1, 2, 3)
    assert chosen.scores == (0.9, 0.9, 0.5)
    assert chosen.notes == ()


def test_no_track_twice_even_without_the_rule(make_pool) -> None:
    chosen = choose(make_pool("A B"), 5)
    assert chosen.items == (0, 1)
    assert chosen.notes == ("Only 2 tracks fit the rules, 5 were asked for.",)


def test_artists_alternate_and_caps_hold(make_pool) -> None:
    pool = make_pool("A A A B B C D")
    rules = standard(pool, artist_cap=2)
    assert choose(pool, 5, rules).items == (0, 3, 1, 4, 5)
    assert choose(pool, 5, rules).notes == ()


def test_given_tracks_and_others_stay_out(make_pool) -> None:
    pool = make_pool(["A/x/Blue", "A/y/Blue (Live)", "A/y/Red", "B/z/Green"])
    chosen = choose(pool, 5, standard(pool), given=[0], without=[3])
    assert chosen.items == (2, 1)
    assert "twice running" in chosen.notes[0]
    assert chosen.notes[1] == "Too few songs fit: other versions of the same one were let in."
    assert chosen.notes[2] == "Only 2 tracks fit the rules, 5 were asked for."


def test_relaxes_in_order_and_says_so(make_pool) -> None:
    pool = make_pool("A/x A/x A/y B/z")
    rules = [ArtistGap(), AlbumCap(1), ArtistCap(1), OneVersion()]
    chosen = choose(pool, 4, rules)
    assert chosen.items == (0, 3, 2, 1)
    assert chosen.notes == (
        "Too few artists fit: one plays twice running.",
        "Too few albums fit: the limit of 1 track per album was lifted.",
        "Too few artists fit: the limit of 1 track per artist was lifted.",
    )


def test_a_rule_that_was_not_broken_is_not_named(make_pool) -> None:
    pool = make_pool("A B A B")
    chosen = choose(pool, 4, [ArtistGap(), ArtistCap(1)])
    assert chosen.items == (0, 1, 2, 3)
    assert chosen.notes == ("Too few artists fit: the limit of 1 track per artist was lifted.",)


def test_versions_come_last_of_all(make_pool) -> None:
    pool = make_pool(["A/x/Blue", "A/y/Blue (Live)", "A/x/Red", "A/x/Green"])
    chosen = choose(pool, 4, [ArtistGap(), AlbumCap(1), ArtistCap(1), OneVersion()])
    assert chosen.items == (0, 2, 3, 1)
    assert chosen.notes[-1] == "Too few songs fit: other versions of the same one were let in."


def test_exclusions_are_never_relaxed(make_pool) -> None:
    pool = make_pool("A A B", details=[Details(), Details(), Details(("noise",))])
    chosen = choose(pool, 3, [Exclude(genres=["Noise"]), ArtistGap(), ArtistCap(1)])
    assert chosen.items == (0, 1)
    assert chosen.notes[1] == "Too few artists fit: the limit of 1 track per artist was lifted."
    assert chosen.notes[2] == "Only 2 tracks fit the rules, 3 were asked for."
    nothing = choose(pool, 3, [Exclude(artists="ab")])
    assert nothing.items == ()
    assert nothing.notes == ("No track fits the rules, 3 were asked for.",)


def test_factors_change_the_order(make_pool) -> None:
    pool = make_pool("A B C D", scores=[1.0, 0.9, 0.8, 0.1])

    def prefers_c(so_far: SoFar, candidate: object) -> float:
        return 1.0 if candidate.item == 2 else 0.5

    chosen = choose(pool, 3, [prefers_c])
    assert chosen.items == (2, 0, 1)
    assert chosen.scores == (0.8, 0.5, 0.45)


def test_a_track_is_looked_at_only_when_it_comes_up() -> None:
    class Lazy(list):
        asked = 0

        def __getitem__(self, item):
            Lazy.asked += 1
            return super().__getitem__(item)

    from murecom.types import Track, TrackId

    tracks = Lazy(Track(TrackId(f"t:{i}"), f"song {i}", (f"artist {i}",)) for i in range(2000))
    pool = Pool(tracks, scores=[1 / (i + 1) for i in range(2000)])
    choose(pool, 10, standard(pool, artist_cap=1, exclude_artists=["artist 3"]))
    assert Lazy.asked < 20


def test_length_is_checked(make_pool) -> None:
    with pytest.raises(BadInput, match="length ≥ 1"):
        choose(make_pool("A"), 0)


names = st.lists(
    st.tuples(st.sampled_from("ABCD"), st.sampled_from("xy"), st.sampled_from(
        ["Blue", "Blue (Live)", "Red", "Red - Remastered 2011", "Green", "Song", "Song 2"]
    )).map("/".join),
    min_size=1, max_size=14,
)  # fmt: skip


@given(names, st.integers(1, 14), st.integers(1, 3), st.integers(1, 3), st.data())
def test_rules_hold_unless_the_notes_say_so(
    make_pool, names: list[str], length: int, artist: int, album: int, data: st.DataObject
) -> None:
    scores = data.draw(
        st.lists(st.floats(0, 1), min_size=len(names), max_size=len(names)), label="scores"
    )
    pool = make_pool(names, scores=scores)
    given_ = data.draw(st.lists(st.integers(0, len(names) - 1), unique=True, max_size=2))
    rules: list[Rule] = [
        NoRepeat(), ArtistGap(), AlbumCap(album), ArtistCap(artist), OneVersion(),
    ]  # fmt: skip
    chosen = choose(pool, length, rules, given=given_)
    assert len(set(chosen.items)) == len(chosen.items)
    assert not set(chosen.items) & set(given_)
    # Nothing strict but repeats: the list is as long as the library allows.
    assert len(chosen.items) == min(length, len(names) - len(given_))
    so_far = SoFar(pool.given(given_))
    broken = set()
    for item in chosen.items:
        broken |= {type(rule) for rule in rules if rule(so_far, pool[item]) is None}
        so_far.append(pool[item])
    told = " ".join(chosen.notes)
    assert (ArtistGap in broken) == ("twice running" in told)
    assert (AlbumCap in broken) == ("per album was lifted" in told)
    assert (ArtistCap in broken) == ("per artist was lifted" in told)
    assert (OneVersion in broken) == ("other versions" in told)
    assert ("were asked for" in told) == (len(chosen.items) < length)
