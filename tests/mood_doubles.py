"""A mood model without the extra `mood`: its encoder counts words, its head is small."""

from __future__ import annotations

import numpy as np

from murecom.mood.encoder import Cached, Encoder
from murecom.mood.grams import BITS
from murecom.mood.head import Head
from murecom.mood.labels import CODES, FELT
from murecom.mood.model import MoodModel
from untaught import Letters

NASTY = [
    "",
    "   ",
    "\n\n",
    "a",
    "1",
    "!!!",
    "哦",
    "\0",
    "\0sad\0",
    "\ud800",
    "\udcff so happy",
    "\ud83d\ude2d",
    "[",
    "]",
    "[[[[",
    "[大哭",
    "大哭]",
    "&#0;&#xD800;&#x110000;&amp",
    "[00:12.00][00:13.00]",
    "[ti:x]\n[00:01.00]",
    "12:30",
    "https://a.b/c?d=e",
    "@someone",
    "//@a:",
    "回复@",
    "#",
    "##",
    "# #",
    "مرحبا أنا سعيد جدا",
    "שלום אני שמח",
    "\u202eevol\u202c",
    "मैं बहुत खुश हूं",
    "ሰላም ነህ",
    "ཀཁག",
    "e" + "\u0301" * 500,
    "\u0301",
    "\ufe0f",
    "\u200d",
    "🇨🇳",
    "🇯🇵🇰🇷",
    "👩\u200d❤\ufe0f\u200d👨",
    "🏳\ufe0f\u200d🌈",
    "👍🏽",
    "🏽",
    "1\ufe0f⃣",
    "ｉ　ａｍ　ｓａｄ！！",
    "（＾▽＾）",
    "(╯°□°)╯︵ ┻━┻",
    "T_T",
    "我今天 feel とても мне 행복 sad",
    "asdfgh qwerty",
    "Minulla on ikävä sinua",
    "😭" * 5000,
    "a" * 100_000,
    "a." * 50_000,
    "ab@" * 30_000,
    "我很难过" * 25_000,
    "not " * 25_000,
    "不" * 100_000,
    "\n" * 100_000,
    "&" * 100_000,
    "[" * 100_000,
    "//" + " " * 100_000,
]
"Texts that people, programs and broken files give."


def letter_head(encoder: Encoder, seed: int = 5) -> Head:
    """Make a head that says something, whatever it is."""
    rng = np.random.default_rng(seed)

    def some(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(np.float32)

    return Head(
        dense=some(encoder.dim, len(FELT)),
        dense_bias=some(len(FELT)),
        classes=some(encoder.dim, len(CODES)),
        classes_bias=some(len(CODES)),
        idf=np.ones(1 << BITS, np.float32),
        pieces=some(1 << BITS, len(FELT)),
        pieces_bias=some(len(FELT)),
        about={"encoder": encoder.key, "fitted": f"{seed}"},
    )


def letter_model(seed: int = 5) -> MoodModel:
    """Make the model."""
    encoder = Cached(Letters())
    return MoodModel(encoder, letter_head(encoder, seed))
