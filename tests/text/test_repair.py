"""Mojibake: what was misread is mended, what is right stays."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.text.repair import repair

RIGHT = """
Björk|Sigur Rós|Mötley Crüe|Motörhead|Beyoncé|Þjóðvegur|Hljóðlát|Öö|Jäääär|Ágætis byrjun|Hoppípolla
Queensrÿche|Blue Öyster Cult|Café Tacvba|Ænema|Señorita|¿Dónde Están?|¡Ay, Carmela!|M¥SS KETA|AC·DC
S·H·E|N·E·R·D|A·B·C·D|½ Full|N°5|«Título»|Naïve|Noël|Zoë|Hüsker Dü|Röyksopp|Trentemøller|Mø|Åse|ÅÄÖ
ÆØÅ|ÄÖÜß|ÄÖÜ|Mylène Farmer|Être|Çà et là|Ça plane pour moi|São Paulo|João Gilberto|Coração Não
Fjögur píanó|Säästä|Hääyö|“Heroes”|Don’t Stop|Rock ‘n’ Roll|‘Til I’m Gone|It’s…|Ke$ha – Tik Tok
CAFÉ®|BEYONCÉ°|NESTLÉ®|«OLÉ»|©2003|P!nk|Ü|é|ÿ|Ñ|Für Élise|Dvořák|Łódź|Sinéad O’Connor|Ásgeir|Múm
Größe|Süßes Gift|Los Ángeles Azules|África Ándale|Peña Nieto|Año Ñandú|1°|20° C|5 × 5|50 ÷ 2|±0
Vol. ²|€uro|50¢|§ 1|µ-Ziq|Øystein Sevåg|Sæglópur|Með suð í eyrum|Dansı Yapalım|Tiësto|Ólöf Arnalds
Ääniä|Pää ää öö|Tõnis Mägi|Jää-äär|周杰伦|Кино|…Baby One More Time|‚ƒ|„Bandit“|Œuvre|Žižek|Ÿ|A™
Lætitia|Zaïre|ß|«À»|¿¡Qué!?|½ × ½|Nº 1 / Nº 2|Ñ Ñ|Çömez|Şımarık|Gökçe Özgül|Öğün|Çiğ Çöl|Öç|ÖÇ|
¿Cuál es? ¿Por que?|×××|¤¤¤¤|°º°|plain ascii||Þursaflokkurinn|Niño & Año|Motör|Köln 75|Í næturþögn
"""

CHINESE = [
    "周杰伦",
    "晴天",
    "遗憾",
    "王菲",
    "林俊杰",
    "后来",
    "红豆",
    "海阔天空",
    "邓紫棋",
    "张靓颖",
    "陈奕迅",
    "十年",
    "五月天",
    "孙燕姿",
    "光年之外",
    "Beyond乐队",
    "周杰伦Live",
    "告白气球",
    "月亮代表我的心",
    "(现场版)晴天",
    "那些花儿",
    "许巍",
    "蓝莲花",
    "青花瓷（伴奏）",
]

TRADITIONAL = [
    "周杰倫",
    "晴天",
    "王菲",
    "林俊傑",
    "後來",
    "紅豆",
    "海闊天空",
    "鄧紫棋",
    "陳奕迅",
    "五月天",
    "孫燕姿",
    "告白氣球",
    "那些花兒",
]

JAPANESE = [
    "サクラ",
    "さくら",
    "宇多田ヒカル",
    "夜に駆ける",
    "米津玄師",
    "残酷な天使のテーゼ",
    "椎名林檎",
    "東京事変",
    "スピッツ",
]

ANY = [
    *CHINESE,
    *TRADITIONAL,
    *JAPANESE,
    "Björk",
    "Sigur Rós",
    "Dvořák",
    "Кино",
    "Ελλάδα",
    "한국어",
]


@pytest.mark.parametrize("name", RIGHT.replace("\n", "|").split("|"))
def test_a_right_name_stays(name: str) -> None:
    assert repair(name) == name


@given(
    st.lists(
        st.from_regex(r"[a-z]{1,4}[à-öø-ÿ][a-z]{1,4}[à-öø-ÿ]?|[À-ÖØ-Þ][a-z]{1,6}", fullmatch=True),
        min_size=1,
        max_size=5,
    )
)
def test_words_with_accents_stay(words: list[str]) -> None:
    assert repair(" ".join(words)) == " ".join(words)


@given(
    st.text(st.characters(min_codepoint=0x100, exclude_characters="ŒœŠšŽžŸƒˆ˜–—‘’‚“”„†‡•…‰‹›€™"))
)
def test_text_that_no_misreading_gives_stays(text: str) -> None:
    assert repair(text) == text


@given(st.text())
def test_anything_at_all_is_taken(text: str) -> None:
    repair(text)


def misread(name: str, encoding: str) -> list[str]:
    data = name.encode(encoding)
    readings = [data.decode("latin-1")]
    with suppress(UnicodeDecodeError):
        readings.append(data.decode("cp1252"))
    return readings


@pytest.mark.parametrize("name", ANY)
def test_utf8(name: str) -> None:
    for wrong in misread(name, "utf-8"):
        assert repair(wrong) == name
    (once, *_) = misread(name, "utf-8")
    assert repair(once.encode().decode("latin-1")) == name


@pytest.mark.parametrize("name", CHINESE)
def test_gbk(name: str) -> None:
    for wrong in misread(name, "gbk"):
        assert repair(wrong) == name


@pytest.mark.parametrize("name", TRADITIONAL)
def test_big5(name: str) -> None:
    for wrong in misread(name, "big5"):
        assert repair(wrong) == name


@pytest.mark.parametrize("name", JAPANESE)
def test_shift_jis(name: str) -> None:
    for wrong in misread(name, "cp932"):
        assert repair(wrong) == name


# Rows B0-D7 of GB 2312: the common characters.
COMMON = [
    bytes([row, cell]).decode("gb2312") for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFF)
]


@given(st.lists(st.sampled_from(COMMON), min_size=3, max_size=8, unique=True))
def test_common_chinese_is_mended_or_left(characters: list[str]) -> None:
    name = "".join(characters)
    wrong = name.encode("gbk").decode("latin-1")
    # Never a third thing: Big5 is only believed where GBK is not as good.
    assert repair(wrong) == name


@pytest.mark.parametrize("name", ANY)
def test_mending_twice_is_mending_once(name: str) -> None:
    for encoding in ("utf-8", "gbk", "big5", "cp932"):
        try:
            wrong = name.encode(encoding).decode("latin-1")
        except UnicodeEncodeError:
            continue
        assert repair(repair(wrong)) == repair(wrong)
