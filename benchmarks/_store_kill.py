"""Kill writers of playlists with kill -9: all that they reported as put must be there.

As a program it puts playlists without end and prints the number of each when its `put` has come
back:

    python benchmarks/_store_kill.py DATABASE FIRST
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from itertools import count

from _common import fair_environment
from murecom.store import Store
from murecom.types import Playlist, Track, TrackId

LENGTH = 40


def made(number: int) -> Playlist:
    """Give the playlist of a number: half of its tracks are new, with dates, tags, a snapshot."""
    rows = range(number * LENGTH // 2, number * LENGTH // 2 + LENGTH)
    tracks = tuple(
        Track(TrackId(f"kill:{row}"), f"Title {row}", (f"Artist {row // 9}",), f"Album {row // 5}")
        for row in rows
    )
    added = tuple(1_500_000_000 + row for row in rows)
    return Playlist(f"No {number}", tracks, f"kill:{number}", None, added, ("a", "b"), str(number))


def check(address: str, kills: int, seed: int = 7) -> dict[str, int]:
    """Kill so many writers of one database at random moments and look for what they reported.

    Returns
    -------
    dict of str to int
        `kills`, playlists `reported`, how many of these are `lost`, how many of all that are there
        are `torn` (not as they were made), and how many `unreported` ones are there, whole.
    """
    chance = random.Random(seed)
    counts = dict.fromkeys(("reported", "lost", "torn", "unreported"), 0)
    first, known = 0, set[int]()
    for _ in range(kills):
        reported = _killed(address, first, chance.uniform(0.02, 0.6))
        known.update(reported)
        first = max(known, default=0) + 2
    with Store.open(address) as store:
        there = {int((p.id or "").partition(":")[2]): p for p in store.playlists.iter()}
    counts["reported"] = len(known)
    counts["lost"] = len(known - there.keys())
    counts["torn"] = sum(playlist != made(number) for number, playlist in there.items())
    counts["unreported"] = len(there.keys() - known)
    return {"kills": kills, **counts}


def _killed(address: str, first: int, seconds: float) -> list[int]:
    """Let a writer write for so long, kill it, and give the numbers that it reported."""
    command = [sys.executable, os.path.abspath(__file__), address, str(first)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=fair_environment())
    assert child.stdout is not None
    began = child.stdout.readline()
    if not began:
        raise SystemExit(f"The writer did not begin: exit code {child.wait()}.")
    timer = threading.Timer(seconds, lambda: child.send_signal(signal.SIGKILL))
    timer.start()
    # a line without an end was cut off by the kill
    numbers = [int(line) for line in [began, *child.stdout] if line.endswith("\n")]
    child.wait()
    timer.join()
    child.stdout.close()
    return numbers


def main() -> None:
    address, first = sys.argv[1:]
    end = time.monotonic() + 60  # not for ever if nobody kills it
    with Store.open(address) as store:
        for number in count(int(first)):
            store.playlists.put(made(number))
            print(number, flush=True)
            if time.monotonic() > end:
                return


if __name__ == "__main__":
    main()
