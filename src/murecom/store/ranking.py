"""How well a track fits a query for a name: one rule for all candidates.

From best to worst: the exact title or "artist title"; the title then the artist; a title that
begins with the query; an artist of that name; a title or artist that begins with these letters; the
words in a row within the title; all words in the title, in title and artists, in album too. Within
a tier, more of the name covered is better.
"""

from __future__ import annotations

from dataclasses import dataclass

from murecom.text.fold import fold, name_key
from murecom.text.tokens import is_unspaced, query_terms

EXACT, NEARLY, TURNED, GLUED = 1.0, 0.99, 0.98, 0.97
TITLE_START, ARTIST, LETTERS_START = 0.88, 0.86, 0.80
PHRASE, IN_TITLE, IN_NAME, ANYWHERE = 0.70, 0.65, 0.58, 0.52
RESPELT, LOOSE = 0.45, 0.40

_SPAN = 0.05
"What full coverage adds; less than the step to the next tier."

_UNFINISHED = 0.02
"What it costs when the last word is only the beginning of one that is there."

_TERMS = 16
"Terms that are looked up; nobody remembers more words of a name."


@dataclass(frozen=True, slots=True)
class Candidate:
    """A track as far as its score needs it: names as written and their keys."""

    pk: int
    title: str
    key: str
    artists: tuple[str, ...]
    artist_keys: tuple[str, ...]


class Query:
    """A query taken apart once.

    Attributes
    ----------
    key : str
        Its words; empty if there is nothing to look for.
    terms : list of str
        What the name index is asked for, at most 16.
    is_prefix : bool
        Whether the last term may be unfinished: only words of spaced scripts can.
    """

    def __init__(self, text: str) -> None:
        self.key = name_key(text)
        self.terms = query_terms(text)[:_TERMS]
        self.is_prefix = bool(self.terms) and not is_unspaced(self.terms[-1])
        self._folded = fold(text)
        self._glued = self.key.replace(" ", "")
        # Looked for in a name with a gap before and after: whole words, or neighbouring characters.
        whole = [term if is_unspaced(term) else f" {term} " for term in self.terms]
        self._needles = whole
        self._unfinished = [*whole[:-1], whole[-1].rstrip()] if self.is_prefix else whole

    def score(self, candidate: Candidate, least: float = ANYWHERE) -> float:
        """Score a candidate, 0..1; `least` if it came up for a reason that is not seen here."""
        key, title = self.key, candidate.key
        artists = candidate.artist_keys
        if len(artists) > 1:
            artists = (*artists, " ".join(artists))
        written = [f"{artist} {title}" for artist in artists] if title else []
        if key == title or key in written:
            return EXACT if self._is_written(candidate) else NEARLY
        if title and any(key == f"{title} {artist}" for artist in artists):
            return TURNED
        if title.startswith(key):
            return self._start(title)
        if key in artists:
            return ARTIST
        if self._is_glued(title, artists):
            return GLUED
        for name in written:
            if name.startswith(key):
                return self._start(name)
        return max(least, self._by_terms(title, candidate.artist_keys))

    def _is_written(self, candidate: Candidate) -> bool:
        """Tell whether the signs agree as well: "C#" is not "C"."""
        title, artists = candidate.title, candidate.artists
        if self._folded == fold(title):
            return True
        names = dict.fromkeys((*artists, " ".join(artists), ", ".join(artists)))
        forms = (f"{name}{gap}{title}" for name in names for gap in (" ", " - "))
        return any(self._folded == fold(form) for form in forms)

    def _is_glued(self, title: str, artists: tuple[str, ...]) -> bool:
        """Tell whether only gaps differ, as in 周杰伦晴天 for 晴天 by 周杰伦."""
        glued, name = self._glued, title.replace(" ", "")
        if not name or name not in glued:
            return False
        rest = {glued.removeprefix(name), glued.removesuffix(name)}
        return "" in rest or any(artist.replace(" ", "") in rest for artist in artists)

    def _start(self, name: str) -> float:
        is_whole = name.startswith(self.key + " ")
        return (TITLE_START if is_whole else LETTERS_START) + self._covered(name)

    def _by_terms(self, title: str, artists: tuple[str, ...]) -> float:
        padded = f" {title} "
        if (f" {self.key} " if self.is_prefix else self.key) in padded:
            return PHRASE + self._covered(title)
        everything = f"{padded} {' '.join(artists)} "
        for tier, name in ((IN_TITLE, padded), (IN_NAME, everything)):
            if all(needle in name for needle in self._needles):
                return tier + self._covered(everything)
            if self.is_prefix and all(needle in name for needle in self._unfinished):
                return tier - _UNFINISHED + self._covered(everything)
        return 0.0

    def _covered(self, name: str) -> float:
        return _SPAN * min(1.0, len(self.key) / max(len(name), 1))
