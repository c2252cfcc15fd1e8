"""Names compared by n-grams of characters."""

import numpy as np
import pytest

from murecom.index import grams as module
from murecom.index.grams import Grams, grams_of, key_of


def index(*names: str, most: int = 10_000) -> Grams:
    return Grams.build([key_of(name) for name in names], np.ones(len(names), np.float32), most)


def nearest(made: Grams, name: str, n: int) -> list[int]:
    found, cosines = made.near(key_of(name), n)
    return [int(i) for i in found[np.argsort(-cosines, kind="stable")]]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("  Summer '17 !!", "summer 17"),
        ("R&B", "r and b"),
        ("Café—Müsik", "cafe musik"),
        ("Chill☀️Vibes 🎸", "chill☀vibes 🎸"),
        ("韓國流行", "韩国流行"),
        ("!!!", "!!!"),
        ("   ", ""),
        ("", ""),
    ],
)
def test_a_key_is_folded_and_keeps_emoji(name: str, key: str) -> None:
    assert key_of(name) == key
    assert key_of(key) == key


def test_grams_are_counted_with_spaces_at_both_ends() -> None:
    assert grams_of("aa") == {
        "a": 2, " a": 1, "aa": 1, "a ": 1, " aa": 1, "aa ": 1, " aa ": 1,
    }  # fmt: skip
    assert not grams_of("")


def test_cosines_are_those_of_tf_idf() -> None:
    made = index("abc", "abd", "xyz")
    rows = np.zeros((3, len(made.grams)))
    for i, key in enumerate(("abc", "abd", "xyz")):
        places, weights = made.row(key)
        rows[i, places] = weights
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1)
    found, cosines = made.near("abd", 3)
    assert found.tolist() == [0, 1]
    assert cosines == pytest.approx((rows @ rows[1])[:2], abs=1e-6)
    assert cosines[1] == pytest.approx(1, abs=1e-6)


def test_misspelt_and_longer_names_are_near_in_any_script() -> None:
    made = index("summer jams", "winter sleep", "周杰倫 精選", "k-pop", "🎸")
    assert nearest(made, "Sumer Jamz 2018", 5)[0] == 0
    assert nearest(made, "周杰伦", 5) == [2]
    assert nearest(made, "KPOP", 5)[0] == 3
    assert nearest(made, "🎸", 5) == [4]
    assert nearest(made, "", 5) == []
    assert made.row("ωψ")[0].tolist() == []


def test_what_many_names_hold_weighs_less() -> None:
    made = Grams.build(["mix rock", "mix jazz"], np.array([1, 1], np.float32), 1000)
    assert nearest(made, "rock", 2) == [0]
    often = Grams.build(["mix", "rock"], np.array([99, 1], np.float32), 1000)
    weight = dict(zip(often.grams.tolist(), often.idf.tolist(), strict=True))
    assert weight["roc"] > weight["mix"]


def test_only_the_most_frequent_are_kept() -> None:
    made = index("aa", "aab", "zz", most=3)
    assert len(made.grams) == 3
    assert "a" in made.grams
    assert len(made.starts) == 4


def test_common_grams_find_nothing_among_many_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MANY", 4)
    names = ["ax", "ay", "az", "aw", "av", "au", "at", "as", "ar", "aq"]
    assert nearest(index(*names), "ax", 10) == [0]
    assert nearest(index(*names[:3]), "ax", 3)[0] == 0


def test_it_comes_back_from_arrays() -> None:
    made = index("abc", "abd")
    again = Grams.of(made.arrays())
    assert again.near("abc", 2)[1].tolist() == made.near("abc", 2)[1].tolist()
    none = Grams.build([], np.zeros(0, np.float32), 10)
    assert none.near("abc", 0)[0].tolist() == []
