"""Who plays a track, in all the ways in which it is written, and whether two mean the same people.

Several artists stand in one name or in several, in any order, with guests in the title; a name may
be followed by itself in another script ("G.E.M. 邓紫棋"), turned round ("Joel, Billy") or longer
("The Jimi Hendrix Experience").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from murecom.library.groups import NOBODY
from murecom.store.spelling import distance
from murecom.text.fold import fold, name_key
from murecom.text.names import split_names
from murecom.text.romanise import loose, romanise, script_of

WRITTEN, READ, LONGER, MISSPELT = 1.0, 0.95, 0.9, 0.8
"How sure the same name is: letter by letter, across scripts, with more words, with a slip."

GUESTS = 0.82
"""How sure the same people are if one names guests whom the other does not, or the main artist of
one is a guest of the other: enough where durations agree, see `matching.SAME`. Among tracks of
real playlists half of such pairs were remixes and covers ("feat. …" of another release)."""

PARTLY = 0.75
"Each has somebody of their own: never enough."

_BRACKETS = re.compile(r"[(\[（【](.*?)[)\]）】]")
_RUNS = re.compile(
    r"[^\u1100-\u11ff\u3041-\u9fff\uac00-\ud7af]+|[\u1100-\u11ff\u3041-\u9fff\uac00-\ud7af]+"
)
_AND_THE = re.compile(r"\s+and\s+(?=the\s)", re.IGNORECASE)
_JUNIOR = re.compile(r",\s*((?:jr|sr)\b)", re.IGNORECASE)
_LEET = (("$", "s"), ("!", "i"), ("@", "a"))

# What a bracket behind a name says of somebody without naming anybody.
_TOLD = frozenset((
    "us", "usa", "uk", "gb", "ca", "au", "de", "fr", "se", "no", "jp", "kr", "cn", "tw", "band",
    "group", "artist", "singer", "rapper", "dj", "producer", "official", "2", "3", "乐队", "歌手",
))  # fmt: skip

# Words that make of a name the name of others.
_OTHERS = frozenset((
    "tribute", "karaoke", "cover", "covers", "orchestra", "symphony", "philharmonic", "ensemble",
    "choir", "quartet", "players", "trio", "jr", "junior", "string", "piano", "lullaby",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """One name: folded without gaps, its words in alphabetical order, its script, other forms."""

    text: str
    words: tuple[str, ...]
    script: str
    forms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Performers:
    """Who plays: all names, those of the first artist, and who else; all empty if unknown.

    A name that may be several people stands in `wholes` with them; each of the people has one or
    several names, as one may be called in two scripts.
    """

    all: tuple[Name, ...] = ()
    main: tuple[Name, ...] = ()
    wholes: tuple[tuple[Name, tuple[tuple[Name, ...], ...]], ...] = ()
    forms: frozenset[str] = frozenset()
    "The forms of all names together, by which most differences are seen at once."


def performers(artists: Sequence[str], guests: Sequence[str] = ()) -> Performers:
    """Take the artists of a track apart.

    Parameters
    ----------
    artists : sequence of str
        As written; the first is the main one. Empty names and "Various Artists" are nobody.
    guests : sequence of str
        Named by the title.
    """
    wholes = [whole for artist in artists if (whole := _people(artist)) is not None]
    if not wholes:
        return Performers()
    main = (wholes[0][0], *(wholes[0][1][0] if wholes[0][1] else ()))
    wholes += [whole for guest in guests if (whole := _people(guest)) is not None]
    everyone: dict[Name, None] = {}
    for name, people in wholes:
        everyone[name] = None
        everyone.update(dict.fromkeys(one for person in people for one in person))
    forms = frozenset().union(*(name.forms for name in everyone))
    return Performers(tuple(everyone), main, tuple(wholes), forms)


def same_performers(first: Performers, second: Performers) -> float:
    """Tell how surely two tracks are played by the same.

    Returns
    -------
    float
        1 where the main artist of each plays in the other, less where a name had to be read across
        scripts, is longer or misspelt; at most `GUESTS` where one names more people or only one
        of the main artists plays in the other, `PARTLY` where each has somebody of their own; 0 for
        different people, and where either is unknown.
    """
    if not first.all or not second.all:
        return 0.0
    there, back = _best(first.main, second), _best(second.main, first)
    if not there and not back:
        return 0.0
    here, beyond = _has_more(first, second), _has_more(second, first)
    if here and beyond:
        return PARTLY
    if not there or not back:
        return GUESTS
    return min(there, back) * (GUESTS if here or beyond else 1.0)


def _has_more(first: Performers, second: Performers) -> bool:
    """Tell whether the first names somebody whom the second does not."""
    return any(
        not _best((whole,), second) and any(not _best(person, second) for person in people)
        for whole, people in first.wholes
    )


@lru_cache(maxsize=100_000)
def block_keys(name: str) -> tuple[str, ...]:
    """Give the keys under which artists are looked for who may be the same.

    All spellings and readings of one name share a key; different names may, too. A key is the
    letters of the name in alphabetical order, so that turned names meet.
    """
    return tuple(dict.fromkeys(block_key(one.text) for one in _names(name)))


@lru_cache(maxsize=200_000)
def block_key(text: str) -> str:
    """Give the letters of a text in alphabetical order, all habits of scripts evened out."""
    letters = romanise(text)
    for script in ("han", "kana", "hangul", "other"):
        letters = loose(letters, script)
    return "".join(sorted(letters)) or fold(text)


def _names(artist: str) -> tuple[Name, ...]:
    """Give all names in one: the whole, its parts, what stands in brackets, each script."""
    return performers((artist,)).all


@lru_cache(maxsize=100_000)
def _people(artist: str) -> tuple[Name, tuple[tuple[Name, ...], ...]] | None:
    """Give a whole name and the people who may be in it, each by all their names; None if nobody.

    What stands in brackets and in another script are further names of the same people.
    """
    artist = _JUNIOR.sub(r" \1", artist)
    inside = [text for text in _BRACKETS.findall(artist) if name_key(text) not in _TOLD]
    outside = " ".join(_BRACKETS.sub(" ", artist).split()) or artist
    whole = _name(outside)
    if not whole.text or name_key(outside) in NOBODY:
        return None
    parts = [part for side in _AND_THE.split(outside) for part in split_names(side)]
    people = [_in_scripts(part) for part in (parts if len(parts) > 1 else [outside])]
    if len(people) > 1:  # of several people no single word tells anything
        whole = replace(whole, words=())
    if len(people) == 1:
        people[0] += [name for text in inside for name in _in_scripts(text)]
    else:
        people += [_in_scripts(text) for text in inside]
    named = (tuple(name for name in person if name.text) for person in people)
    return whole, tuple(person for person in named if person)


def _in_scripts(text: str) -> list[Name]:
    runs = [run for run in _RUNS.findall(text) if len(name_key(run)) > 1]
    is_mixed = len({script_of(run) for run in runs}) > 1
    return [_name(text), *(map(_name, runs) if is_mixed else ())]


def _name(text: str) -> Name:
    key = name_key(text)
    words = key.split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    elif len(words) > 1 and words[-1] == "the":
        words = words[:-1]
    forms = {"".join(words), "".join(sorted(words))}
    if any(sign in text for sign, _ in _LEET):
        spelt = text
        for sign, letter in _LEET:
            spelt = spelt.replace(sign, letter)
        forms.add(name_key(spelt).replace(" ", ""))
    return Name("".join(words), tuple(sorted(words)), script_of(text), frozenset(forms - {""}))


def _best(names: Sequence[Name], others: Performers) -> float:
    if any(name.forms & others.forms for name in names):
        return WRITTEN
    return max(
        (_alike(name, other) for name in names for other in others.all),
        default=0.0,
    )


@lru_cache(maxsize=100_000)
def _alike(a: Name, b: Name) -> float:
    if a.script != b.script and _sound_alike(a, b):
        return READ
    few, many = (a, b) if len(a.words) < len(b.words) else (b, a)
    more = set(many.words) - set(few.words)
    if len(few.words) > 1 and set(few.words) <= set(many.words) and not more & _OTHERS:
        return LONGER
    if more & _OTHERS or a.script or b.script or min(len(a.text), len(b.text)) < 6:
        return 0.0
    most = 1 if min(len(a.text), len(b.text)) < 10 else 2
    return MISSPELT if distance(a.text, b.text, most) <= most else 0.0


def _sound_alike(a: Name, b: Name) -> bool:
    if a.script and b.script:
        return False
    foreign, latin = (a, b) if a.script else (b, a)
    read = loose(foreign.text, foreign.script)
    if read == loose(latin.text, foreign.script):
        return True
    # "Lijun Deng": Latin habits put the family name last.
    return sorted(read) == sorted(loose(latin.text, foreign.script)) and any(
        read == loose("".join(turned), foreign.script)
        for turned in (latin.words, latin.words[1:] + latin.words[:1], latin.words[::-1])
    )
