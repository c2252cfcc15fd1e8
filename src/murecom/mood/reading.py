"""What of a text is read: the words that somebody said, in pieces that an encoder can hold.

Addresses, names of people, marks of quoting and time stamps go; signs (emoji, [大哭], T_T) are
taken out and kept apart; long texts are cut where sentences and lines end.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from murecom.mood.cues import Cue, find_signs, find_words, without_negated
from murecom.text.fold import simplify
from murecom.text.language import guess_language

PIECE = 160
"Characters of a piece: a whole post is one, a song has ten."

MOST = 60
"Pieces of one text that are read, spread evenly over it: an opera or a log file costs no more."

LONGEST = 200_000
"Characters of a text that are looked at."

# Full-width letters and digits; signs stay, because faces are made of them.
_NARROW = {
    wide: wide - 0xFEE0
    for first, last in ("０９", "ＡＺ", "ａｚ")
    for wide in range(ord(first), ord(last) + 1)
}
_HALF = re.compile("[\ud800-\udfff]")
_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]+|\b[\w.+-]{1,64}@[\w-]{1,255}\.[\w.]+\b")
_QUOTED = re.compile(r"//\s*@[^\s:：,，]{1,30}\s*[:：]?|回复\s*@[^\s:：]{1,30}\s*[:：]|\bRT\b\s*@?")
_PERSON = re.compile(r"@[\w\-·]{1,30}")
_STAMP = re.compile(r"[\[<【]\s*-?\d{1,3}\s*:\s*\d{1,2}(?:\s*[.:]\s*\d{1,3})?\s*[\]>】]")
_HEADER = re.compile(r"^\[(?:ti|ar|al|by|offset|length|re|ve|tool|la|id)\s*:.*?\]\s*$", re.I | re.M)
_TOPIC = re.compile(r"#([^#\s]{1,40})#?")
_REPEATED = re.compile(r"(.{1,3}?)\1{3,}", re.DOTALL)
_END = re.compile(r"(?<=[.!?。！？…\n;；])")
_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[a-zA-Z]")
# Scripts of the languages that the encoder was trained on: Latin, Cyrillic, Arabic, Thai, kana,
# Han, Hangul.
_KNOWN = re.compile(
    "[A-Za-z\u00c0-\u024f\u0400-\u04ff\u0600-\u06ff\u0e00-\u0e7f\u3041-\u30ff\u3400-\u9fff"
    "\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff]"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a text: `words` for the encoder, what was found in them, and how much it is."""

    words: str
    cues: tuple[Cue, ...]
    letters: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A text taken apart; no pieces where there is nothing to read."""

    pieces: tuple[Piece, ...]
    language: str | None


def read_text(text: str) -> Reading:
    """Take a text apart.

    An empty text, numbers, punctuation, one Latin letter, and scripts that the encoder does not
    know give no pieces, unless there is a sign among them.

    Examples
    --------
    >>> [piece.words for piece in read_text("//@somebody: 好听！！！！！！ https://a.b/c").pieces]
    ['好听！！！']
    """
    text = text[:LONGEST]
    if _HALF.search(text):  # pairs become what they stand for, lone halves U+FFFD
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if "&" in text:
        text = html.unescape(text)
    for pattern in (_HEADER, _STAMP, _ADDRESS, _QUOTED, _PERSON):
        text = pattern.sub(" ", text)
    text = _TOPIC.sub(r" \1 ", text)
    text = _REPEATED.sub(r"\1\1\1", text)
    language = guess_language(text)
    if language == "zh":
        text = simplify(text)
    pieces = []
    for part in _parts(text):
        signs, words = find_signs(part)
        words = " ".join(words.translate(_NARROW).split())
        letters = len(_LETTER.findall(words))
        known = len(_KNOWN.findall(words))
        latin = len(_LATIN.findall(words))
        if known < 2 and latin == known:
            words = ""  # "a", "1", "!!!": nothing was said
        elif known * 2 < letters:
            words = ""
        found = find_words(words) if words else []
        cues = (*signs, *found)
        if words or cues:
            words = without_negated(words, found, language)
            pieces.append(Piece(words, cues, known if words else 1))
    return Reading(tuple(pieces), language)


def words_of(text: str) -> str:
    """Give what of a text is read, as one line; empty where nothing is."""
    return " ".join(piece.words for piece in read_text(text).pieces if piece.words)


def _parts(text: str) -> list[str]:
    """Cut a text into pieces of about `PIECE` characters where sentences and lines end."""
    if len(text) <= PIECE and text.count("\n") < 4:
        return [text]
    parts: list[str] = []
    for sentence in _END.split(text):
        if parts and len(parts[-1]) + len(sentence) <= PIECE / 2:
            parts[-1] += sentence
        else:
            parts.extend(sentence[k : k + PIECE] for k in range(0, len(sentence), PIECE))
    parts = [part for part in parts if part.strip()]
    if len(parts) > MOST:
        step = len(parts) / MOST
        parts = [parts[int(k * step)] for k in range(MOST)]
    return parts
