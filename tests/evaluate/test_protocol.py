"""The protocol: who is hidden, what is shown, what has to be found."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from lists import playlists
from murecom.errors import BadInput, NotReady
from murecom.evaluate import protocol
from murecom.evaluate.protocol import SCENARIOS, Options, part_of, prepare
from murecom.recommend.base import Data, Interactions
from murecom.recommend.popular import Popular


@pytest.fixture(scope="module")
def made():
    data, ids = playlists()
    return prepare(data, ids)


def test_the_part_is_that_of_the_id_at_the_source():
    for pid in (0, 5, 1802, 999_999):
        expected = int(hashlib.md5(str(pid).encode()).hexdigest(), 16) % 6
        assert part_of(f"mpd:{pid}") == part_of(f"other:{pid}") == part_of(str(pid)) == expected
        assert part_of(f"mpd:{pid}#2") == expected  # a second list with the same id
    assert part_of("spotify:playlist:37i9") == part_of("x:playlist:37i9")
    assert len({part_of(f"mpd:{i}") for i in range(100)}) == 6
    assert part_of("m3u:\udcff#") in range(6)


def test_albums_are_never_asked_about():
    assert {part_of(f"album:A – {i}") for i in range(100)} == {5}


def test_what_is_rare_is_counted_without_the_tests(made):
    popularity = made.popularity
    least = int(np.median(popularity[popularity > 0]))
    limited = prepare(made.data, made.playlists, Options(min_count=least))
    assert limited.lists.popularity.min() >= least
    assert set(limited.kept) == set(np.flatnonzero(popularity >= least))
    assert limited.tested == made.tested
    seeds = [case.seeds.tolist() for case in limited.cases["first5"]]
    assert all(case in [c.seeds.tolist() for c in made.cases["first5"]] for case in seeds)
    assert limited.key != made.key


def test_lists_that_hold_only_rare_tracks_are_not_learned_from():
    data, ids = playlists()
    alone = next(row for row, name in enumerate(ids) if part_of(name) > 1)
    old = data.interactions
    rows = [list(row) for row in old]
    rows[alone] = [old.n_items]
    new = Interactions(
        np.cumsum([0, *map(len, rows)]), np.concatenate(rows).astype(np.int32), old.n_items + 1
    )
    more = replace(
        data, items=[*data.items, "x:new"], interactions=new, artists=[*data.artists, None]
    )
    found = prepare(replace(more, albums=()), ids, Options(min_count=2))
    assert found.lists.lengths.all()
    assert len(found.train.titles) == len(found.lists)
    assert data.titles[alone] not in found.train.titles


def test_hidden_playlists_are_not_learned_from(made):
    assert made.tested == sum(part_of(name) == 0 for name in made.playlists)
    assert len(made.lists) + made.tested == len(made.playlists)
    learned = [t for t, name in zip(made.data.titles, made.playlists, strict=True) if part_of(name)]
    assert list(made.train.titles) == learned
    for cases in made.cases.values():
        assert all(part_of(made.playlists[case.playlist]) == 0 for case in cases)


def test_who_asks_about_the_validation_part_learns_from_neither():
    data, ids = playlists()
    made = prepare(data, ids, Options(on="validation"))
    assert len(made.lists) == sum(part_of(name) > 1 for name in ids)
    assert {part_of(ids[case.playlist]) for case in made.cases["first5"]} == {1}


def test_what_is_shown_and_hidden(made):
    lists = made.data.interactions
    for name, cases in made.cases.items():
        scenario = SCENARIOS[name]
        for case in cases:
            entries = lists.entries[lists.starts[case.playlist] : lists.starts[case.playlist + 1]]
            assert not set(case.seeds) & set(case.held)
            assert set(case.held) <= set(entries)
            assert len(set(case.held)) == len(case.held)
            if name == "next":
                assert case.held.tolist() == [entries[-1]]
                assert case.seeds.tolist() == entries[:-1].tolist()
            elif name == "random25":
                assert len(case.seeds) == 25
                places = [entries.tolist().index(item) for item in case.seeds]
                assert places == sorted(places)
            else:
                assert case.seeds.tolist() == entries[: scenario.seeds].tolist()
            if name != "next":
                assert len(entries) >= scenario.seeds + 10
    assert set(made.cases) == set(SCENARIOS)


def test_random_seeds_depend_on_the_playlist_and_the_seed_alone(made):
    again = prepare(made.data, made.playlists)
    other = prepare(made.data, made.playlists, Options(seed=1))
    few = prepare(made.data, made.playlists, Options(scenarios=("random25",), lists=5))

    def drawn(experiment):
        return {case.playlist: case.seeds.tolist() for case in experiment.cases["random25"]}

    assert drawn(made) == drawn(again)
    assert drawn(made) != drawn(other)
    assert drawn(few).items() <= drawn(made).items()
    assert len(drawn(few)) == 5


def test_short_playlists_are_left_out_of_longer_scenarios():
    data, ids = playlists(length=24)
    made = prepare(data, ids)
    assert set(made.cases) == {"title", "first1", "first5", "first10", "next"}


def test_tracks_that_nobody_could_know():
    data, ids = playlists()
    lone = len(data.items) - 1
    ids[-1] = next(f"x:{i}" for i in range(50) if part_of(f"x:{i}") == 0)  # the last list is hidden
    made = prepare(data, ids, Options(scenarios=("title", "next")))
    assert lone not in np.concatenate([case.held for case in made.cases["title"]])
    assert len(data.items) - 1 == len(made.train.items)
    kept = prepare(data, ids, Options(scenarios=("title", "next"), keep_unseen=True))
    assert lone in np.concatenate([case.held for case in kept.cases["title"]])
    assert len(kept.cases["next"]) == len(made.cases["next"]) + 1  # it is the last track
    assert kept.key != made.key


def test_requests_name_the_artists_of_seeds_that_nobody_knows():
    data, ids = playlists()
    lists = data.interactions
    entries = lists.entries.copy()
    entries[0] = len(data.items) - 1
    entries[-1] = 0
    changed = replace(
        data,
        interactions=Interactions(lists.starts, entries, lists.n_items),
        artists=[*data.artists[:-1], "somebody"],
    )
    ids[0] = next(f"x:{i}" for i in range(50) if part_of(f"x:{i}") == 0)
    made = prepare(changed, ids, Options(scenarios=("first5", "title", "next")))
    case = next(case for case in made.cases["first5"] if case.playlist == 0)
    request = made.request(case, SCENARIOS["first5"])
    assert list(request.artists) == ["somebody"]
    assert request.items[0] == data.items[-1]
    assert request.title == data.titles[0]
    assert made.request(made.cases["next"][0], SCENARIOS["next"]).mode == "next"
    bare = prepare(changed, ids, Options(scenarios=("first5", "title"), titles=False))
    assert bare.request(case, SCENARIOS["first5"]).title is None
    assert bare.request(bare.cases["title"][0], SCENARIOS["title"]).title


def test_asking_gives_rows_of_all_data_without_seeds(made):
    model = Popular().fit(made.train)
    case = made.cases["first10"][0]
    items, scores = protocol.ask(model, made, case, SCENARIOS["first10"], 20)
    ids, _ = model.recommend(made.request(case, SCENARIOS["first10"]), 20)
    assert [made.data.items[item] for item in items] == ids
    assert (np.diff(scores) <= 0).all()
    assert not set(items) & set(case.seeds)


def test_who_can_answer_what():
    class Titles(Popular):
        name = "titles"
        takes = frozenset({"title"})

    class Tracks(Popular):
        name = "tracks"
        takes = frozenset({"items"})

    scenarios = SCENARIOS["title"], SCENARIOS["first5"]
    assert [protocol.can_answer(Popular(), s) for s in scenarios] == [True, True]
    assert [protocol.can_answer(Titles(), s) for s in scenarios] == [True, True]
    assert [protocol.can_answer(Titles(), s, titles=False) for s in scenarios] == [True, False]
    assert [protocol.can_answer(Tracks(), s) for s in scenarios] == [False, True]


def test_a_blank_title_is_no_answer():
    class Titles(Popular):
        name = "titles"
        takes = frozenset({"title"})

    data, ids = playlists()
    blank = prepare(replace(data, titles=[" "] * len(ids)), ids, Options(scenarios=("title",)))
    model = Titles()
    model.fit(replace(blank.train, titles=["a"] * len(blank.lists)))
    items, scores = protocol.ask(model, blank, blank.cases["title"][0], SCENARIOS["title"])
    assert len(items) == len(scores) == 0


def test_the_key_tells_data_and_options_apart(made):
    data, ids = made.data, made.playlists
    assert prepare(data, ids).key == made.key
    assert prepare(data, ids, Options(scenarios=("next",))).key == made.key  # kept one by one
    others = [
        prepare(data, ids, Options(on="validation")),
        prepare(data, ids, Options(titles=False)),
        prepare(data, [*ids[:-1], "mpd:other"]),
        prepare(replace(data, titles=[*data.titles[:-1], "new"]), ids),
    ]
    assert len({made.key, *(other.key for other in others)}) == 5


def test_refusals():
    data, ids = playlists()
    with pytest.raises(NotReady, match="murecom import"):
        prepare(Data(items=data.items), ())
    with pytest.raises(BadInput, match="ids"):
        prepare(data, ids[:-1])
    with pytest.raises(BadInput, match="Import more"):
        prepare(data, ["a:1"] * len(ids))
    with pytest.raises(BadInput, match="long enough"):
        prepare(*playlists(length=6), Options(scenarios=("first25",)))
    for wrong in ({"scenarios": ("first7",)}, {"scenarios": ()}, {"on": "train"}, {"lists": 0}):
        with pytest.raises(BadInput):
            Options(**wrong)


def test_codes():
    assert protocol.codes(["a", None, "b", "a", ""], 5).tolist() == [0, -1, 1, 0, -1]
    assert protocol.codes((), 3).tolist() == [-1, -1, -1]
