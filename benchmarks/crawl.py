"""Measure a crawl: words that pay, manners over HTTP, kill -9, and how fast it could be.

    python benchmarks/crawl.py [words] [manners] [kills] [rate] [--kills 200] [--json]

`words`: how many different names of a made-up service are known after so many calls, by how the
next word is chosen; constants were chosen on one half of the real names, this reports both.
`manners`: two processes ask a server on loopback, which limits them and asks for pauses, and keeps
its own log. `kills`: processes are killed at random points, until the walk is done, again and
again; then `murecom crawl deezer` against a server on loopback. The issue asked for one page again
after a kill: with several calls under way it is one for each of them, so that is the bar. `rate`: a
service in memory that answers at once.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from _common import bar, bars, conditions, restart_fairly, say, show, table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

DATA = Path(os.environ.get("MURECOM_DATA") or ROOT.parent / "shared" / "data")
MARKS = (500, 2_000, 8_000)
LIMIT = (20, 1.0)
"Calls and seconds of the server in `manners`."
PAUSES_EVERY = 120
"Calls after which that server wants a pause of a second."


# -- words ----------------------------------------------------------------------------------------


def words(size: int) -> list[dict[str, Any]]:
    """Compare ways to choose words, on names of both halves."""
    from _crawl_fake import Service, made_names
    from _crawl_walks import WAYS

    rows = []
    for half, seed in ((0, 1), (1, 2), (1, 3)):
        names = made_names(DATA, half, size, seed)
        for page in (10, 50):
            service = Service(names, page)
            for way, make in WAYS.items():
                found = make(service, seed).run("chill", MARKS)
                rows.append({"half": half, "seed": seed, "page": page, "way": way, "found": found})
                say(f"{rows[-1]}")
    return rows


# -- manners --------------------------------------------------------------------------------------


class Server(ThreadingHTTPServer):
    """Answers all with an empty object, within a limit, and wants pauses; logs every arrival."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.arrived: list[float] = []
        self.pauses: list[tuple[float, float]] = []
        self.door = threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        """Log, then answer 200 or 429."""
        server, now = self.server, time.monotonic()
        with server.door:
            server.arrived.append(now)
            paused = len(server.arrived) % PAUSES_EVERY == 0
        body = b"{}"
        self.send_response(429 if paused else 200)
        if paused:
            self.send_header("Retry-After", "1")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
        if paused:
            sent = time.monotonic()
            with server.door:
                server.pauses.append((sent, sent + 1.0))

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def manners(seconds: float) -> dict[str, Any]:
    """Let two processes ask a server for a while; judge them by its log."""
    server = Server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--worker", folder, str(server.server_port)]
        processes = [subprocess.Popen([*command, str(n)]) for n in range(2)]
        time.sleep(seconds)
        for process in processes:
            process.kill()
            process.wait()
    server.shutdown()
    times, (calls, window) = sorted(server.arrived), LIMIT
    over = sum(times[n] - times[n - calls] < window for n in range(calls, len(times)))
    during = sum(begin < moment < end for begin, end in server.pauses for moment in times)
    return {
        "calls": len(times), "pauses": len(server.pauses), "windows over the limit": over,
        "calls in a pause": during,
    }  # fmt: skip


def worker(folder: str, port: int) -> None:
    """Crawl over HTTP, as a process of `manners`."""
    from crawl_double import Made, catalogue
    from murecom.crawl.base import Http, Page, Task
    from murecom.jobs.crawl import crawl
    from murecom.jobs.crawl_report import CrawlOptions
    from murecom.net import Client
    from murecom.store import Store

    class Asked(Made):
        def run(self, task: Task, http: Http) -> Page:
            assert http.get(f"http://127.0.0.1:{port}/").data == {}
            return self.answer(task)

    home = Path(folder)
    source = Asked(catalogue(4000), size=2)
    limits = {f"http://127.0.0.1:{port}": LIMIT}
    with Store.open(home / "m.db") as store, Client(home / "net", limits=limits) as client:
        options = CrawlOptions(seeds=("rain",), playlists=0, workers=4)
        crawl(store, home, source, client, options)


# -- kills ----------------------------------------------------------------------------------------


