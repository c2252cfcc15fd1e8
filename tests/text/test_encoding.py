"""Bytes without a label are read as what they most likely are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.text.encoding import decode

TEXTS = {
    "故事的小黄花\n从出生那年就飘着\n童年的荡秋千 随记忆一直晃到现在": (
        "utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gbk", "gb18030",
    ),
    "[00:12.30]故事的小黃花\r\n從出生那年就飄著\n童年的盪鞦韆": ("utf-8-sig", "big5", "utf-16-le"),
    "さくら さくら\n野山も里も 見わたす限り\nかすみか雲か": ("cp932", "euc_jp", "utf-8"),
    "동해 물과 백두산이 마르고 닳도록\n하느님이 보우하사": ("euc_kr", "utf-8"),
    "Au clair de la lune, prête-moi ta plume pour écrire un mot, ça été": ("cp1252", "utf-8"),
    "Sah ein Knab ein Röslein stehn, war so jung und morgenschön – “ja”": ("cp1252",),
    "plain": ("ascii", "utf-16"),
    "": ("utf-8",),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "encoding"), [(text, name) for text, names in TEXTS.items() for name in names]
)
def test_texts(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding))[0] == text


def test_a_cut_or_dented_text_stays_utf8() -> None:
    data = ("故事的小黄花" * 20).encode()
    assert decode(data[:-1]) == ("故事的小黄花" * 19 + "故事的小黄\ufffd", "utf-8")
    assert decode(data[:60] + b"\xff" + data[60:])[0].count("\ufffd") == 1


def test_one_character_cut_by_the_sample() -> None:
    text = "a" * 19_999 + "故事的小黄花" * 20
    assert decode(text.encode("gbk")) == (text, "gb18030")


@given(st.binary(max_size=200))
def test_any_bytes_can_be_read(data: bytes) -> None:
    text, name = decode(data)
    assert isinstance(text, str)
    assert name
