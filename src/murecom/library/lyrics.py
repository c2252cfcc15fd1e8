"""The words of a song: LRC and plain text taken apart.

Lyrics come from tags and from files beside the music (`lyrics_files.py` finds them), written by
players, karaoke programs and web sites. What is sung is told from what is not: time stamps,
headers, credits, notices of the site, section marks, translations doubled under the same stamp.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from dataclasses import dataclass, field, replace

from murecom.library.credits import is_instrumental, is_mark, read_credit
from murecom.text.fold import name_key
from murecom.text.language import Language, guess_language
from murecom.text.repair import repair

LONGEST = 200_000
"Characters read of lyrics: more than any song has, and a whole opera."

_EDGE = 3
"Lines of song after which a doubtful line is no credit any more."

_FEW = 3
'A text with fewer lines than this beside the words "纯音乐" has nothing to sing: titles, names.'

_STAMP = re.compile(r"[\[【]\s*(-?\d{1,4})\s*:\s*(\d{1,2})(?:\s*([.:])\s*(\d{1,3}))?\s*[\]】]")
_HOURS = re.compile(r"\[(\d{1,2}):(\d{1,2}):(\d{1,2})\.(\d{1,3})\]")
_MILLISECONDS = re.compile(r"\[(\d{1,8}),\d{1,8}\]")
_WORD_STAMP = re.compile(r"<-?\d{1,4}:\d{1,2}(?:[.:]\d{1,3})?>|<\d+,\d+(?:,-?\d+)?>")
_WORD_MILLISECONDS = re.compile(r"\(\d+,\d+(?:,\d+)?\)")
_HEADER = re.compile(r"\[\s*([A-Za-z]{1,12}|#)\s*[:：](.*)\]?\s*$")
_KNOWN = """
ti ar al au by offset length re ve tool la lr lang language kana id hash total sign qq encoding key
minor manualoffset akf mb genre year album artist title composer t_time #
"""
_HEADERS = frozenset(_KNOWN.split())
_SECTION = re.compile(r"[\[【][^\[\]【】]{1,60}[\]】]")
_BREAK = re.compile(r"<\s*br\s*/?\s*>|\r\n?|[\n\v\f\x1c-\x1e\x85\u2028\u2029]", re.IGNORECASE)
_SEPARATORS = "%$#&*+=?!"
"Signs below 0x40, which no East Asian encoding uses inside a character."


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is sung; `at` in seconds from the start, where the source tells."""

    text: str
    at: float | None = None
    translation: str | None = None


