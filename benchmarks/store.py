"""Measure how fast the store takes in tracks and playlists, in SQLite and in PostgreSQL.

Four parts: `tracks` as a scan writes them, with vectors and tags; `playlists` as a crawl (a commit
each) and an import (20,000 entries a commit) do, against an ORM as the original used one and
against raw sqlite3, and what kill -9 does to them; `postgres`, the same on a server that is started
for it; `full`, the original's full size, with the time that a search takes there.

    python benchmarks/store.py [--part tracks|playlists|postgres|full] [--tracks 20000]
                               [--scale S] [--repeats 5] [--kills 20] [--database FILE] [--json]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import _store_full
import _store_playlists
import _store_tracks
from _common import bars, restart_fairly, show, table

PARTS = ("tracks", "playlists", "postgres", "full")
SCALES = {"playlists": 0.01, "postgres": 0.005, "full": 1.0}


def measure(part: str, options: argparse.Namespace) -> dict[str, Any]:
    """Run one part."""
    if part == "tracks":
        return _store_tracks.measure(options.tracks)
    scale = options.scale or SCALES[part]
    if part == "full":
        return _store_full.measure(scale, options.database)
    run = _store_playlists.sqlite if part == "playlists" else _store_playlists.postgres
    return run(scale, options.repeats, options.kills)


def text(result: dict[str, Any]) -> str:
    """Lay out the result for people."""
    lines = [*result["conditions"], "", table(result["header"], result["rows"]), ""]
    lines += [f"{name}: {ratio:.2f}" for name, ratio in result.get("ratios", {}).items()]
    if killed := result.get("killed"):
        lines += ["", ", ".join(f"{count} {what}" for what, count in killed.items())]
    return "\n".join([*lines, "", bars(result["bars"])])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--part", choices=PARTS, default="tracks")
    parser.add_argument("--tracks", type=int, default=20_000, help="of the part `tracks`")
    parser.add_argument("--scale", type=float, help="of the playlists; 1 is the original's size")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--database", type=Path, help="of the part `full`: kept, or used again")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = measure(options.part, options)
    show(result, options.json, lambda: text(result))


if __name__ == "__main__":
    restart_fairly()
    main()
