"""A crawler in a process of its own, to be killed: ``crawl_runner.py DATABASE LOG WORKERS PAUSE``.

It prints "ready" before it begins.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from crawl_double import Line, Made, catalogue
from murecom.jobs.crawl import crawl
from murecom.jobs.crawl_report import CrawlOptions
from murecom.store import Store

database, log, workers, pause = sys.argv[1:]
home = Path(log).parent
with Store.open(database) as store:
    source = Made(catalogue(), size=2, log=Path(log), pause=float(pause))
    options = CrawlOptions(seeds=("rain",), playlists=0, workers=int(workers))
    print("ready", flush=True)
    report = crawl(store, home, source, Line(), options)
    print(report.calls, report.added, flush=True)
