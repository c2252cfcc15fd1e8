"""What limits cost a call, and how many windows of a server hold more calls than allowed.

    python benchmarks/net.py [--calls 300] [--seed 1]

A server on loopback answers after a random time up to `--late` seconds and keeps when each call
came to it. Two programs of four threads each share the limit. For comparison the windows are also
kept as many limiters do, from the moment of sending on.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from fakes import serve
from murecom.net import Client
from murecom.net.limits import Limits, Place


def windows_over(times: Sequence[float], calls: int, seconds: float) -> tuple[int, int]:
    """Give how many windows that begin with a call hold too many, and the most in any."""
    counts = [sum(a <= b < a + seconds for b in times) for a in times]
    return sum(count > calls for count in counts), max(counts)


def crawl(url: str, folder: Path, limit: tuple[int, float], n: int, *, by_sending: bool) -> None:
    """Ask n times from four threads."""
    if by_sending:
        done, take = Limits.done, Limits.take

        def take_and_leave(self: Limits, host: str) -> Place:
            place = take(self, host)
            done(self, place)
            return place

        Limits.take = take_and_leave  # type: ignore[method-assign]
    with Client(folder, limits={url: limit}) as client, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: client.get(url), range(n)))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--late", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--crawl", nargs=3, metavar=("URL", "FOLDER", "WAY"), help="for itself")
    args = parser.parse_args()
    limit = (10, 0.5)
    if args.crawl:
        url, folder, way = args.crawl
        crawl(url, Path(folder), limit, args.calls, by_sending=way == "sending")
        return

    late, times, chance = 0.0, list[float](), random.Random(args.seed)

    async def answer(request: Request) -> Response:
        await asyncio.sleep(chance.random() * late)
        times.append(time.monotonic())
        await asyncio.sleep(chance.random() * late)
        return JSONResponse({})

    with serve(Starlette(routes=[Route("/", answer)])) as url, httpx2.Client() as bare:
        costs = {}
        free = Client(Path(tempfile.mkdtemp()))
        tight = Client(Path(tempfile.mkdtemp()), limits={"*": (50, 1e-3)})
        ways = (("httpx2 alone", bare.get), ("no limit", free.get), ("limit", tight.get))
        for name, get in ways:
            get(f"{url}/")
            begin = time.perf_counter()
            for _ in range(args.calls):
                get(f"{url}/")
            costs[name] = (time.perf_counter() - begin) / args.calls * 1e3
        free.close()
        tight.close()
        print("ms a call: " + ", ".join(f"{name} {cost:.2f}" for name, cost in costs.items()))
        late = args.late
        for way in ("answer", "sending"):
            times.clear()
            command = [sys.executable, __file__, "--calls", str(args.calls // 2), "--crawl"]
            both = [f"{url}/", tempfile.mkdtemp(), way]
            for program in [subprocess.Popen(command + both) for _ in range(2)]:
                program.wait()
            over, most = windows_over(times, *limit)
            took = max(times) - min(times)
            print(
                f"places kept from the {way} on: {len(times)} calls, {over} windows over "
                f"{limit[0]} in {limit[1]:g} s (most {most}), {len(times) / took:.1f} calls/s"
            )


if __name__ == "__main__":
    main()
