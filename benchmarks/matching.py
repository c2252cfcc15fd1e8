"""Measure how surely tracks are known to be the same recording, on labelled pairs and on names.

`matching_pairs.tsv` holds pairs of tracks made up by hand, each labelled "same" or "other" with
what is hard about it. A checksum of each pair puts it into one of two halves: rules and thresholds
were chosen on "tune" alone, the bars are for "check". Compared with it: the original's way, equal
names. With evaluation data (MURECOM_DATA) the tracks of playlists are grouped as well, and a sample
of what was joined beyond equal names is written to a file, kept outside, for judging: put "same",
"other" or "unsure" before the first tab of a line and give the file with --judged.

    python benchmarks/matching.py [--data DIR] [--out FILE] [--judged FILE] [--names N] [--json]
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import statistics
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from _common import bar, bars, conditions, restart_fairly, say, show, table
from _matching_wild import on_judged, on_playlists
from murecom.jobs.matching import by_name
from murecom.jobs.twins import find_twins
from murecom.library.matching import compare, described
from murecom.store import FileRow, Store
from murecom.train.report import wilson
from murecom.types import Track, TrackId
from names import generated

PAIRS = Path(__file__).with_name("matching_pairs.tsv")
Judge = Callable[["Pair"], bool]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tracks, whether they are the same recording, and what is hard about it."""

    first: Track
    second: Track
    is_same: bool
    kind: str
    half: str


def pairs() -> list[Pair]:
    """Read the labelled pairs."""
    read = []
    with PAIRS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            named = "\t".join((row["title a"], row["artists a"], row["title b"]))
            half = "check" if zlib.crc32(named.encode()) % 2 else "tune"
            tracks = (_track(row, "a"), _track(row, "b"))
            read.append(Pair(*tracks, row["label"] == "same", row["kind"], half))
    return read


def _track(row: dict[str, str], side: str) -> Track:
    seconds = row[f"duration {side}"]
    artists = tuple(row[f"artists {side}"].split(" | "))
    duration = float(seconds) if seconds else None
    return Track(TrackId(f"pair:{side}"), row[f"title {side}"], artists, None, duration)


def by_murecom(pair: Pair) -> bool:
    """Judge as murecom does."""
    return compare(described(pair.first), described(pair.second)).is_same


def by_equal_name(pair: Pair) -> bool:
    """Judge as the original did: the same title, letter by letter, and the same artists."""
    return (pair.first.title, pair.first.artists) == (pair.second.title, pair.second.artists)


def figures(judged: list[tuple[Pair, bool]]) -> dict[str, Any]:
    """Count right and wrong; precision and recall with Wilson's 95 % intervals."""
    joined = [pair.is_same for pair, said in judged if said]
    same = [said for pair, said in judged if pair.is_same]
    return {
        "pairs": len(judged),
        "precision": sum(joined) / len(joined) if joined else None,
        "precision_interval": wilson(sum(joined), len(joined)) if joined else None,
        "recall": sum(same) / len(same) if same else None,
        "recall_interval": wilson(sum(same), len(same)) if same else None,
        "wrong_joins": len(joined) - sum(joined),
        "missed": len(same) - sum(same),
    }


def on_pairs() -> dict[str, Any]:
    """Judge all pairs in both ways."""
    everything = pairs()
    result: dict[str, Any] = {"count": Counter(p.half for p in everything), "ways": {}}
    for name, judge in (("murecom", by_murecom), ("equal names", by_equal_name)):
        judged = [(pair, judge(pair)) for pair in everything]
        halves = {h: [one for one in judged if one[0].half == h] for h in ("tune", "check")}
        result["ways"][name] = {half: figures(some) for half, some in halves.items()}
        if name == "murecom":
            kinds = dict.fromkeys(pair.kind for pair in everything)
            result["kinds"] = {
                kind: figures([one for one in judged if one[0].kind == kind]) for kind in kinds
            }
            result["wrong"] = [
                {
                    "half": pair.half,
                    "kind": pair.kind,
                    "is_same": pair.is_same,
                    "names": [pair.first.name, pair.second.name],
                }
                for pair, said in judged
                if said != pair.is_same
            ]
    ready = [(described(pair.first), described(pair.second)) for pair in everything]
    began = time.process_time()
    for _ in range(20):
        for first, second in ready:
            compare(first, second)
    result["compare_us"] = (time.process_time() - began) / 20 / len(ready) * 1e6
    return result


# -- speed ------------------------------------------------------------------------------------


