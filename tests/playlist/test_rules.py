"""One rule at a time."""

import numpy as np
import pytest

from murecom.errors import BadInput
from murecom.playlist.continuation import choose
from murecom.playlist.pool import Details, SoFar
from murecom.playlist.rules import (
    AlbumCap,
    ArtistCap,
    ArtistGap,
    CloseEnough,
    Exclude,
    NoNearDuplicates,
    NoRepeat,
    OneVersion,
    Sieve,
    Years,
    judge,
    standard,
)


def test_no_repeat(make_pool) -> None:
    pool = make_pool("A B")
    assert NoRepeat()(SoFar([pool[0]]), pool[0]) is None
    assert NoRepeat()(SoFar(pool.given([0])), pool[0]) is None
    assert NoRepeat()(SoFar([pool[0]]), pool[1]) == 1


def test_exclude_by_artist_genre_and_folder(make_pool) -> None:
    pool = make_pool(
        ["Björk", "A&björk", "C", "D", "E"],
        details=[Details(), Details(), Details(("Hip-Hop",)), Details(), Details(("Rock",))],
        paths=["/m/a.mp3", "/m/b.mp3", "/m/c.mp3", "/m/xmas/sub/d.mp3", "/m/xmas2/e.mp3"],
    )
    rule = Exclude(["bjork"], ["hip hop"], ["/m/xmas"])
    assert [rule(SoFar(), pool[i]) for i in range(5)] == [None, None, None, None, 1]
    assert list(Sieve([rule], pool)(range(5))) == [4]


def test_years(make_pool) -> None:
    years = (None, 1969, 1970, 1979, 1980)
    pool = make_pool("A B C D E", details=[Details(year=year) for year in years])

    def kept(rule: Years) -> list[int]:
        return [i for i in range(5) if rule(SoFar(), pool[i])]

    assert kept(Years(1970, 1979)) == [2, 3]
    assert kept(Years(1970)) == [2, 3, 4]
    assert kept(Years(None, 1969, unknown=True)) == [0, 1]


def test_artist_gap(make_pool) -> None:
    pool = make_pool(["A", "B", "C&A", "", ""])
    so_far = SoFar([pool[0], pool[1]])
    assert ArtistGap(1)(so_far, pool[2]) == 1
    assert ArtistGap(2)(so_far, pool[2]) is None
    assert ArtistGap(1)(SoFar([pool[3]]), pool[4]) == 1  # nobody knows whether it is the same


def test_caps_count_chosen_tracks(make_pool) -> None:
    pool = make_pool("A/x A/x A/y B/x A/x")
    chosen, given_ = SoFar([pool[0], pool[1]]), SoFar(pool.given([0, 1]))
    assert ArtistCap(2)(chosen, pool[2]) is None
    assert ArtistCap(3)(chosen, pool[2]) == 1
    assert ArtistCap(2)(given_, pool[2]) == 1
    assert AlbumCap(2)(chosen, pool[4]) is None
    assert AlbumCap(2)(chosen, pool[2]) == 1
    assert AlbumCap(1)(chosen, pool[3]) == 1  # another artist's album of that name
    for rule in (ArtistCap, AlbumCap, ArtistGap):
        with pytest.raises(BadInput, match="must be 1 or more"):
            rule(0)


def test_one_version(make_pool) -> None:
    pool = make_pool(["A/x/Blue", "A/y/Blue (Live)", "A/y/Green"])
    so_far = SoFar(pool.given([0]))
    assert OneVersion()(so_far, pool[1]) is None
    assert OneVersion()(so_far, pool[2]) == 1


def test_near_duplicates_need_sound_and_duration(make_pool) -> None:
    network = np.array([[1, 0], [1, 0.01], [1, 0.01], [0, 1], [1, 0]])
    durations = [100, 101.9, 102.1, 100, None]
    pool = make_pool("A B C D E", vectors=network[::-1], network=network, durations=durations)
    so_far = SoFar([pool[0]])
    assert [NoNearDuplicates(pool)(so_far, pool[i]) for i in range(1, 5)] == [None, 1, 1, 1]


def test_the_more_important_rule_is_kept(make_pool) -> None:
    pool = make_pool("A/x A/x B/x C/y B/z")
    rules = (NoRepeat(), ArtistGap(), AlbumCap(1), ArtistCap(1), OneVersion())
    so_far = SoFar([pool[0]])
    verdicts = [judge(rules, so_far, pool[i]) for i in range(4)]
    assert verdicts[0] is None
    assert [v.cost for v in verdicts[1:]] == [2 + 4 + 8, 0, 0]
    assert {type(rule) for rule in verdicts[1].broken} == {ArtistGap, AlbumCap, ArtistCap}


def test_closeness_gives_way_after_the_caps(make_pool) -> None:
    pool = make_pool("A A A B", scores=[0.9, 0.8, 0.7, 0.15])
    rules = standard(pool, artist_cap=1, artist_gap=None, least=0.2)
    chosen = choose(pool, 3, rules)
    assert chosen.items == (0, 1, 2)
    assert any("1 track per artist" in note for note in chosen.notes)
    chosen = choose(pool, 4, rules)
    assert chosen.items == (0, 1, 2, 3)
    assert any(note.startswith("Too few tracks sound close") for note in chosen.notes)


def test_closeness_is_a_rule_only_when_asked_for(make_pool) -> None:
    pool = make_pool("A B", scores=[0.1, 0.05])
    assert not any(isinstance(rule, CloseEnough) for rule in standard(pool))
    assert choose(pool, 2, standard(pool)).notes == ()


def test_a_plain_function_is_a_rule(make_pool) -> None:
    pool = make_pool("A B")
    verdict = judge([lambda so_far, candidate: 0.5, NoRepeat()], SoFar(), pool[0])
    assert (verdict.cost, verdict.factor) == (0, 0.5)
    assert judge([lambda so_far, candidate: None], SoFar(), pool[0]) is None


def test_standard_rules(make_pool) -> None:
    pool = make_pool("A B")
    assert [type(r) for r in standard(pool)] == [NoRepeat, ArtistGap, OneVersion]
    heard = make_pool("A B", vectors=np.eye(2))
    rules = standard(
        heard, artist_cap=2, album_cap=3, artist_gap=0, versions=True,
        exclude_artists=["x"], years=(None, 1990),
    )  # fmt: skip
    assert [type(r) for r in rules] == [
        NoRepeat, Exclude, Years, AlbumCap, ArtistCap, NoNearDuplicates,
    ]  # fmt: skip
    assert [type(r) for r in standard(pool, artist_cap=0, album_cap=0, years=(None, None))] == [
        NoRepeat, ArtistGap, OneVersion,
    ]  # fmt: skip
