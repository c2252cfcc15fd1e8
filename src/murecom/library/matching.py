"""Whether two tracks are the same recording, by their ids, names and durations.

Pure comparison, no database. `described` takes a track apart once, `compare` puts two of them
beside each other. What counts and why is written in docs/matching.md; the figures were chosen on
the tuning half of benchmarks/matching_pairs.tsv.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from murecom.library.performers import (
    GUESTS,
    MISSPELT,
    PARTLY,
    READ,
    Performers,
    block_key,
    performers,
    same_performers,
)
from murecom.store.spelling import distance
from murecom.text.fold import fold, name_key
from murecom.text.names import split_title
from murecom.text.recordings import version_keys
from murecom.text.romanise import loose, script_of
from murecom.types import Track

SAME = 0.8
"Likeness from which two tracks are taken for one recording."

LIKELY = 0.79
"Likeness from which a track that only differs in guests is taken for a name without duration."

SHORTENED = 0.82
"How sure the same title is of which one lacks a bracket: enough where durations agree."

UNKNOWN = 0.97
"What stands for durations of which one is not known."

TIGHT, USUAL, WIDE = 2.5, 5.0, 10.0
"Seconds between durations: of one master, of two masters, at most."

STRETCH = 0.03
"Share of a long duration that is allowed beyond `WIDE`; fades differ more at the end of long ones."

FAR = 15.0
"Seconds from which an ISRC or MBID is doubted, if the titles differ as well: badly tagged albums."

KINDS = ("mbid", "isrc")
"Ids that name a recording wherever it is released, in the order in which they are asked."

_BRACKET = re.compile(r"\s*[(\[（【《](.*?)[)\]）】》]\s*")
_KEEPS = re.compile(
    r"\b(?:part|pt|pts|parts|vol|reprise|intro|outro|interlude|skit|prelude|epilogue|chapter|"
    r"act|scene|continued|i[ivx]+|vi*|\w*\d\w*)\b|[上下篇]$"
)
_MANY = frozenset((
    "intro", "outro", "interlude", "skit", "untitled", "prelude", "prologue", "epilogue",
    "overture", "hiddentrack", "bonustrack", "track", "maintheme", "序曲", "前奏", "间奏",
))  # fmt: skip
_FEW = frozenset(("theme", "finale"))
_UNNAMED = re.compile(r"(?:track|audiotrack|title|titel|piste|untitled)\d+|0\d")
_WORK = re.compile(
    r"\b(?:op|bwv|hwv|kv|rv) ?\d|\bin [a-h](?: sharp| flat)? (?:major|minor|dur|moll)\b|"
    r"\b(?:symphony|sonata|concerto|nocturne|etude|mazurka|prelude|waltz|quartet|suite)\b.*\bno ?\d"
)
_CUT = re.compile(r"\b(?:single|ep|original) (?:version|mix|edit)\b|\bsingle\b")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8"}
_SAME_SIGNS = str.maketrans({"妳": "你", "祢": "你"})


@dataclass(frozen=True, slots=True)
class Title:
    """A title: all of it without gaps, without its brackets, what is in them; version and film."""

    full: str
    outer: str
    inner: str
    script: str
    words: tuple[str, ...]
    versions: frozenset[str]
    origins: frozenset[str]
    featured: tuple[str, ...]
    is_cut: bool
    "Whether it is called a version of a single, which may be shorter than that of the album."

    @property
    def forms(self) -> tuple[str, ...]:
        """Give what it may be called elsewhere."""
        return tuple(dict.fromkeys(form for form in (self.full, self.outer, self.inner) if form))


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """A track taken apart for comparing; `ids` are those of `KINDS`, `duration` in seconds."""

    title: Title
    performers: Performers
    duration: float | None
    ids: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How surely two tracks are the same recording, 0..1, and `how` that was found out.

    `how` is "mbid", "isrc", "name" (letter by letter, but for folding), "guests" (one names more
    artists), "near name" (shortened, misspelt), "romanised", or empty for different recordings.
    """

    score: float
    how: str = ""

    @property
    def is_same(self) -> bool:
        """Whether it reaches `SAME`."""
        return self.score >= SAME


_NONE = Likeness(0.0)