def kills(number: int, workers: int) -> dict[str, Any]:
    """Kill crawls at random points, a few times each, and compare what is left in the end."""
    from crawl_double import catalogue, expected, rows
    from murecom.store import Store

    rng = random.Random(200 + workers)
    wanted = expected(catalogue())
    done = lost = repeated = worst = homes = 0
    while done < number:
        homes += 1
        with tempfile.TemporaryDirectory() as folder:
            log, database = Path(folder) / "log", str(Path(folder) / "m.db")
            runner = [sys.executable, str(ROOT / "tests" / "crawl_runner.py"), database, str(log)]
            before = 0
            for turn in range(11):
                is_last = turn == 10 or done >= number
                pause = "0" if is_last else "0.002"
                process = subprocess.Popen(
                    [*runner, str(workers), pause], stdout=subprocess.PIPE, text=True
                )
                assert process.stdout is not None
                process.stdout.readline()
                if not is_last:
                    time.sleep(rng.uniform(0.0, 0.25))
                    if process.poll() is None:
                        os.kill(process.pid, signal.SIGKILL)
                        done += 1
                process.communicate()
                asked = [line.partition("\t")[2] for line in log.read_text().splitlines()] \
                    if log.exists() else []  # fmt: skip
                twice = len(asked) - len(Counter(asked))
                worst = max(worst, twice - before)
                before = twice
                if is_last:
                    break
            repeated += before
            with Store.open(database) as store:
                found = rows(store)
            lost += sum(found.get(key) != value for key, value in wanted.items())
            lost += len(found.keys() - wanted.keys())
            say(f"{done} kills, {workers} at a time: {lost} lost, {repeated} pages again")
    return {
        "kills": done, "workers": workers, "libraries": homes, "playlists lost or short": lost,
        "pages asked for again": repeated, "most after one kill": worst,
    }  # fmt: skip


# -- rate -----------------------------------------------------------------------------------------


def rate(lists: int = 4000, tracks: int = 50) -> dict[str, Any]:
    """Time a walk through a service in memory."""
    from crawl_double import WORDS, Catalogue, Line, Made
    from murecom.jobs.crawl import crawl
    from murecom.jobs.crawl_report import CrawlOptions
    from murecom.store import Store

    rng = random.Random(1)
    made = Catalogue()
    for number in range(lists):
        made.add(f"p{number}", " ".join(rng.sample(WORDS, 2)), tracks, first=rng.randrange(40_000))
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "m.db") as store:
        began, worked = time.perf_counter(), time.process_time()
        options = CrawlOptions(seeds=("rain",), playlists=0, workers=4)
        report = crawl(store, Path(folder), Made(made, size=100), Line(), options)
        took, worked = time.perf_counter() - began, time.process_time() - worked
    return {
        "calls": report.calls, "entries": report.entries, "new tracks": report.tracks,
        "seconds": round(took, 2), "calls/s": round(report.calls / took),
        "entries/s": round(report.entries / took),
        "CPU seconds": round(worked, 2), "entries/CPU s": round(report.entries / worked),
    }  # fmt: skip


def judged(results: dict[str, Any]) -> list[dict[str, Any]]:
    """Compare with what was to be reached."""
    made: list[dict[str, Any]] = []
    if found := results.get("manners"):
        made.append(bar("windows over the limit", found["windows over the limit"], 0, "windows"))
        made.append(bar("calls in a pause", found["calls in a pause"], 0, "calls"))
    for found in results.get("kills", ()):
        many = f"{found['workers']} at a time{', HTTP' if 'over HTTP' in found else ''}"
        if "over HTTP" in found:
            made.append(bar("most calls in 5 s", found["most calls in 5 s"], 50, "calls"))
        made.append(bar(f"playlists lost, {many}", found["playlists lost or short"], 0, ""))
        made.append(
            bar(f"pages again after a kill, {many}", found["most after one kill"],
                found["workers"], "pages")
        )  # fmt: skip
    return made


def main() -> None:
    """Measure what was asked for, all without a word."""
    if "--worker" in sys.argv:
        worker(sys.argv[2], int(sys.argv[3]))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", help="words, manners, kills, rate")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--names", type=int, default=150_000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    parts = options.parts or ["words", "manners", "kills", "rate"]
    results: dict[str, Any] = {}
    lines = conditions("sqlalchemy", "httpx2")
    if "words" in parts:
        results["words"] = words(options.names)
        rows = [
            (f"half {r['half']}, seed {r['seed']}", str(r["page"]), r["way"],
             *(f"{n:,}" for n in r["found"]))
            for r in results["words"]
        ]  # fmt: skip
        marks = tuple(f"{mark:,} calls" for mark in MARKS)
        lines += ["", table(("names", "a page", "word", *marks), rows)]
    if "manners" in parts:
        results["manners"] = manners(options.seconds)
    if "kills" in parts:
        from _crawl_http import kills_over_http

        results["kills"] = [kills(options.kills, workers) for workers in (1, 4)]
        results["kills"].append(kills_over_http(options.kills // 10))
    if "rate" in parts:
        results["rate"] = rate()
    for name in ("manners", "kills", "rate"):
        if name in results:
            found = results[name] if isinstance(results[name], list) else [results[name]]
            lines += ["", *(f"{name}: {row}" for row in found)]
    results["bars"] = judged(results)
    lines += ["", bars(results["bars"])]
    show(results, options.json, lambda: "\n".join(lines))


if __name__ == "__main__":
    restart_fairly()
    main()
