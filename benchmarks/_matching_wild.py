"""Matching on names from real playlists: recall on equal names, and what is written down to judge.

The names belong to a data set whose licence lets nobody pass them on: nothing of them is kept here.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

from murecom.library.matching import Described, artist_blocks, compare, described, title_blocks
from murecom.text.fold import name_key
from murecom.text.names import split_names
from murecom.train.report import wilson
from murecom.types import Track, TrackId

SAMPLED = 200
"Joins of each way that are written down for judging."


def played(data: Path) -> list[Track]:
    """Read the different tracks of the playlists."""
    found: dict[str, Track] = {}
    with gzip.open(data / "mpd" / "playlists.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            for entry in json.loads(line)["tracks"]:
                uri = entry["track_uri"]
                if uri not in found:
                    names = (entry["artist_name"],)
                    found[uri] = Track(TrackId(uri), entry["track_name"], names)
    return list(found.values())


def on_playlists(data: Path, out: Path | None) -> dict[str, Any]:
    """Group tracks of different ids: by equal names, and as murecom does."""
    tracks = played(data)
    exact: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for row, track in enumerate(tracks):
        exact[track.title, track.artists].append(row)
    # of tracks with equal names one stands for all: without durations they cannot be told apart
    rows = [members[0] for members in exact.values()]
    ready = {row: described(tracks[row]) for row in rows}
    group = {row: row for row in rows}
    joins: list[tuple[int, int, str]] = []
    for first, second in set(_near(tracks, ready)):
        likeness = compare(ready[first], ready[second])
        if likeness.is_same:
            joins.append((first, second, likeness.how))
            group[_root(group, first)] = _root(group, second)
    sizes: Counter[int] = Counter()
    parts: Counter[int] = Counter()
    for members in exact.values():
        root = _root(group, members[0])
        sizes[root] += len(members)
        parts[root] += 1
    if out is not None:
        _write(out, tracks, joins)
    named = on_equal_names(tracks)
    several = [len(members) for members in exact.values() if len(members) > 1]
    return {
        "tracks": len(tracks),
        "equal_groups": len(several),
        "equal_tracks": sum(several),
        "groups": sum(size > 1 for size in sizes.values()),
        "grouped_tracks": sum(size for size in sizes.values() if size > 1),
        "wider_groups": sum(count > 1 for count in parts.values()),
        "joins": dict(Counter(how for _, _, how in joins)),
        "named": named,
    }


def _near(tracks: list[Track], ready: dict[int, Described]) -> Iterator[tuple[int, int]]:
    blocks: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for row, one in ready.items():
        for artist in artist_blocks(tracks[row].artists, one.title.featured):
            for title in title_blocks(one.title):
                blocks[artist, title].append(row)
    for rows in blocks.values():
        yield from combinations(sorted(set(rows)), 2)


def _root(group: dict[int, int], row: int) -> int:
    while group[row] != row:
        group[row] = row = group[group[row]]
    return row


def _write(out: Path, tracks: list[Track], joins: list[tuple[int, int, str]]) -> None:
    by_way: defaultdict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for join in joins:
        by_way[join[2]].append(join)
    draw = random.Random(1)
    with out.open("w", encoding="utf-8") as file:
        for some in by_way.values():
            for first, second, how in draw.sample(sorted(some), min(SAMPLED, len(some))):
                file.write(f"\t{how}\t{tracks[first].name}\t{tracks[second].name}\n")


def on_equal_names(tracks: list[Track]) -> dict[str, Any]:
    """Count how many pairs of one folded title and main artist, but two ids, are taken for one.

    A stand-in for recall: nearly all such pairs are one recording released twice. No durations are
    known, so what is missed are titles that say too little ("Intro").
    """
    groups: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for row, track in enumerate(tracks):
        people = [name for artist in track.artists[:1] for name in split_names(artist)[:1]]
        title, main = name_key(track.title or ""), name_key(people[0] if people else "")
        if title and main:
            groups[title, main.removeprefix("the ")].append(row)
    pairs = joined = 0
    for rows in groups.values():
        first = described(tracks[rows[0]])
        for row in rows[1:]:
            pairs += 1
            joined += compare(first, described(tracks[row])).is_same
    return {"pairs": pairs, "joined": joined}


def on_judged(file: Path) -> dict[str, Any]:
    """Read judgements kept elsewhere and give the precision of each way, with Wilson's intervals.

    Each line is one that `--out` wrote, with "same", "other" or "unsure" put before its first tab.
    Lines without a verdict do not count, unsure ones count as wrong.
    """
    verdicts: defaultdict[str, list[bool]] = defaultdict(list)
    with file.open(encoding="utf-8", newline="") as rows:
        for row in csv.reader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
            if len(row) < 4 or not row[0].strip():
                continue
            verdict = row[0].strip().lower()
            if verdict not in ("same", "other", "unsure"):
                raise SystemExit(f"{file}: '{verdict}' is no verdict. Write same, other or unsure.")
            verdicts[row[1]].append(verdict == "same")
            verdicts["all"].append(verdict == "same")
    return {
        how: {"judged": len(said), "precision": sum(said) / len(said),
              "precision_interval": wilson(sum(said), len(said))}
        for how, said in sorted(verdicts.items())
    }  # fmt: skip
