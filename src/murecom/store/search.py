"""Finding tracks by name.

Candidates are gathered from the cheapest source to the dearest, until there are enough of a kind
that nothing later can outrank: titles that are or begin with the query, then artists likewise
(sorted indexes), then all terms (the name index), then, when nothing was found at all, looser
readings. All are scored by one rule (`ranking.py`), whatever they came from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from murecom.store import schema
from murecom.store.base import Backend, Match
from murecom.store.loading import load_tracks, many
from murecom.store.ranking import (
    ANYWHERE,
    ARTIST,
    LETTERS_START,
    LOOSE,
    RESPELT,
    Candidate,
    Query,
)
from murecom.store.rows import batches, clean
from murecom.store.spelling import respelt
from murecom.text.tokens import is_unspaced
from murecom.types import Track

LONGEST = 200
"Characters of a query that are looked at."

_SPARE = 30
"Candidates taken beyond those wanted, so that the best of a source are not only its first."

_SPARE_TERMS = 60
"The same for the name index, whose first are no better than its last."

_FEW = 150
"Tracks of artists that are looked through for a title."

Groups = tuple[tuple[str, ...], ...]


class Search:
    """One search: what it asks and what it has found so far."""

    def __init__(self, connection: sa.Connection, backend: Backend, text: str, limit: int) -> None:
        self._connection = connection
        self._backend = backend
        self._query = Query(clean(text)[:LONGEST])
        self._limit = limit
        self._scores: dict[int, float] = {}

    def results(self) -> list[tuple[Track, float]]:
        """Give present tracks with their scores, best first; see `Tracks.search`."""
        if not self._query.key or self._limit < 1:
            return []
        self._gather()
        best = sorted(self._scores.items(), key=lambda item: (-item[1], item[0]))[: self._limit]
        tracks: dict[int, Track] = {}
        for batch in batches([pk for pk, _ in best]):
            tracks |= load_tracks(self._connection, batch)
        return [(tracks[pk], score) for pk, score in best]

    def _gather(self) -> None:
        self._score([*self._titles(), *self._pairs()])
        if self._has_enough(ARTIST):
            return
        self._score(self._by_artist())
        if self._has_enough(LETTERS_START):
            return
        self._score(self._by_terms(tuple((term,) for term in self._query.terms)))
        if self._scores:
            return
        if singles := self._singles():
            self._score(self._by_terms(singles, is_strict=True), LOOSE)
        if not self._scores:
            groups = respelt(self._connection, self._backend, self._query.terms)
            if groups:
                self._score(self._by_terms(groups, is_strict=True), RESPELT)

    def _has_enough(self, score: float) -> bool:
        return sum(found >= score for found in self._scores.values()) >= self._limit

    def _titles(self) -> Sequence[int]:
        """List tracks whose title is or begins with the query, in order of their titles."""
        return self._pks(_TITLES, **self._range(), limit=self._limit + _SPARE)

    def _pairs(self) -> Sequence[int]:
        """List tracks for which the query is "artist title" or "title artist", cut at any gap."""
        words = self._query.key.split(" ")
        if not 2 <= len(words) <= 12:
            return ()
        parts = {" ".join(words[:cut]) for cut in range(1, len(words))}
        parts |= {" ".join(words[cut:]) for cut in range(1, len(words))}
        artists = self._pks(_ARTISTS_NAMED, names=list(parts))
        if not artists:
            return ()
        values = {"artists": list(artists[:500]), "names": list(parts)}
        tracks = self._connection.execute(_OF_ARTISTS, {**values, "limit": _FEW}).all()
        if len(tracks) < _FEW:
            return [pk for pk, key in tracks if key in parts]
        # "Various Artists": start from the titles instead.
        return self._pks(_PAIRS, **values, limit=self._limit + _SPARE_TERMS)

    def _by_artist(self) -> list[int]:
        """List tracks of the artists whose names are or begin with the query, those first."""
        count = self._limit + _SPARE
        found: list[int] = []
        for artist in self._pks(_ARTISTS, **self._range(), limit=10):
            found += self._pks(_OF_ARTIST, artist=artist, limit=count)
            if len(found) >= count:
                break
        return found

    def _by_terms(self, groups: Groups, *, is_strict: bool = False) -> list[int]:
        """List tracks that have all terms: in the title or, if those are few, anywhere."""
        is_prefix = self._query.is_prefix and not is_strict
        count = self._limit + _SPARE_TERMS
        anywhere = self._backend.find(self._connection, Match(groups, is_prefix), count)
        if len(anywhere) < count:  # all there are: the dear case of long queries is asked once
            return anywhere
        in_titles = Match(groups, is_prefix, title_only=True)
        pks = self._backend.find(self._connection, in_titles, count)
        return pks if len(pks) == count else pks + anywhere

    def _singles(self) -> Groups:
        """Give the single characters of a query without gaps, as in 周杰伦晴天."""
        singles: dict[str, None] = {}
        for term in self._query.terms:
            singles.update(dict.fromkeys(term if is_unspaced(term) else (term,)))
        is_new = len(singles) > 1 and any(len(t) > 1 and is_unspaced(t) for t in self._query.terms)
        return tuple((term,) for term in singles) if is_new else ()

    def _range(self) -> dict[str, str]:
        return {"low": self._query.key, "high": self._query.key + "\U0010ffff"}

    def _pks(self, statement: sa.Select[int], **values: object) -> Sequence[int]:
        return self._connection.scalars(statement, values).all()

    def _score(self, pks: Iterable[int], least: float = ANYWHERE) -> None:
        """Score candidates; `least` is for those that do not fit as they stand."""
        fresh = list(dict.fromkeys(pk for pk in pks if pk not in self._scores))
        for batch in batches(fresh):
            for candidate in self._candidates(batch):
                self._scores[candidate.pk] = self._query.score(candidate, least)

    def _candidates(self, pks: list[int]) -> list[Candidate]:
        found: dict[int, tuple[str, str]] = {}
        artists: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
        rows = self._connection.execute(_CANDIDATES, {"pks": pks}).all()
        for pk, title, key, artist, artist_key in rows:
            found[pk] = (title or "", key)
            if artist is not None:
                artists[pk].append((artist, artist_key))
        return [
            Candidate(
                pk,
                title,
                key,
                tuple(name for name, _ in artists[pk]),
                tuple(artist_key for _, artist_key in artists[pk]),
            )
            for pk, (title, key) in found.items()
        ]


_track, _artist, _link = schema.track.c, schema.artist.c, schema.track_artist.c
_LIMIT: sa.BindParameter[int] = sa.bindparam("limit", type_=sa.Integer)

# Written once: making a statement anew costs more than running most of these.
_TITLES = (
    sa.select(_track.pk)
    .where(_track.key >= sa.bindparam("low"), _track.key < sa.bindparam("high"))
    .where(schema.is_present())
    .order_by(_track.key, _track.pk)
    .limit(_LIMIT)
)
_ARTISTS = (
    sa.select(_artist.pk)
    .where(_artist.key >= sa.bindparam("low"), _artist.key < sa.bindparam("high"))
    .order_by(_artist.key, _artist.pk)
    .limit(_LIMIT)
)
_ARTISTS_NAMED = sa.select(_artist.pk).where(_artist.key.in_(many("names")))
_OF_ARTIST = (
    sa.select(_track.pk)
    .join_from(schema.track_artist, schema.track, _link.track == _track.pk)
    .where(_link.artist == sa.bindparam("artist"), schema.is_present())
    .order_by(_link.track)
    .limit(_LIMIT)
)
_OF_ARTISTS = (
    sa.select(_track.pk, _track.key)
    .join_from(schema.track_artist, schema.track, _link.track == _track.pk)
    .where(_link.artist.in_(many("artists")), schema.is_present())
    .limit(_LIMIT)
)
_PAIRS = (
    sa.select(_track.pk)
    .where(_track.key.in_(many("names")))
    .where(
        sa.select(1)
        .where(_link.track == _track.pk, _link.artist.in_(many("artists")))
        .correlate(schema.track)
        .exists()
    )
    .where(schema.is_present())
    .limit(_LIMIT)
)
_CANDIDATES = (
    sa.select(_track.pk, _track.title, _track.key, _artist.name, _artist.key)
    .select_from(
        schema.track.outerjoin(schema.track_artist, _link.track == _track.pk).outerjoin(
            schema.artist, _artist.pk == _link.artist
        )
    )
    .where(_track.pk.in_(many("pks")))
    .order_by(_track.pk, _link.position)
)