def described(track: Track) -> Described:
    """Take a track apart."""
    title = _title(track.title or "")
    return Described(
        title,
        _performers(track.artists, title.featured),
        track.duration if track.duration and track.duration > 0 else None,
        {kind: value for kind in KINDS if (value := plain_id(kind, track.ids.get(kind)))},
    )


def plain_id(kind: str, value: str | None) -> str:
    """Give an id of `KINDS` in one way of writing; empty if there is none or it cannot be one."""
    plain = (value or "").strip()
    if kind == "isrc":
        plain = plain.replace("-", "").replace(" ", "").upper()
        return plain if re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}\d{7}", plain) else ""
    plain = plain.rsplit("/", 1)[-1].lower()
    return plain if re.fullmatch(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", plain) else ""


def spellings(kind: str, plain: str) -> list[str]:
    """List how files and services write an id that `plain_id` gave."""
    ways = [plain, plain.lower(), plain.upper()]
    if kind == "isrc":
        dashed = f"{plain[:2]}-{plain[2:5]}-{plain[5:7]}-{plain[7:]}"
        ways += [dashed, dashed.lower()]
    return list(dict.fromkeys(ways))


def compare(first: Described, second: Described) -> Likeness:
    """Tell how surely two tracks are the same recording.

    Parameters
    ----------
    first, second : Described
        In any order.

    Returns
    -------
    Likeness
        1 for a common MBID or ISRC. Else the product of what titles, artists and durations say; 0
        for tracks without a title or an artist, of different versions, or by different artists.
    """
    for kind in KINDS:
        value = first.ids.get(kind)
        if value and value == second.ids.get(kind) and not _contradicts(first, second):
            return Likeness(1.0, kind)
    title = same_title(first.title, second.title)
    if not title:
        return _NONE
    near = _durations(first.duration, second.duration)
    if not _same_versions(first.title, second.title, near >= 1):
        return _NONE
    people = same_performers(first.performers, second.performers)
    if near < 1 and _is_vague(first, second, people):
        near *= 0.7
    elif near == UNKNOWN and (_is_work(first.title) or first.title.is_cut != second.title.is_cut):
        near *= SHORTENED
    if (
        people == GUESTS
        and near > UNKNOWN
        and _is_work(first.title)
        and _begin_alike(first, second)
    ):
        people = PARTLY
    score = title * people * near
    if title == people == 1:
        how = "name"
    elif title == 1 and people == GUESTS:
        how = "guests"
    elif title in (1, READ) and people in (1, READ) and _is_read(first, second):
        how = "romanised"
    else:
        how = "near name"
    return Likeness(score, how) if score else _NONE


def same_title(first: Title, second: Title) -> float:
    """Tell how surely two titles, versions aside, name the same song."""
    if not first.full or not second.full:
        return 0.0
    if first.full == second.full:
        return 1.0
    if _is_translated(first, second) or _is_translated(second, first):
        return READ
    if first.full == second.outer or first.outer == second.full:
        return SHORTENED
    if bool(first.script) != bool(second.script):
        foreign, latin = (first, second) if first.script else (second, first)
        theirs = {loose(form, foreign.script) for form in (latin.full, latin.outer)}
        return READ if loose(foreign.outer, foreign.script) in theirs else 0.0
    return MISSPELT if _is_slip(first, second) else 0.0


def _is_vague(first: Described, second: Described, people: float) -> bool:
    """Tell whether a title is of so little weight that durations must agree.

    One artist may have many called "Intro". A number or "Theme" is enough with an artist who is the
    same letter by letter.
    """
    a, b = first.title, second.title
    if a.full in _MANY or _UNNAMED.fullmatch(a.full):
        return True
    if a.full in _FEW or a.full.isdigit():
        return people < 1 or a.words != b.words or a.origins != b.origins
    return False


def _is_work(title: Title) -> bool:
    """Tell whether this is a piece that many have recorded, its composer named as an artist."""
    return _WORK.search(" ".join(title.words)) is not None


def _begin_alike(first: Described, second: Described) -> bool:
    """Tell whether the first artists are the same: of a piece, the composer."""
    theirs = {form for name in second.performers.main for form in name.forms}
    return any(name.forms & theirs for name in first.performers.main)


def _is_translated(first: Title, second: Title) -> bool:
    """Tell whether the first says in two languages what the second says in one of them or both."""
    if not first.inner:
        return False
    if second.full in (first.outer, first.inner):
        return True
    return first.inner == second.outer and first.outer == second.inner


def title_blocks(title: Title) -> tuple[str, ...]:
    """Give the keys under which tracks are looked for whose title may be the same."""
    return tuple(dict.fromkeys(block_key(form) for form in title.forms))


@lru_cache(maxsize=50_000)
def _performers(artists: tuple[str, ...], guests: tuple[str, ...]) -> Performers:
    return performers(artists, guests)


@lru_cache(maxsize=50_000)
def _title(text: str) -> Title:
    parts = split_title(text)
    base = parts.base.translate(_SAME_SIGNS)
    versions, origins = version_keys(parts.versions)
    inside = " ".join(_BRACKET.findall(base))
    outside = " ".join(_BRACKET.sub(" ", base).split())
    words = _words(base)
    outer = "".join(_words(outside))
    if not outer or _KEEPS.search(name_key(inside)):
        outer, inside = "".join(words), ""
    is_translated = inside and script_of(inside) != script_of(outside)
    return Title(
        "".join(words),
        outer,
        "".join(_words(inside)) if is_translated else "",
        script_of(outside or base),
        tuple(words),
        versions,
        origins,
        parts.featured,
        any(_CUT.search(fold(note)) for note in parts.versions),
    )


def _words(base: str) -> list[str]:
    words = name_key(base).split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    plain: list[str] = []
    for word in words:
        if word in ("pt", "pts", "parts"):
            word = "part"
        elif word == "n":
            word = "and"
        elif plain and plain[-1] == "part":
            word = _ROMAN.get(word, word)
        plain.append(word)
    return plain


def _same_versions(first: Title, second: Title, is_as_long: bool) -> bool:
    if first.origins and second.origins and first.origins != second.origins and not is_as_long:
        return False
    a, b = first.versions, second.versions
    if a == b:
        return True
    # "Live" beside "Live in Paris": the one says less than the other.
    few, many = (a, b) if len(a) <= len(b) else (b, a)
    return bool(
        is_as_long
        and few
        and len(few) == len(many)
        and all(any(more.startswith(one) for more in many) for one in few)
    )


def _durations(first: float | None, second: float | None) -> float:
    """Say what durations say: 1 for one master, less for unknown, far less for different ones."""
    if first is None or second is None:
        return UNKNOWN
    apart = abs(first - second)
    if apart <= TIGHT:
        return 1.0
    if apart <= USUAL:
        return 0.98
    return 0.9 if apart <= max(WIDE, STRETCH * max(first, second)) else 0.3


def _contradicts(first: Described, second: Described) -> bool:
    """Tell whether both title and duration speak against a common id."""
    if first.duration is None or second.duration is None:
        return False
    is_far = abs(first.duration - second.duration) > FAR
    return is_far and same_title(first.title, second.title) == 0


def _is_slip(first: Title, second: Title) -> bool:
    """Tell whether titles differ by a slip of the keyboard, not by a word, number or letter."""
    a, b = first.full, second.full
    shorter = min(len(a), len(b))
    if shorter < 8 or first.script or second.script or _fixed(first) != _fixed(second):
        return False
    if len(first.words) == len(second.words) and any(
        one != other and other in (f"{one}s", f"{one}es", one.removesuffix("s"))
        for one, other in zip(first.words, second.words, strict=True)
    ):
        return False  # "Girl" is not "Girls"
    most = 2 if shorter >= 16 else 1
    return distance(a, b, most) <= most


def _fixed(title: Title) -> list[str]:
    """List the words in which each sign counts: numbers, single letters."""
    return [
        word
        for word in title.words
        if len(word) == 1 or word in _ROMAN or any(letter.isdigit() for letter in word)
    ]


def _is_read(first: Described, second: Described) -> bool:
    return first.title.script != second.title.script or {
        name.script for name in first.performers.all
    } != {name.script for name in second.performers.all}


def artist_blocks(artists: Sequence[str], guests: Sequence[str]) -> tuple[str, ...]:
    """Give the keys under which tracks are looked for whose artists may be the same."""
    return tuple(
        dict.fromkeys(
            block_key(name.text) for name in performers(tuple(artists), tuple(guests)).all
        )
    )
