"""Tell whether the words behind "why" tell near tracks from any two tracks.

Of a home that was scanned with `--descriptors`: the share of nearest neighbours, and of random
pairs, of which each statement is true, and that are told it (at most four parts are said).

    python benchmarks/reasons.py HOME [-k 5] [--apart] [--json]

`--apart` leaves out neighbours in the same folder, where albums lie together.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable
from math import log2
from pathlib import Path
from typing import Any

import numpy as np

from _common import conditions, restart_fairly, say, show, table
from murecom.playlist.why import MOST, Profile, reasons
from murecom.recommend.base import Request
from murecom.service import Murecom
from murecom.service import reasons as collected

PAIRS = 20_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("-k", type=int, default=5)
    parser.add_argument("--apart", action="store_true")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with Murecom(home=args.home) as service:
        sounds = service._sounds()
        model, store = sounds.model, sounds.store
        ids = list(model.items)
        tracks = [store.tracks.get(ids)[i] for i in ids]
        profiles = collected.profiles(store, model, sounds.sound, tracks)
    say(f"{len(ids)} tracks")
    row = {track: number for number, track in enumerate(ids)}
    folder = [str(Path(track.path or ".").parent) for track in tracks]
    near = []
    for one, track in enumerate(ids):
        found = [row[i] for i in model.recommend(Request(items=[track]), len(ids) - 1)[0]]
        others = [other for other in found if not (args.apart and folder[other] == folder[one])]
        near += [(one, other) for other in others[: args.k]]
    rng = np.random.default_rng(0)
    pairs = [(int(a), int(b)) for a, b in rng.integers(len(ids), size=(PAIRS, 2)) if a != b]
    true_near, said_near, length_near = shares(profiles, near)
    true_any, said_any, length_any = shares(profiles, pairs)
    rows = [
        {
            "statement": kind,
            "near": true_near[kind],
            "random": true_any[kind],
            "bits": -log2(true_any[kind]) if true_any[kind] else None,
            "said near": said_near[kind],
            "said random": said_any[kind],
        }
        for kind in sorted(true_any | true_near, key=lambda kind: true_any[kind])
    ]
    document = {
        "conditions": conditions("murecom", "numpy"),
        "tracks": len(ids),
        "statements": rows,
        "parts": {"near": length_near, "random": length_any},
    }
    show(document, args.json, lambda: text(document))


def shares(
    profiles: list[Profile], pairs: Iterable[tuple[int, int]]
) -> tuple[Counter[str], Counter[str], float]:
    """Give the shares of pairs of which each statement is true, is said, and the mean parts."""
    pairs = list(pairs)
    true: Counter[str] = Counter()
    said: Counter[str] = Counter()
    parts = 0
    for one, other in pairs:
        found = reasons([profiles[one]], profiles[other])
        kinds = [reason.kind for reason in found if reason.kind != "loudness"]
        true.update(reason.kind for reason in found)
        true["nothing but loudness"] += not kinds
        said.update(kinds[:MOST])
        parts += min(len(kinds), MOST)
    for counted in (true, said):
        for kind in counted:
            counted[kind] /= len(pairs)  # type: ignore[assignment]
    return true, said, parts / len(pairs)


def text(document: dict[str, Any]) -> str:
    """Lay out the result."""
    rows = [
        (
            r["statement"],
            f"{r['near']:.3f}",
            f"{r['random']:.3f}",
            f"{r['near'] / r['random']:.1f}" if r["random"] else "-",
            f"{r['bits']:.1f}" if r["bits"] else "-",
            f"{r['said near']:.3f}",
            f"{r['said random']:.3f}",
        )
        for r in document["statements"]
    ]
    head = ("statement", "near", "random", "times", "bits", "said: near", "said: random")
    parts = document["parts"]
    return "\n\n".join(
        [
            "\n".join(document["conditions"]),
            f"{document['tracks']} tracks",
            table(head, rows),
            f"parts said: {parts['near']:.2f} of neighbours, {parts['random']:.2f} of random pairs",
        ]
    )


if __name__ == "__main__":
    restart_fairly()
    main()
