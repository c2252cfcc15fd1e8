"""Languages by script and small words."""

import pytest

from murecom.text.language import guess_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("故事的小黄花 从出生那年就飘着", "zh"),
        ("故事的小黃花 baby don't cry", "zh"),
        ("さくら さくら 野山も里も", "ja"),
        ("夜空ノムコウ 君ト歩イタ", "ja"),
        ("동해 물과 백두산이 마르고 닳도록", "ko"),
        ("I don’t know what it is about you", "en"),
        ("DON'T STOP ME NOW, I'm having such a good time", "en"),
        ("Sah ein Knab ein Röslein stehn, Röslein auf der Heiden, war so jung", "other"),
        ("Au clair de la lune, mon ami Pierrot, prête-moi ta plume pour écrire un mot", "other"),
        ("De colores, de colores se visten los campos en la primavera", "other"),
        ("O sole mio, sta nfronte a te", "other"),
        ("Широка страна моя родная, много в ней лесов", "other"),
        ("הבה נגילה ונשמחה", "other"),
        ("", None),
        ("1, 2, 3 … !!!", None),
    ],
)
def test_languages(text: str, language: str | None) -> None:
    assert guess_language(text) == language
