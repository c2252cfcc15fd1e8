"""Which comments count, and how much."""

from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.mood.comments import copies, damped, likes_weight, refusal


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("listen at https://example.org now", "links"),
        ("去 shop.com 看看", "links"),
        ("加我微信 abc 免费", "adverts"),
        ("粉丝群：123456", "adverts"),
        ("check out my new channel", "adverts"),
        ("a", "empty"),
        ("", "empty"),
        ("关注公众号：每日音乐，免费领取", "adverts"),
        ("sub4sub anyone?", "adverts"),
        ("粉丝群123456", "adverts"),
        ("music.io/abc", "links"),
        ("去shop.com看看", "links"),
        ("I cried.io", None),
        ("not without you.me neither", None),
        ("If you follow me into the dark I will cry", None),
        ("check out my heart, it is broken", None),
        ("兼职下班路上听这首歌，哭了", None),
        ("2003年8月12日 20030812 他走了", None),
        ("^_^", None),
        (":(", None),
        ("(╥﹏╥)", None),
        ("666", "empty"),
        ("......", "empty"),
        ("😭", None),
        ("[大哭]", None),
        ("听哭", None),
        ("Beautiful.", None),
        ("那年我23岁", None),
    ],
)
def test_refusals(body: str, reason: str | None) -> None:
    assert refusal(body) == reason


def test_likes_count_by_their_logarithm() -> None:
    weights = likes_weight([None, 0, 1, 100_000])
    np.testing.assert_allclose(weights, [1, 1, 1 + np.log(2), 1 + np.log(100_001)], rtol=1e-6)
    assert likes_weight([]).shape == (0,)


def test_copies_share_the_first_row() -> None:
    bodies = ["One day I will", "one day, I WILL!", "something else", "……", "!!"]
    same = copies(bodies)
    assert same[:3].tolist() == [0, 0, 2]
    assert same[3:].tolist() == [3, 4], "texts without letters are no copies of each other"
    assert copies([]).shape == (0,)


def test_near_copies_share_nearly_all_pairs() -> None:
    bodies = [
        "我在人民广场吃着炸鸡而此时此刻你在哪里呢",
        "我在人民广场吃着烤鸭而此时此刻你在哪里呢",
        "我在人民广场等你",
        "十年之前我不认识你你不属于我",
        "x" * 100_000,
    ]
    assert copies(bodies).tolist() == [0, 0, 2, 3, 4]


def test_long_texts_are_not_alike_for_their_length() -> None:
    rng = np.random.default_rng(3)
    usual = 1 / np.arange(5, 2005)  # the most frequent character is 4 % of a text
    drawn = rng.choice(np.arange(0x4E00, 0x4E00 + 2000), (3, 1000), p=usual / usual.sum())
    chinese = ["".join(map(chr, row)) for row in drawn]
    letters = list("etaoinshrdlucmfwypvbgk")
    share = 1 / np.arange(3, 25)
    words = ["".join(rng.choice(letters, n, p=share / share.sum())) for n in [2, 3, 4, 5, 6] * 80]
    english = [" ".join(rng.choice(words, 250)) for _ in range(3)]
    assert copies(chinese + english).tolist() == list(range(6))
    assert copies([chinese[0], chinese[0][:480] + chinese[0][500:]]).tolist() == [0, 0]
    assert copies([english[0], english[0][:480] + english[0][490:]]).tolist() == [0, 0]


def test_copies_of_copies_are_copies_of_the_first() -> None:
    rng = np.random.default_rng(4)
    text = [chr(code) for code in rng.integers(0x4E00, 0x5600, 40)]
    chain = []
    for n in range(5):
        text[8 * n : 8 * n + 3] = "好听啊"
        chain.append("".join(text))
    assert copies([chain[0], chain[4]]).tolist() == [0, 1]
    assert copies(chain).tolist() == [0] * 5


def test_a_crowd_of_copies_counts_as_its_loudest() -> None:
    weights = damped(np.array([1, 3, 2, 5], np.float32), np.array([0, 0, 0, 3]))
    assert weights.sum() == pytest.approx(8)
    assert weights[:3].sum() == pytest.approx(3)
    assert weights[3] == 5


@given(st.lists(st.text(max_size=40), max_size=12))
def test_any_text_is_survived(bodies: list[str]) -> None:
    for body in bodies:
        refusal(body)
    same = copies(bodies)
    assert (same <= np.arange(len(bodies))).all()
    assert damped(np.ones(len(bodies), np.float32), same).sum() <= len(bodies) + 1e-3


def test_a_very_long_comment_is_quick() -> None:
    assert refusal("a1" * 50_000) is None
    began = perf_counter()
    assert refusal("a-" * 16_000) is None
    assert perf_counter() - began < 1
