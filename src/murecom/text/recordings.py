"""Whether two names mean the same recording, released twice under different ids.

Streaming services give a song a new id for each album, single and remaster that it appears on.
`text.names.recording_key` puts all versions of a song together, which is right for "no song twice";
here a live version, a remix or a cover is another recording, as what people put beside it differs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from murecom.text.fold import fold, name_key
from murecom.text.names import recording_key, split_title


def take_key(title: str, artists: Sequence[str]) -> str:
    """Give a key that all releases of one recording by the same main artist share.

    Returns
    -------
    str
        ``artist|song``, then each note of the version that tells recordings apart. Empty if the
        title or the artist is unknown: many songs are called "Intro".

    Notes
    -----
    Guests in the title ("feat. …") do not count, nor do notes that speak of the release only:
    remastered, album or single version, original mix, mono, bonus track, explicit, a year.

    Examples
    --------
    >>> take_key("Yesterday - Remastered 2009", ["The Beatles"])
    'beatles|yesterday'
    >>> take_key("Yesterday - Live in Paris", ["The Beatles"])
    'beatles|yesterday|live in paris'
    """
    song = recording_key(title, artists)
    if not song or song.startswith("|"):
        return ""
    notes = {name_key(note) for note in split_title(title).versions if not is_release(note)}
    return "|".join((song, *sorted(notes - {""})))


@cache
def _releases() -> re.Pattern[str]:
    # Compiled when first needed: nothing is done at import.
    year = r"(?:(?:19|20)\d\d)"
    word = (
        r"(?:digital(?:ly)?|re-?master(?:ed|s)?|version|album|single|original|mix|mono|stereo|"
        r"explicit|clean|edited|censored|bonus|track|deluxe|edition|anniversary|expanded|reissue|"
        rf"official|audio|video|music|lyrics?|hd|hq|\d+(?:th|st|nd|rd)|the|lp|ep|{year})"
    )
    return re.compile(rf"{word}(?:[\s/,.&-]+{word})*|原版|重制版?|专辑版|りますたー?|리마스터")


def is_release(note: str) -> bool:
    """Tell whether a note beside a title speaks of the release only: remastered, mono, explicit."""
    return _releases().fullmatch(fold(note).strip(" .\"'-")) is not None


def version_keys(notes: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Say of the notes of a title what recording and what work they speak of.

    Parameters
    ----------
    notes : sequence of str
        `TitleParts.versions`.

    Returns
    -------
    versions : frozenset of str
        What tells recordings apart, one way of writing for each: "live", "live in paris",
        "acoustic". Words in Chinese, Japanese and Korean are given in English where they mean the
        same. Notes on the release are left out.
    origins : frozenset of str
        Films and series that the song is from; most releases do not name them.

    Examples
    --------
    >>> version_keys(["Live", "Remastered 2011"]) == version_keys(["现场版"])
    True
    """
    versions, origins = set(), set()
    for note in notes:
        folded = fold(note)
        if _origins().match(folded) and not _PLAYED.search(folded):
            origins.add(name_key(folded).replace(" ", ""))
            continue
        for part in _parts(folded):
            if not is_release(part) or _YEAR.fullmatch(part):
                versions.add(_named(part))
    return frozenset(versions - {""}), frozenset(origins)


def _parts(folded: str) -> list[str]:
    """Cut "live / remastered" at its signs, if one side speaks of the release only."""
    parts = [part.strip() for part in re.split(r"\s*[/,;]\s*", folded) if part.strip()]
    return parts if any(map(is_release, parts)) else [folded]


def _named(folded: str) -> str:
    for word, pattern in _kinds().items():
        folded = pattern.sub(f" {word} ", folded)
    words = [word for word in name_key(folded).split() if word not in _EMPTY]
    return " ".join(dict.fromkeys(words))


# What is "from" these is no film.
_PLAYED = re.compile(r"\b(?:sessions?|tour|concert|live)\b")

# Who sang a song again years later names the version by its year.
_YEAR = re.compile(r"(?:19|20)\d\d(?: version)?")

_EMPTY = frozenset((
    "version", "ver", "版", "版本", "the", "at", "in", "from", "on", "official",
    "en", "em", "versione", "versao",
))  # fmt: skip


@cache
def _kinds() -> dict[str, re.Pattern[str]]:
    # Folded: simplified Chinese, hiragana for katakana. Written once, when first needed.
    return {
        kind: re.compile(words)
        for kind, words in {
            "live": (
                "现场|演唱会|らいぶ|라이브|"
                r"\b(?:in concert|concert version|(?:en|ao|dal) vivo|vivo|en directo)\b"
            ),
            "instrumental": (
                "伴奏|纯音乐|からおけ|おふぼーかる|off ?vocal|いんすと(?:ぅるめんたる)?|반주|"
                r"\binst\b|karaoke"
            ),
            "remix": "混音|りみっくす|리믹스|rmx",
            "acoustic": "不插电|あこーすてぃっく|어쿠스틱|unplugged|acustic[oa]",
            "demo": "でも(?:音源|てーぷ)?|试听",
            "cover": "翻唱|かばー|covered",
            "acappella": "清唱|a ?cappella",
            "rerecorded": r"重录|re-?record(?:ed|ing)",
            "mandarin": "国语|国(?=版)",
            "cantonese": "粤语|粤(?=版)",
            "slowed": (
                "降调|慢速|"
                r"(?:(?:super|ultra) )?slowed(?:[ -]down)?(?: (?:[+&] |and )?reverb)?"
            ),
            "english": r"英语|\b(?:ingles|inglesa|inglese|anglaise?|englische?)\b",
            "french": r"\b(?:frances[ae]?|francais|francaise|franzosische?)\b",
            "german": r"\b(?:alemana?|allemande?|deutsche?|tedesca)\b",
            "italian": r"\b(?:italian[ao]|italienn?e?)\b",
            "japanese": "日语|日文",
            "korean": "韩语|韩文",
            "portuguese": r"\b(?:portugues|portuguesa|portugaise?)\b",
            "spanish": r"\b(?:espanola?|espagnole?|spagnola)\b",
            "sped": "升调|加速|sped[ -]up|nightcore",
        }.items()
    }


@cache
def _origins() -> re.Pattern[str]:
    quote = "[\"'《「『]"
    return re.compile(
        rf"(?:taken |music |(?:love )?theme )*from (?:the |a |an |{quote}|.*\b(?:soundtrack|film|"
        r"movie|series)\b)|(?:love )?theme (?:from|of) |"
        r".*(?:主题曲|主题歌|插曲|挿入歌|片[头尾]曲|推广曲)|"
        r"(?:original |motion picture )*(?:soundtrack|ost)\b|"
        r".*(?:おーぷにんぐ|えんでぃんぐ)(?:てーま)?$"
    )
