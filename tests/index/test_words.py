"""Words and pieces of words as vectors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.index.words import BUCKETS, Words, terms_of


def cosines(words: Words, *texts: str) -> np.ndarray:
    rows = words.transform([(text,) for text in texts])
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit @ unit.T


NAMES = [(name,) for name in (
    "The Beatles", "The Rolling Stones", "The Who", "The Doors", "周杰伦", "周华健", "Björk",
    "Bach", "Bach Collegium Japan", "ABBA", "初音ミク", "Кино", "Sigur Rós", "Adele", "Muse",
)]  # fmt: skip


def test_terms_of_names_and_of_lyrics() -> None:
    assert terms_of("Love 遗憾") == ["love", "遗", "遗憾", "憾", "<lo", "lov", "ove", "ve>"]
    assert terms_of("la la\nla 爱", pieces=False) == ["la", "la", "爱"]
    assert terms_of("") == terms_of(" \n", pieces=False) == []


def test_the_same_name_in_another_spelling_is_the_same() -> None:
    words = Words(64, whole=True).fit(NAMES)
    assert cosines(words, "周杰伦", "周杰倫")[0, 1] == pytest.approx(1)
    assert cosines(words, "Sigur Rós", "SIGUR ROS")[0, 1] == pytest.approx(1)


def test_rare_words_count_more_than_common_ones() -> None:
    words = Words(256).fit([("the night",)] * 30 + [("blue moon",)] + NAMES)
    same_rare, same_common = (
        cosines(words, "the moon", "blue moon")[0, 1],
        cosines(words, "the who", "the doors")[0, 1],
    )
    assert same_rare > 0.4
    assert same_common < same_rare - 0.1


def test_strangers_have_nothing_in_common() -> None:
    words = Words(256).fit(NAMES)
    others = cosines(words, "ABBA", "初音ミク", "Кино", "Muse")
    assert np.abs(others - np.eye(4)).max() < 0.3


def test_topics_bring_words_together_that_stand_together() -> None:
    love = [("love heart kiss",), ("heart kiss moon",), ("love moon night",)] * 5
    war = [("war gun blood",), ("blood gun fire",), ("war fire death",)] * 5
    words = Words(2, "topics").fit(love + war)
    near, far = cosines(words, "love", "night", "death")[0, 1:]
    assert near > 0.9
    assert far < 0.1


def test_what_is_unknown_is_nan() -> None:
    for words in (Words(8), Words(8, "topics")):
        words.fit([("a song",), (), ("a song",), ("",)])
        rows = words.transform([("a song",), (), ("",), ("a b", "song")])
        assert np.isnan(rows).all(axis=1).tolist() == [False, True, True, False]
    assert np.isnan(words.transform([("stranger",)])).all()


@pytest.mark.parametrize("method", ["signs", "topics"])
def test_nothing_to_learn_from(method: str) -> None:
    words = Words(8, method).fit([])  # type: ignore[arg-type]
    assert words.transform([]).shape == (0, 8)
    assert words.transform([("a",)]).shape == (1, 8)


def test_fewer_topics_than_numbers() -> None:
    words = Words(16, "topics").fit([("one two",), ("two three",), ("one three",)])
    rows = words.transform([("one",), ("two",)])
    assert rows.shape == (2, 16)
    assert np.isfinite(rows).all()


@pytest.mark.parametrize("method", ["signs", "topics"])
def test_arrays_make_the_same_again(method: str) -> None:
    words = Words(8, method, whole=True).fit(NAMES)  # type: ignore[arg-type]
    again = Words(8, method, whole=True).restore(words.arrays())  # type: ignore[arg-type]
    np.testing.assert_allclose(again.transform(NAMES), words.transform(NAMES), rtol=2e-3, atol=1e-3)
    with pytest.raises(ValueError, match="do not fit"):
        Words(8).restore({**words.arrays(), "rarity": np.zeros(BUCKETS - 1)})


def test_vectors_are_the_same_on_every_machine() -> None:
    row = Words(8).fit([("love",)]).transform([("love",)])[0]
    golden = np.array([-1, -1, -3, 1, -3, -3, 1, 1]) / np.sqrt(5)
    np.testing.assert_allclose(row, golden, atol=1e-5)


def test_many_rows_are_made_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [Words(8, m).fit(NAMES).transform(NAMES) for m in ("signs", "topics")]  # type: ignore[arg-type]
    monkeypatch.setattr("murecom.index.words._ROWS_AT_ONCE", 4)
    parts = [Words(8, m).fit(NAMES).transform(NAMES) for m in ("signs", "topics")]  # type: ignore[arg-type]
    np.testing.assert_allclose(parts[0], whole[0], rtol=1e-5)
    np.testing.assert_allclose(np.abs(parts[1]), np.abs(whole[1]), atol=1e-3)


def test_topics_are_learned_from_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("murecom.index.words.SAMPLE", 6)
    texts = [("love heart kiss",), (), ("war gun blood",)] * 4
    words = Words(2, "topics").fit(texts)
    assert cosines(words, "love", "kiss", "gun")[0].tolist() == pytest.approx([1, 1, 0], abs=1e-3)


@given(st.lists(st.lists(st.text(max_size=20), max_size=3), max_size=6))
def test_any_text_is_nan_or_finite(texts: list[list[str]]) -> None:
    for method in ("signs", "topics"):
        rows = Words(4, method).fit(texts).transform(texts)  # type: ignore[arg-type]
        assert (np.isnan(rows).all(axis=1) | np.isfinite(rows).all(axis=1)).all()
