"""Finding tracks by name: every script, any order of words, any text at all."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from murecom.store import FileRow, Store
from murecom.types import Track, TrackId

Put = Callable[..., TrackId]
Find = Callable[..., list[str]]


@pytest.fixture
def find(store: Store) -> Find:
    """Search and give titles, best first."""

    def titles(text: str, limit: int = 20) -> list[str]:
        results = store.tracks.search(text, limit)
        scores = [score for _, score in results]
        assert scores == sorted(scores, reverse=True)
        assert all(0 < score <= 1 for score in scores)
        return [track.title or "" for track, _ in results]

    return titles


@pytest.fixture
def library(put: Put) -> None:
    """A few names that are easily confused."""
    put("Cello Suite No. 2: Sarabande", "J. S. Bach", album="Cello Suites")
    put("晴天", "周杰倫", album="葉惠美")
    put("晴天 (Live)", "周杰伦")
    put("阴天", "莫文蔚")
    put("遗憾", "许美静")
    put("Queen of Hearts", "Juice Newton")
    put("Bohemian Rhapsody", "Queen")
    put("Radio Ga Ga - Remastered", "Queen")
    put("Under Pressure", "Queen", "David Bowie")
    put("Hoppípolla", "Sigur Rós")
    put("さくら", "森山直太朗")
    put("サクラ咲ケ", "嵐")
    put("Love Me Do", "The Beatles")
    put("Love", "John Lennon")
    put("Endless Love", "Diana Ross")
    put("!!!", "???")
    put("봄날", "방탄소년단")
    put(None)


@pytest.mark.usefixtures("library")
class TestLibrary:
    @pytest.mark.parametrize(
        ("text", "titles"),
        [
            # exact, folded
            ("晴天", ["晴天", "晴天 (Live)"]),
            ("HOPPIPOLLA", ["Hoppípolla"]),
            ("cello suite no 2 sarabande", ["Cello Suite No. 2: Sarabande"]),
            ("bohemian  rhapsody!", ["Bohemian Rhapsody"]),
            # artist and title in any order
            ("queen bohemian rhapsody", ["Bohemian Rhapsody"]),
            ("Queen - Bohemian Rhapsody", ["Bohemian Rhapsody"]),
            ("bohemian rhapsody queen", ["Bohemian Rhapsody"]),
            ("周杰伦 晴天", ["晴天", "晴天 (Live)"]),
            ("晴天 周杰倫", ["晴天", "晴天 (Live)"]),
            ("周杰伦晴天", ["晴天", "晴天 (Live)"]),
            ("bach cello", ["Cello Suite No. 2: Sarabande"]),
            ("sarabande bach", ["Cello Suite No. 2: Sarabande"]),
            ("david bowie under pressure", ["Under Pressure"]),
            # beginnings
            ("bohem", ["Bohemian Rhapsody"]),
            ("queen boh", ["Bohemian Rhapsody"]),
            ("cello sar", ["Cello Suite No. 2: Sarabande"]),
            ("h", ["Hoppípolla", "Queen of Hearts"]),
            # title, then artist, then all words
            ("love", ["Love", "Love Me Do", "Endless Love"]),
            ("queen", ["Queen of Hearts", "Bohemian Rhapsody", "Radio Ga Ga - Remastered",
                       "Under Pressure"]),
            # parts in scripts without gaps
            ("遗憾", ["遗憾"]),
            ("遺憾", ["遗憾"]),
            ("憾", ["遗憾"]),
            ("天", ["晴天", "阴天", "晴天 (Live)"]),
            ("杰伦", ["晴天", "晴天 (Live)"]),
            ("さくら", ["さくら", "サクラ咲ケ"]),
            ("くら", ["さくら", "サクラ咲ケ"]),
            ("봄", ["봄날"]),
            ("소년", ["봄날"]),
            # album
            ("葉惠美", ["晴天"]),
            ("叶惠美 周杰伦", ["晴天"]),
            # misspelt, only where nothing else is found
            ("bohemain rhapsody", ["Bohemian Rhapsody"]),
            ("sarabnde", ["Cello Suite No. 2: Sarabande"]),
            ("quen bohemian", ["Bohemian Rhapsody"]),
            ("under presure", ["Under Pressure"]),
            # signs
            ("!!!", ["!!!"]),
            ("???", ["!!!"]),
            # nothing
            ("", []),
            ("   ", []),
            ("zzz", []),
            ("雨", []),
            ("love zzz", []),
            ("%", []),
            ("_", []),
            ("*", []),
            ('"', []),
        ],
    )  # fmt: skip
    def test_found(self, find: Find, text: str, titles: list[str]) -> None:
        assert find(text) == titles

    @pytest.mark.parametrize(
        "text", ["Love", "love", "John Lennon Love", "john lennon - love", "LOVE!"]
    )
    def test_one_is_for_the_exact_name(self, store: Store, text: str) -> None:
        (best, score), *others = store.tracks.search(text)
        assert best.title == "Love"
        assert score in (1.0, 0.99)
        assert (score == 1.0) == (text != "LOVE!")
        assert all(other < 0.97 for _, other in others)

    @pytest.mark.parametrize("text", ["love john lennon", "lov", "bach cello", "周杰伦晴天", "天"])
    def test_nothing_else_gets_one(self, store: Store, text: str) -> None:
        assert store.tracks.search(text)
        assert all(score < 1 for _, score in store.tracks.search(text))

    def test_limits(self, find: Find) -> None:
        assert len(find("queen", 2)) == 2
        assert find("queen", 0) == find("queen", -1) == []
        assert len(find("queen", 10_000)) == 4


def test_signs_tell_equal_words_apart(store: Store, put: Put) -> None:
    put("C")
    put("C#")
    assert [(t.title, s) for t, s in store.tracks.search("c#")] == [("C#", 1.0), ("C", 0.99)]
    assert [(t.title, s) for t, s in store.tracks.search("C")] == [("C", 1.0), ("C#", 0.99)]


def test_equal_scores_keep_the_order_of_adding(put: Put, find: Find, store: Store) -> None:
    ids = [put("Intro", f"Artist {number}") for number in range(50)]
    for _ in range(2):
        assert [track.id for track, _ in store.tracks.search("intro", 30)] == ids[:30]


def test_an_exact_pair_is_found_among_many(store: Store) -> None:
    """The words are so common that their list is cut long before the exact one."""
    with store.transaction():
        for number in range(1500):
            store.tracks.put(Track(TrackId(f"t:{number}"), f"You {number}", ("Love Band",)))
            store.tracks.put(Track(TrackId(f"u:{number}"), "You", (f"Band of Love {number}",)))
        store.tracks.put(Track(TrackId("x:1"), "You", ("Love",)))
        store.tracks.put(Track(TrackId("x:2"), "You", ("Various Artists",)))
        for number in range(400):
            track = Track(TrackId(f"v:{number}"), f"Song {number}", ("Various Artists",))
            store.tracks.put(track)
    assert store.tracks.search("love you", 1)[0][0].id == "x:1"
    assert store.tracks.search("you love", 1)[0][0].id == "x:1"
    assert store.tracks.search("various artists you", 1)[0][0].id == "x:2"


def test_present_ones_are_found_behind_many_lost(store: Store) -> None:
    with store.transaction():
        for number in range(400):
            track = Track(TrackId(f"t:{number}"), "Summer", ("X",))
            store.tracks.put(track)
            store.files.put(FileRow(f"/m/{number}", 1, 1, track=track.id))
        store.files.mark_gone([f"/m/{number}" for number in range(390)])
    assert len(store.tracks.search("summer")) == 10
    assert len(store.tracks.search("x summer")) == 10
    assert len(store.tracks.search("x")) == 10


def test_two_characters_find_every_name_that_has_them(store: Store) -> None:
    characters = "晴天遗憾周杰伦的爱你我不见"
    titles = [
        "".join(characters[(start * 7 + step * step) % len(characters)] for step in range(6))
        + str(start)
        for start in range(60)
    ]
    with store.transaction():
        for number, title in enumerate(titles):
            store.tracks.put(Track(TrackId(f"t:{number}"), title))
    for title in titles:
        for start in range(5):
            part = title[start : start + 2]
            found = {track.title for track, _ in store.tracks.search(part, 100)}
            assert found == {name for name in titles if part in name}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text() | st.text(st.sampled_from("\"'*()%_:^-+\0\\ ANDORNTlove晴天🎵\udcff")))
def test_no_text_breaks_it(store: Store, text: str) -> None:
    if store.status()["tracks"] == 0:
        store.tracks.put(Track(TrackId("t:1"), "love AND NOT NEAR OR", ("晴天 🎵",), "title : x"))
    store.tracks.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000,
        "love " * 2_000,
        "晴天" * 5_000,
        "'; DROP TABLE track; --",
        '" OR 1=1 --',
        "title : love",
        "love AND (",
        "NEAR(love, 5)",
        "🎵🎵🎵",
        "a\0b",
        "\udcff",
        "-love",
        "love*",
        "^love",
        "{title} : love",
    ],
)
@pytest.mark.usefixtures("library")
def test_odd_texts(store: Store, text: str) -> None:
    store.tracks.search(text)
    assert [track.title for track, _ in store.tracks.search("endless")] == ["Endless Love"]


def test_nothing_in_an_empty_store(store: Store) -> None:
    for text in ("love", "晴天", "", "a b c", "misspelt"):
        assert store.tracks.search(text) == []
