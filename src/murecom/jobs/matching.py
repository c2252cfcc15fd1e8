"""Which track of the library an entry of a playlist, a file or a request means."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from murecom.library.matching import LIKELY, SAME, Described, compare, described, spellings
from murecom.store import Store
from murecom.store.spelling import distance
from murecom.text.fold import name_key
from murecom.text.names import split_names, split_title
from murecom.text.romanise import loose, script_of
from murecom.types import Track

NEAR = 24
"Tracks by the same artist with another title that are compared with an entry."


def by_identity(store: Store, entry: Track, folder: str) -> Track | None:
    """Find a track by its id, its MBID or ISRC, then by its path, which may start at `folder`."""
    known = store.tracks.get([entry.id])
    if known:
        return next(iter(known.values()))
    if entry.ids and (found := by_ids(store, entry)):
        return found
    if entry.path:
        return store.tracks.by_path(os.path.abspath(os.path.join(folder, entry.path)))
    return None


def by_ids(store: Store, entry: Track) -> Track | None:
    """Find a track with the MBID or ISRC of an entry, one with a file if there are several."""
    ids = described(entry).ids
    if not ids:
        return None
    hits = store.twins.by_value([way for kind in ids for way in spellings(kind, ids[kind])])
    mine = described(entry)
    found = [
        (compare(mine, described(track)), track)
        for _, track in store.twins.load(sorted({pk for pk, _, _ in hits}))
    ]
    same = [track for likeness, track in found if likeness.how in ids]
    return min(same, key=_rank) if same else None


def by_name(store: Store, entry: Track) -> Track | None:
    """Find a track by title and artists, by the title alone if the entry tells no artist.

    Durations decide where both are known. Of several that are the same recording the surest comes
    first, of equally sure ones one with a file; tracks that only a playlist names (``text:``) come
    last.
    """
    if not entry.title:
        return None
    mine = described(entry)
    best: tuple[float, int, Track] | None = None
    for track in _candidates(store, entry, mine):
        score = _score(mine, described(track))
        if score >= SAME:
            found = (-round(score, 2), _rank(track), track)
            if best is None or found[:2] < best[:2]:
                best = found
    return best[2] if best else None


def by_names(store: Store, entries: Sequence[Track]) -> list[Track | None]:
    """Find tracks by name as `by_name`, each different entry once."""
    known: dict[tuple[object, ...], Track | None] = {}
    found = []
    for entry in entries:
        key = (entry.title, entry.artists, entry.duration)
        if key not in known:
            known[key] = by_name(store, entry)
        found.append(known[key])
    return found


def _score(mine: Described, other: Described) -> float:
    if mine.performers.all or not other.title.full:
        likeness = compare(mine, other)
        is_near = likeness.how in ("guests", "name") and likeness.score >= LIKELY
        if is_near and mine.duration is None:
            return SAME  # who asks by name alone rather means this than nothing
        return likeness.score
    # a title alone: as it is written, in the same version, as long as far as that is known
    is_same = mine.title.full == other.title.full and mine.title.versions == other.title.versions
    lone = Described(mine.title, other.performers, mine.duration, {})
    known = other if other.performers.all else mine
    if not known.performers.all:
        return 1.0 if is_same else 0.0
    return compare(lone, other).score if is_same else 0.0


def _candidates(store: Store, entry: Track, mine: Described) -> Iterator[Track]:
    """Yield tracks of the same title, then, should none of them do, near titles of the artist."""
    base = name_key(split_title(entry.title or "").base)
    starts = {base, base.removeprefix("the "), f"the {base}", name_key(entry.title or "")}
    starts |= {base.replace(" and ", " n "), base.replace(" n ", " and ")}
    if mine.title.outer != mine.title.full:
        starts.add(" ".join(base.split()[: _count(mine)]))
    names = artist_keys(entry.artists)
    seen = set()
    has_match = False
    for track in store.twins.titled(_outermost(starts - {""}), names):
        seen.add(track.id)
        has_match = has_match or _score(mine, described(track)) >= SAME
        yield track
    if has_match or not names:
        return
    near = [pk for pk, key in store.twins.keys_by(names) if _may_be(key, mine)]
    for _, track in store.twins.load(near[:NEAR]):
        if track.id not in seen:
            yield track


def artist_keys(artists: Sequence[str]) -> list[str]:
    """List the folded names under which the artists of an entry may stand in the library."""
    keys: dict[str, None] = {}
    for artist in artists:
        for name in (artist, *split_names(artist)):
            key = name_key(name)
            plain = key.removeprefix("the ")
            keys |= dict.fromkeys((key, plain, f"the {plain}"))
    return [key for key in keys if key not in ("", "the ")]


def _count(mine: Described) -> int:
    """Count the words of a title outside its brackets, if they stand in front."""
    outside = mine.title.outer
    for number in range(1, len(mine.title.words)):
        if "".join(mine.title.words[:number]) == outside:
            return number
    return len(mine.title.words)


def _outermost(starts: set[str]) -> list[str]:
    """Leave out what begins with another start: it is found with that one."""
    return [
        one
        for one in sorted(starts)
        if not any(other != one and one.startswith(other) for other in starts)
    ]


def _may_be(key: str, mine: Described) -> bool:
    """Tell cheaply whether a title with this key is worth a look."""
    plain = key.replace(" ", "").removeprefix("the")
    title = mine.title
    if any(form in plain for form in title.forms) or plain in title.full:
        return True
    script = script_of(plain)
    if bool(script) != bool(title.script):
        script = script or title.script
        read = loose(plain, script)
        return any(read.startswith(loose(form, script)) for form in title.forms)
    if abs(len(plain) - len(title.full)) > 2 or len(plain) < 8:
        return False
    return distance(plain, title.full, 2) <= 2


def _rank(track: Track) -> int:
    """Order equally good tracks: with a file, of a source, of a playlist's words alone."""
    return 0 if track.path else 2 if track.id.startswith("text:") else 1