def speed(count: int) -> dict[str, Any]:
    """Look entries up among generated names, and find the twins of 10,000 files among them."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "music.db") as store:
        say(f"keeping {count:,} names")
        store.tracks.put_many(_timed(generated(count)))
        tracks = list(store.tracks.iter())
        files = tracks[:: max(1, count // 10_000)][:10_000]
        with store.transaction():
            for number, track in enumerate(files):
                own = TrackId(f"file:{number:032x}")
                store.tracks.put(replace(track, id=own))
                store.files.put(FileRow(f"/music/{number}.mp3", 1, 1, track=own))
        say("finding twins")
        began = time.process_time()
        report = find_twins(store)
        spent = time.process_time() - began
        began = time.process_time()
        find_twins(store)
        idle = time.process_time() - began
        say("looking up")
        asked = random.Random(2).sample(tracks, min(400, len(tracks)))
        kinds = {
            "known": [replace(t, id=TrackId("text:")) for t in asked],
            "title unknown": [replace(t, title=f"{t.title} xyzzy") for t in asked],
            "artist unknown": [replace(t, artists=("Zyxwv Qrstu",)) for t in asked],
        }
        return {
            "names": count,
            "twins_seconds": spent,
            "twins": sum(report.twins.values()),
            "compared": report.compared,
            "idle_ms": idle * 1e3,
            "look_ups": {kind: _asked(store, entries) for kind, entries in kinds.items()},
        }


def _timed(tracks: Iterator[Track]) -> Iterator[Track]:
    """Give tracks durations as songs have them."""
    draw = random.Random(4)
    for track in tracks:
        yield replace(track, duration=round(max(60.0, draw.gauss(230, 60)), 1))


def _asked(store: Store, entries: list[Track]) -> dict[str, float]:
    times, found = [], 0
    for entry in entries:
        began = time.process_time()
        found += by_name(store, entry) is not None
        times.append(time.process_time() - began)
    times.sort()
    return {
        "mean_ms": statistics.fmean(times) * 1e3,
        "p95_ms": times[int(len(times) * 0.95)] * 1e3,
        "found": found / len(entries),
    }


# -- results ----------------------------------------------------------------------------------


def text(result: dict[str, Any]) -> str:
    """Lay out the result for people."""
    labelled = result["pairs"]
    rows = [
        (way, half, own["pairs"], _share(own, "precision"), _share(own, "recall"))
        for way, halves in labelled["ways"].items()
        for half, own in halves.items()
    ]
    kinds = [
        (kind, own["pairs"], own["wrong_joins"], own["missed"])
        for kind, own in labelled["kinds"].items()
    ]
    blocks = [
        "\n".join(result["conditions"]),
        table(("way", "half", "pairs", "precision (95 %)", "recall (95 %)"), rows),
        table(("kind", "pairs", "wrong joins", "missed"), kinds),
        f"comparing two tracks taken apart: {labelled['compare_us']:.0f} µs",
    ]
    if own := result["playlists"]:
        joins = ", ".join(f"{count:,} by {how}" for how, count in sorted(own["joins"].items()))
        blocks.append(
            f"{own['tracks']:,} tracks of real playlists, different ids\n"
            f"equal names: {own['equal_groups']:,} groups of {own['equal_tracks']:,} tracks\n"
            f"murecom:     {own['groups']:,} groups of {own['grouped_tracks']:,} tracks; "
            f"{own['wider_groups']:,} hold different names\n"
            f"joins of different names: {joins}\n"
            f"one folded title and main artist: {own['named']['joined']:,} of "
            f"{own['named']['pairs']:,} pairs joined "
            f"({own['named']['joined'] / max(1, own['named']['pairs']):.1%})"
        )
    if judged := result["judged"]:
        rows = [(how, own["judged"], _share(own, "precision")) for how, own in judged.items()]
        blocks.append(table(("joins judged", "pairs", "precision (95 %)"), rows))
    if fast := result["speed"]:
        rows = [
            (kind, f"{own['mean_ms']:.2f}", f"{own['p95_ms']:.2f}", f"{own['found']:.0%}")
            for kind, own in fast["look_ups"].items()
        ]
        blocks += [
            f"{fast['names']:,} names, 10,000 files: twins in {fast['twins_seconds']:.1f} s "
            f"({fast['compared']:,} compared, {fast['twins']:,} found), "
            f"{fast['idle_ms']:.1f} ms when nothing is new; CPU time",
            table(("look-up by name, CPU time", "mean ms", "95 % below ms", "found"), rows),
        ]
    return "\n\n".join([*blocks, bars(result["bars"])])


def _share(own: dict[str, Any], name: str) -> str:
    if own[name] is None:
        return ""
    low, high = own[f"{name}_interval"]
    return f"{own[name]:.3f} ({low:.3f}-{high:.3f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    known = os.environ.get("MURECOM_DATA")
    parser.add_argument("--data", type=Path, default=Path(known) if known else None)
    parser.add_argument("--out", type=Path, help="Where a sample of the joins is written.")
    parser.add_argument("--judged", type=Path, help="Such a sample with verdicts in front.")
    parser.add_argument("--names", type=int, default=200_000, help="0 measures no speed.")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result: dict[str, Any] = {"conditions": conditions("sqlalchemy", "anyascii")}
    say("judging pairs")
    result["pairs"] = on_pairs()
    result["playlists"] = result["speed"] = None
    result["judged"] = on_judged(options.judged) if options.judged else None
    if options.data is not None:
        say("grouping the tracks of playlists")
        result["playlists"] = on_playlists(options.data, options.out)
    if options.names:
        result["speed"] = speed(options.names)
    check = result["pairs"]["ways"]["murecom"]["check"]
    looked = result["speed"]["look_ups"].values() if result["speed"] else ()
    slowest = max((own["mean_ms"] for own in looked), default=None)
    result["bars"] = [
        bar("wrong among the joins, check half", 1 - check["precision"], 0.01, ""),
        bar("missed of the same, check half", 1 - check["recall"], 0.05, ""),
        bar("look-up by name, slowest kind, mean", slowest, 3, "ms"),
    ]
    show(result, options.json, lambda: text(result))


if __name__ == "__main__":
    restart_fairly()
    main()
