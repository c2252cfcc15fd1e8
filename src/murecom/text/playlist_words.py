"""Words of the names of playlists, in every script, fit to be asked for at a search.

Unlike `text.fold`, which makes names comparable, a word here stays as people write it: only width
and case are unified, because a service has to find it. Chinese is cut by its dictionary, Japanese
and the rest where the script or the gap tells; an emoji is a word, and "lo-fi" is one, too.
"""

from __future__ import annotations

import re
import unicodedata

from murecom.text.language import has_kana
from murecom.text.words import words as chinese_words

MOST = 32
"Words kept of one name: more than nearly any name has."

LONGEST = 40
"Characters kept of one word; what is longer is no word that anybody asks for."

NUMBER_WEIGHT = 0.1
"How much a word of digits counts beside others: years are in many names and find any music."

_EMOJI = (
    "\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u25aa-\u25fe\u2600-\u27bf\u2934-\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa"
    "\U0001f400-\U0001faff"
)
# Signs that only shape the emoji before them: variation selectors, skin tones, the joiner.
_SHAPES = "\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff"
_HAN = "\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HIRAGANA = "\u3041-\u309f"
_KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff"
_HANGUL = "\u1100-\u11ff\u3131-\u318e\uac00-\ud7ff"
_CJK = f"{_HAN}{_HIRAGANA}{_KATAKANA}{_HANGUL}"

_TOKENS = re.compile(
    f"(?P<flag>[\U0001f1e6-\U0001f1ff]{{2}})"
    f"|(?P<emoji>[{_EMOJI}][{_SHAPES}]*(?:\u200d[{_EMOJI}][{_SHAPES}]*)*)"
    f"|(?P<east>[{_HAN}{_HIRAGANA}{_KATAKANA}]+)"
    f"|(?P<korean>[{_HANGUL}]+)"
    # letters, digits and marks of all other scripts, joined by a sign inside a word
    f"|(?P<plain>(?:(?![{_CJK}{_EMOJI}_])[\\w\u0300-\u036f\u0900-\u0dff\u0e31-\u0e4e])+"
    f"(?:[-'&](?:(?![{_CJK}{_EMOJI}_])\\w)+)*)"
)
_JAPANESE = re.compile(f"([{_KATAKANA}]+)|([{_HAN}]+)([{_HIRAGANA}]*)|([{_HIRAGANA}]+)")
_DROPPED = re.compile(f"[{_SHAPES}]")

# Words that say nothing of the music, in the languages of most names.
_STOPPED = """
a an and are as at be but by can do for from get go i if im i'm in is it it's its just la le
me my
no not of off on or our out so than that the their them they this to up us was we what when
who
will with you your
de del el en es la las lo los mi mis para por que se sin su sus tu un una y
e em eu meu minha na nas no nos o os ou pra que seu um uma da das do dos com
au aux avec ce ces dans des du elle est et il je les ma mes moi ne ou pas pour qui sur un une
aber auf aus bei das dem den der die ein eine für ich im ist mein meine mit nicht und von zu
zum
al alla che con di gli ho i il mia mio mie nel non per sono
bir bu da için ile ve
и в во на с со не что это как для по из мой моя мои
的 了 和 是 在 我 你 他 她 我们 你们 这 那 这些 那些 一个 一首 有 不 都 就 也 很 与 及 或 吧
吗 呢
啊 这个 那个 什么 没有 自己 一些 如果 因为 所以 但是 還是 還有 我們 你們 這 這些 這個 沒有 與
の に は を た が で て と し れ さ ある いる も する から な こと として い や れる など なっ
ない この ため その あっ よう また もの という あり まで られ なる へ か だ これ によって
により おり より
による ず なり られる において ば なかっ なく しかし について せ だっ その後 できる それ です
ます
들 것 수 및 내 나의 내가 그 이 저 좀 더 를 을 은 는 가 의 에
"""
_STOP = frozenset(unicodedata.normalize("NFKC", _STOPPED).split())
_PARTICLES = re.compile("(에서|으로|에게|까지|부터|하는|을|를|은|는|의|에|로|와|과|도|만)$")
_ENDINGS = re.compile(
    "(という|から|まで|より|など|だけ|のに|ので|には|では|とか|[のにはをがでともへや])+$"
)


def playlist_words(name: str) -> list[str]:
    """List the words of a playlist's name that a search may be asked for, each once.

    Returns
    -------
    list of str
        In order of appearance, in lower case and normal width; at most `MOST`. Left out are stop
        words, single ASCII letters and digits, single characters of Chinese, Japanese and Korean
        (the ideographs, kana and syllables alike), and what is longer than `LONGEST`; particles
        at the end of Japanese and Korean words are cut off. Empty for a name without any.

    Raises
    ------
    MissingExtra
        The name is Chinese and rjieba is not installed.

    Examples
    --------
    >>> playlist_words("My Lo-Fi & Chill 🌙 2024")
    ['lo-fi', 'chill', '🌙', '2024']
    >>> playlist_words("适合深夜听的歌")
    ['适合', '深夜', '听的歌']
    >>> playlist_words("作業用BGM 懐かしいアニソン")
    ['作業用', 'bgm', '懐かしい', 'アニソン']
    """
    text = folded(name)
    is_japanese = has_kana(text)
    found: dict[str, None] = {}
    for match in _TOKENS.finditer(text):
        for word in _cut(match.lastgroup or "", match.group(), is_japanese):
            if len(word) <= LONGEST and word not in _STOP:
                found[word] = None
        if len(found) >= MOST:
            break
    return list(found)[:MOST]


def folded(name: str) -> str:
    """Give a text in lower case and normal width, with plain gaps, apostrophes and hyphens.

    Examples
    --------
    >>> folded(" Ｌo‐Fi  JAZZ ")
    'lo-fi jazz'
    """
    text = unicodedata.normalize("NFKC", name).casefold().replace("’", "'").replace("‐", "-")
    return " ".join(text.split())


def weight(word: str) -> float:
    """Tell how much a word counts when the next one to ask for is chosen, 0 to 1."""
    return NUMBER_WEIGHT if word.isdecimal() else 1.0


def _cut(kind: str, token: str, is_japanese: bool) -> list[str]:
    if kind == "flag":
        return [token]
    if kind == "emoji":
        return [_DROPPED.sub("", token)]
    if kind == "korean":
        stem = _PARTICLES.sub("", token)
        return [word for word in (stem if len(stem) >= 2 else token,) if len(word) >= 2]
    if kind == "east":
        return _japanese(token) if is_japanese else _chinese(token)
    return [token] if len(token) >= 2 or not token.isascii() else []


def _chinese(token: str) -> list[str]:
    return [word for word in chinese_words(token) if len(word) >= 2]


def _japanese(token: str) -> list[str]:
    """Cut where the script changes; a character keeps its ending: 懐かしい, 泣ける."""
    words = []
    for katakana, han, ending, hiragana in _JAPANESE.findall(token):
        if katakana:
            words.append(katakana)
        elif han:
            rest = _ENDINGS.sub("", ending)
            words.append(han + rest if len(han) == 1 else han)
        else:
            words.append(_ENDINGS.sub("", hiragana))
    return [word for word in words if len(word) >= 2]
