"""Names taken apart: what of a title is the song, what the version, who is featured.

Source of the habits: titles as Spotify, NetEase, iTunes and taggers write them. Rules in the order
in which they are tried on the end of a title: a bracket, a dash, "feat." without either. What is
not understood stays in the title.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from murecom.text.fold import fold, name_key
from murecom.text.versions import is_version

_BRACKET = re.compile(
    r"\s*(?:\(([^()]*)\)|\[([^\[\]]*)\]|\{([^{}]*)\}|（([^（）]*)）|【([^【】]*)】|〔([^〔〕]*)〕|"
    r"［([^［］]*)］|<([^<>]*)>|〈([^〈〉]*)〉|[~～〜]([^~～〜]+)[~～〜]|(?<=\s)-([^-]+)-)\s*$"
)
_INNER = r"[^()\[\]（）【】]*"
_NESTED = re.compile(rf"\s*[(\[（【]({_INNER}[(\[（【]{_INNER}[)\]）】]{_INNER})[)\]）】]\s*$")
_DASH = re.compile(r"\s+[-‐‑–—―~～〜|/]\s*(?=\S)|\s*(?:——|—|–)\s*(?=\S)|(?<=[^\x00-\x7f])-(?=\S)")
_FEATURED = re.compile(
    r"(?:(?:feat|ft|featuring|with(?! intro| lyrics)|duet with)\b|[fw]/|合作|合唱)[.:：]?\s*(.+)",
    re.I,
)
_FEATURED_PLAIN = re.compile(r"\s+(?:feat|ft|featuring)\b\.?\s*(.+)$", re.I)
_PLAIN_VERSION = re.compile(
    r"\s+((?:radio|extended|club|original|acoustic|album|single|instrumental|karaoke|live|demo|"
    r"studio|piano|remastered|explicit|clean|orchestral) (?:version|edit|mix|remix|ver\.?))$"
    r"|(?<=\S)\s*((?:live|现场|現場|伴奏|演唱会|演唱會|纯音乐|純音樂|国语|國語|粤语|粵語|钢琴|鋼琴|"
    r"吉他|翻唱|完整|加速|dj|男声|男聲|女声|女聲|合唱|独唱|獨唱)版)$",
    re.I,
)
_PAIRS = (("(", ")"), ("[", "]"), ("（", "）"), ("【", "】"), ("《", "》"))
_SIGNS = "[,、，;；/／&＆+]"
_NAMES = re.compile(
    rf"\s*(?:{_SIGNS}|\s(?:x|×|and(?! the\b)|with|feat\.?|ft\.?)\s)\s*", re.IGNORECASE
)
_GUESTS = re.compile(
    rf"\s*(?:{_SIGNS}|\s(?:x|×|and|with|feat\.?|ft\.?)\s).*", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class TitleParts:
    """A title taken apart.

    `base` is what remains, never empty for a title that is not; `versions` are the notes about the
    version and `featured` the guests, both as written, from left to right.
    """

    base: str
    versions: tuple[str, ...] = ()
    featured: tuple[str, ...] = ()


def split_title(title: str) -> TitleParts:
    """Split a title into the song, its versions and its guests.

    Understands brackets of all scripts, notes behind dashes and "feat." in English, Chinese,
    Japanese and Korean habits. "Part 2", "No. 3", subtitles and translations stay in the base, and
    so does a note without which nothing would remain.

    Examples
    --------
    >>> split_title("Under Pressure (feat. David Bowie) - Remastered 2011")
    TitleParts(base='Under Pressure', versions=('Remastered 2011',), featured=('David Bowie',))
    >>> split_title("晴天（现场版）")
    TitleParts(base='晴天', versions=('现场版',), featured=())
    """
    base = " ".join(title.split())
    versions: list[str] = []
    featured: list[str] = []
    while True:
        shorter = _without_note(base, versions, featured)
        if shorter is None:
            return TitleParts(base, tuple(reversed(versions)), tuple(featured))
        base = shorter


def recording_key(title: str, artists: Sequence[str]) -> str:
    """Give a key that all versions of one song by the same main artist share.

    Returns
    -------
    str
        ``artist|song`` in folded letters without gaps. Empty if the title is blank: an unknown
        title is no version of anything.

    Notes
    -----
    The main artist is the first name of the first artist ("Queen & David Bowie" gives "queen"),
    without a leading "the".

    Examples
    --------
    >>> recording_key("Yesterday - Remastered 2009", ["The Beatles"])
    'beatles|yesterday'
    """
    song = name_key(split_title(title).base).replace(" ", "")
    if not song:
        return ""
    first = next((name for name in artists if name.strip()), "")
    main = name_key(_GUESTS.sub("", first)) or name_key(first)
    return f"{main.removeprefix('the ').replace(' ', '')}|{song}"


def split_names(text: str) -> list[str]:
    """Split "A, B & C feat. D" into the names in it, as written; one name alone gives itself.

    A band may be called so, too ("Simon & Garfunkel"): compare the whole as well.
    """
    return [name.strip(" .") for name in _NAMES.split(text) if name.strip(" .")]


def _without_note(base: str, versions: list[str], featured: list[str]) -> str | None:
    """Take the last note off a title and file it; None if the end is no note."""
    for match in (_BRACKET.search(base), _NESTED.search(base)):
        if match and base[: match.start()].strip():
            note = next(group for group in match.groups() if group is not None).strip()
            if _file(note, versions, featured):
                return base[: match.start()].rstrip()
    for match in reversed(list(_DASH.finditer(base))):
        note = base[match.end() :].strip()
        if not base[: match.start()].strip() or _is_torn(note):
            continue
        if _file(note, versions, featured):
            return base[: match.start()].rstrip()
    if (match := _FEATURED_PLAIN.search(base)) and base[: match.start()].strip():
        featured[:0] = split_names(match.group(1))
        return base[: match.start()].rstrip()
    if (match := _PLAIN_VERSION.search(base)) and base[: match.start()].strip():
        versions.append((match.group(1) or match.group(2)).strip())
        return base[: match.start()].rstrip()
    return None


def _is_torn(note: str) -> bool:
    """Tell whether a bracket is closed that was opened before the note."""
    return any(note.count(first) != note.count(last) for first, last in _PAIRS)


def _file(note: str, versions: list[str], featured: list[str]) -> bool:
    folded = fold(note)
    guests = _FEATURED.fullmatch(note)
    if guests and not is_version(folded):
        featured[:0] = split_names(guests.group(1))
        return True
    if not folded or is_version(folded):
        versions.extend([note] if note else [])
        return True
    return False