@dataclass(frozen=True, slots=True)
class Lyrics:
    """The words of a track and what was written around them.

    Attributes
    ----------
    lines : tuple of Line
        In order of time; an empty `text` is a gap. Empty when there are no words.
    credits : tuple of (role, names)
        "作词" → "方文山"; notices of web sites have an empty role.
    headers : mapping of str to str
        ``ti``, ``ar``, ``al``, ``by`` … of an LRC file, in lower case.
    is_instrumental : bool
        The source says that there is nothing to sing.
    language : str or None
        See `text.language.guess_language`; of the lines, not of their translations.
    source : str
        "tag", "file" or empty for text from elsewhere.
    path : str or None
        The file of the lyrics, where it is not the music itself.
    notes : tuple of str
        What was wrong, for a user.
    """

    lines: tuple[Line, ...] = ()
    credits: tuple[tuple[str, str], ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    is_instrumental: bool = False
    language: Language | None = None
    source: str = ""
    path: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words alone, a line each, one empty line for every gap."""
        return "\n".join(line.text for line in self.lines)

    @property
    def translation(self) -> str:
        """The translated lines alone."""
        return "\n".join(line.translation for line in self.lines if line.translation)

    @property
    def is_timed(self) -> bool:
        """Whether lines have times."""
        return any(line.at is not None for line in self.lines)

    @property
    def has_words(self) -> bool:
        """Whether there is anything to sing."""
        return bool(self.lines)


def parse_lyrics(text: str) -> Lyrics:
    r"""Take lyrics apart; never fails.

    Parameters
    ----------
    text : str
        LRC (several stamps on a line, ``<mm:ss.xx>`` in words, ``[offset:±ms]``), the variants of
        NetEase (JSON credits), Kugou and QQ (millisecond stamps), or plain text.

    Returns
    -------
    Lyrics
        Stamps are never below 0. Blank text, or one that only says that there are no lyrics, gives
        no lines.

    Notes
    -----
    ``[offset:500]`` makes everything appear half a second sooner, as in the players that invented
    it. A second text under the stamp of a first is its translation if the second texts of the file
    are together in another language than the first ones; else both are sung. Translations of files
    without stamps cannot be told and stay among the lines.

    Examples
    --------
    >>> parse_lyrics("[ti:Home]\n[00:05.5]Home <00:06.1>again").lines
    (Line(text='Home again', at=5.5, translation=None),)
    """
    notes: tuple[str, ...] = ()
    if len(text) > LONGEST:
        text, notes = text[:LONGEST], ("The lyrics are too long: the end was left out.",)
    rows = [_visible(row) for row in _BREAK.split(_mended(html.unescape(text)))]
    headers: dict[str, str] = {}
    credits: dict[tuple[str, str], None] = {}
    sung: list[Line] = []
    says_instrumental = False
    for row in rows:
        stamps, rest = _stamps(row)
        if not stamps and (header := _HEADER.match(row)) and header[1].lower() in _HEADERS:
            headers.setdefault(header[1].lower(), header[2].strip().rstrip("]").strip())
            continue
        rest = _json_credit(rest)
        if is_instrumental(rest):
            says_instrumental = True
            continue
        is_edge = sum(bool(line.text) for line in sung[: 4 * _EDGE]) < _EDGE
        credit = read_credit(rest, is_edge=is_edge) if rest else None
        if credit is not None:
            if credit[1]:
                credits.setdefault(credit)
            continue
        if rest and (is_mark(rest) or _SECTION.fullmatch(rest)):
            rest = ""
            if not stamps:
                continue
        sung += [Line(rest, at) for at in stamps] or [Line(rest)]
    if any(line.at is not None for line in sung):
        sung = [line for line in sung if line.text or line.at is not None]
    sung = _without_name(sung, headers)
    lines = _trimmed(_paired(_ordered(sung, _offset(headers))))
    if is_empty := says_instrumental and len(lines) < _FEW:
        lines = []
    return Lyrics(
        lines=tuple(lines),
        credits=tuple(credits),
        headers=headers,
        is_instrumental=is_empty,
        language=guess_language("\n".join(line.text for line in lines)),
        notes=notes,
    )


def _visible(row: str) -> str:
    """Make one line presentable: no control characters, NFC, single spaces."""
    shown = "".join(
        " " if unicodedata.category(c) in ("Cc", "Cs") else c
        for c in row
        if c not in "\ufeff\u200b"
    )
    return " ".join(unicodedata.normalize("NFC", shown).split())


def _mended(text: str) -> str:
    """Undo a wrong encoding of the whole text; `repair` takes one line, so lines are joined."""
    if text.isascii():
        return text
    rows = _BREAK.split(text)
    sign = next((sign for sign in _SEPARATORS if sign not in text), None)
    if sign is None:
        return "\n".join(map(repair, rows))
    return "\n".join(repair(sign.join(rows)).split(sign))


def _stamps(row: str) -> tuple[list[float], str]:
    """Split the leading stamps off a line, and take those inside away."""
    stamps: list[float] = []
    while True:
        if match := _HOURS.match(row):
            hours, minutes, seconds, part = match.groups()
            stamps.append(3600 * int(hours) + 60 * int(minutes) + _seconds(seconds, part))
        elif match := _STAMP.match(row):
            minutes, seconds, _, part = match.groups()
            stamps.append(60 * int(minutes) + _seconds(seconds, part))
        elif match := _MILLISECONDS.match(row):
            stamps.append(int(match[1]) / 1000)
            row = _WORD_MILLISECONDS.sub("", row)
        else:
            break
        row = row[match.end() :].lstrip()
    for inner in (_HOURS, _STAMP, _WORD_STAMP):
        row = inner.sub("", row)
    return [max(stamp, 0.0) for stamp in stamps], " ".join(row.split())


def _seconds(whole: str, part: str | None) -> float:
    return int(whole) + (int(part) / 10 ** len(part) if part else 0.0)


def _json_credit(row: str) -> str:
    """Read the lines of JSON that NetEase puts before the song."""
    if not (row.startswith('{"') and row.endswith("}")):
        return row
    try:
        parts = json.loads(row)["c"]
        return " ".join("".join(str(part["tx"]) for part in parts).split())
    except (ValueError, KeyError, TypeError, RecursionError):
        return row


def _offset(headers: dict[str, str]) -> float:
    match = re.fullmatch(r"([+-]?\d{1,7})(?:\.\d*)?\s*(?:ms)?", headers.get("offset", ""))
    return int(match[1]) / 1000 if match else 0.0


def _without_name(lines: list[Line], headers: dict[str, str]) -> list[Line]:
    """Drop "Title - Artist", with which QQ's files begin."""
    title, artist = name_key(headers.get("ti", "")), name_key(headers.get("ar", ""))
    if title and artist and lines:
        names = {f"{title} {artist}", f"{artist} {title}"}
        return [
            line for n, line in enumerate(lines) if n >= _EDGE or name_key(line.text) not in names
        ]
    return lines


def _ordered(lines: list[Line], offset: float) -> list[Line]:
    """Sort by time; lines without one stay behind the line they follow."""
    last = 0.0
    keyed = []
    for line in lines:
        if line.at is not None:
            line = replace(line, at=round(max(line.at - offset, 0.0), 3))
            last = line.at or 0.0
        keyed.append((last, line))
    return [line for _, line in sorted(keyed, key=lambda pair: pair[0])]


def _paired(lines: list[Line]) -> list[Line]:
    """Make the second and later texts of a time translations, where they are."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and line.at is not None and groups[-1][0].at == line.at:
            if line.text and all(line.text != other.text for other in groups[-1]):
                groups[-1].append(line)
        else:
            groups.append([line])
    # a gap under the stamp of a text is none
    groups = [[one for one in group if one.text] or group[:1] for group in groups]
    doubled = [group for group in groups if len(group) > 1]
    first = guess_language("\n".join(group[0].text for group in doubled))
    second = guess_language("\n".join(group[1].text for group in doubled))
    if first == second:
        return [line for group in groups for line in group]
    return [
        replace(group[0], translation=" / ".join(line.text for line in group[1:]) or None)
        for group in groups
    ]


def _trimmed(lines: list[Line]) -> list[Line]:
    """Drop gaps at both ends and repeated ones."""
    kept: list[Line] = []
    for line in lines:
        if line.text or (kept and kept[-1].text):
            kept.append(line)
    if kept and not kept[-1].text:
        kept.pop()
    return kept
