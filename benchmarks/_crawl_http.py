"""Kill `murecom crawl deezer` at random points, with the real client, source and command.

The service is the fake of the tests on loopback, within the limit of the real one; a list of
several pages is there so that a kill finds some of them read.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from fakes import serve
from fakes.deezer import FakeDeezer, track

WORKERS = 4
WORDS = ("rain", "jazz", "雨", "밤", "drive", "chill")


def kills_over_http(number: int) -> dict[str, Any]:
    """Kill a crawl up to so many times, let it end, and compare with what the service has."""
    from murecom.store import Store

    rng, fake = random.Random(7), FakeDeezer()
    fake.limit = (50, 5.0)
    for n in range(120):
        tracks = [track(1000 * n + k + 1) for k in range(rng.choice((0, 3, 150, 320)))]
        fake.add(" ".join(["rain", *rng.sample(WORDS[1:], 2)]), tracks)
    with serve(fake) as url, tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "murecom", "--home", home, "crawl", "deezer", "-q",
                   "--seed", "rain", "--playlists", "0"]  # fmt: skip
        settings = {"MURECOM_DEEZER__URL": url, "MURECOM_CRAWL__WORKERS": str(WORKERS)}
        done = worst = before = 0
        while True:
            process = subprocess.Popen(
                command, env=os.environ | settings,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            if done < number:
                time.sleep(rng.uniform(0.8, 2.5))
                if process.poll() is None:
                    process.kill()
                    done += 1
            process.wait()
            asked = Counter((c.path, *sorted(c.query.items())) for c in list(fake.calls))
            again = sum(asked.values()) - len(asked)
            worst, before = max(worst, again - before), again
            if process.returncode in (0, 1, 3, 4):
                break
        with Store.open(Path(home) / "murecom.db") as store:
            found = {p.id: [t.id for t in p.tracks] for p in store.playlists.iter()}
        wanted = {
            f"deezer:{key}": [f"deezer:{t['id']}" for t in made.tracks]
            for key, made in fake.playlists.items()
        }
        return {
            "kills": done, "workers": WORKERS, "libraries": 1,
            "playlists lost or short": sum(found.get(k) != v for k, v in wanted.items()),
            "pages asked for again": before, "most after one kill": worst,
            "most calls in 5 s": fake.most_in(5.0), "over HTTP": True,
        }  # fmt: skip
