"""Measure a whole scan: throughput, processor time, memory over time, and the scan after it.

    python benchmarks/scan.py [--files 10000] [--failed] [--backend numpy] [--work DIR] [--json]

Makes small files of sound in a temporary folder and runs the command `murecom scan` on them, as a
user would. psutil (`pip install psutil`) watches the memory; without it those rows are missing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import _tagged
from _common import (
    bar,
    bars,
    conditions,
    cpu_seconds,
    fair_environment,
    restart_fairly,
    say,
    show,
    table,
)

SECONDS = 16.0
"Length of a file: room for all five windows of three seconds, so the network has its full work."

SOUNDS = 200
"Different sounds; files that share one differ in their tags, hence in their content hash."

KINDS: dict[str, tuple[int, int, int, Callable[[bytes, _tagged.Tags], bytes]]] = {
    "mp3": (14, 44_100, 2, _tagged.mp3),
    "flac": (3, 22_050, 1, _tagged.flac),
    "ogg": (2, 44_100, 2, _tagged.ogg),
    "wav": (1, 22_050, 1, _tagged.wav),
}
"By suffix: how many of twenty files, rate, channels, and what writes the tags."

BROKEN = 0.01
"Share of broken files with --failed; at least five, one of each kind."

MEMORY_BAR = 350.0
"MB of a worker."
GROWTH_BAR = 5.0
"Per cent that a worker may grow from the first to the last quarter of a scan."
MINUTES_BAR = 16.0
"For 10,000 tracks on two cores."

EVERY = 0.25
"Seconds between looks at the memory."
SETTLING = 10.0
"Seconds until workers have started and loaded the network: no part of a quarter."


# -- the files --------------------------------------------------------------------------------


def make_sounds(count: int) -> list[tuple[str, bytes]]:
    """Encode `count` different sounds; give (suffix, bytes of the file)."""
    suffixes = [suffix for suffix, (share, *_) in KINDS.items() for _ in range(share)]
    chosen = [suffixes[i * 7 % len(suffixes)] for i in range(count)]  # 7: kinds take turns
    with (
        tempfile.TemporaryDirectory() as folder,
        ThreadPoolExecutor(os.cpu_count() or 1) as pool,  # encoders let other threads run
    ):
        return list(pool.map(lambda job: _encoded(job[0], job[1], Path(folder)), enumerate(chosen)))


def _encoded(seed: int, suffix: str, folder: Path) -> tuple[str, bytes]:
    from _material import ENCODINGS, Encoding, encode, synthetic

    _, rate, channels, _ = KINDS[suffix]
    wave = synthetic(SECONDS, seed=seed, rate=rate, channels=channels)
    kind = ENCODINGS["mp3 128k"] if suffix == "mp3" else Encoding(f".{suffix}")
    path = encode(
        wave, folder / f"{seed}.{suffix}", Encoding(kind.suffix, rate, kind.options), rate
    )
    content = path.read_bytes()
    path.unlink()
    return suffix, content


def make_library(folder: Path, files: int, sounds: list[tuple[str, bytes]]) -> int:
    """Write `Artist n/Album m/0k - Song i.ext`, ten an album, forty an artist; give the size."""
    size = 0
    for i in range(files):
        suffix, content = sounds[i % len(sounds)]
        tags = {
            "TITLE": f"Song {i}",
            "ARTIST": f"Artist {i // 40}",
            "ALBUM": f"Album {i // 10}",
            "TRACKNUMBER": str(i % 10 + 1),
        }
        album = folder / tags["ARTIST"] / tags["ALBUM"]
        if i % 10 == 0:
            album.mkdir(parents=True, exist_ok=True)
        written = KINDS[suffix][3](content, tags)
        (album / f"{i % 10 + 1:02d} - Song {i}.{suffix}").write_bytes(written)
        size += len(written)
    return size


def make_broken(folder: Path, count: int, sounds: list[tuple[str, bytes]]) -> None:
    """Write files that no scan can analyse: empty, text, noise, only a beginning, cut in half."""
    rng = random.Random(0)
    mp3 = next(content for suffix, content in sounds if suffix == "mp3")
    flac = next(content for suffix, content in sounds if suffix == "flac")
    kinds: list[tuple[str, Callable[[], bytes]]] = [
        ("empty.mp3", lambda: b""),
        ("text.mp3", lambda: b"This is not music.\n" * 200),
        ("noise.ogg", lambda: rng.randbytes(20_000)),
        ("beginning.mp3", lambda: mp3[: 3000 + rng.randrange(1000)]),
        ("half.flac", lambda: flac[: len(flac) // 2 + rng.randrange(1000)]),
    ]
    target = folder / "Broken"
    target.mkdir()
    for i in range(count):
        name, make = kinds[i % len(kinds)]
        (target / f"{i:05d} {name}").write_bytes(make())


# -- a scan under observation -----------------------------------------------------------------


@dataclass
class Watched:
    """One run of the command: what it printed, and what it took."""

    report: dict[str, Any]
    code: int
    wall: float
    cpu: float
    parent_mb: list[float] = field(default_factory=list)
    worker_mb: list[float] = field(default_factory=list)
    "The largest worker at each look; both lists have one entry a look."
    error: str | None = None
    "What it said last, if it printed no report."


def murecom(home: Path, *arguments: str, environment: dict[str, str]) -> Watched:
    """Run `murecom` with --json and watch the memory of it and of its workers."""
    command = [sys.executable, "-m", "murecom", "--home", str(home), *arguments, "--json"]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        spent, began = cpu_seconds(own=False), time.perf_counter()
        program = subprocess.Popen(command, stdout=out, stderr=err, env=environment)
        watched = Watched({}, 0, 0.0, 0.0)
        try:
            while True:
                try:
                    watched.code = program.wait(timeout=EVERY)
                    break
                except subprocess.TimeoutExpired:
                    _look(program.pid, watched)
        except BaseException:
            program.terminate()
            program.wait()
            raise
        watched.wall = time.perf_counter() - began
        watched.cpu = cpu_seconds(own=False) - spent
        out.seek(0)
        err.seek(0)
        try:
            watched.report = json.load(out)
        except ValueError:
            talk = err.read().decode(errors="replace").strip().splitlines()
            watched.error = f"failed ({watched.code}): {talk[-1] if talk else ''}"
    return watched


def _look(pid: int, watched: Watched) -> None:
    try:
        import psutil
    except ImportError:
        return
    try:
        parent = psutil.Process(pid)
        sizes = []
        for child in parent.children(recursive=True):
            try:
                sizes.append(child.memory_info().rss)
            except psutil.Error:
                continue
        watched.parent_mb.append(parent.memory_info().rss / 1e6)
        watched.worker_mb.append(max(sizes, default=0) / 1e6)
    except psutil.Error:
        return  # it has just ended


def quarters(values: list[float]) -> tuple[float, float] | None:
    """Give the medians of the first and the last quarter, None if there are too few looks."""
    settled = values[round(SETTLING / EVERY) :]
    part = len(settled) // 4
    if part < 4:
        return None
    return statistics.median(settled[:part]), statistics.median(settled[-part:])


# -- results ----------------------------------------------------------------------------------


def judge(first: Watched, files: int, workers: int) -> list[dict[str, Any]]:
    """Compare with the bars; the time counts on two workers, and once start-up is no matter."""
    minutes = first.wall / files * 10_000 / 60
    both = quarters(first.worker_mb)
    growth = None if both is None else (both[1] / both[0] - 1) * 100
    results = [
        bar("peak memory of a worker", max(first.worker_mb, default=None), MEMORY_BAR, "MB"),
        bar("growth of a worker, first to last quarter", growth, GROWTH_BAR, "%"),
    ]
    if workers == 2 and files >= 1000:
        results.append(bar("10,000 tracks on two workers", minutes, MINUTES_BAR, "min"))
    return results


def rows(first: Watched, second: Watched, files: int, broken: int) -> list[tuple[str, str]]:
    """List everything measured."""
    report = first.report
    analysed = report["added"]
    lines = [
        ("files", f"{files + broken:,}"),
        ("added / failed", f"{analysed:,} / {report['failed']:,}"),
        ("wall time", f"{first.wall:.1f} s"),
        ("throughput", f"{analysed / first.wall:.1f} tracks/s"),
        ("processor time", f"{first.cpu / max(analysed, 1):.3f} CPU-s a track (everything)"),
    ]
    for who, values in (("parent", first.parent_mb), ("largest worker", first.worker_mb)):
        both = quarters(values)
        text = f"{max(values):.0f} MB" if values else "not watched: pip install psutil"
        if both:
            text += f" (first quarter {both[0]:.0f}, last quarter {both[1]:.0f})"
        lines.append((f"peak memory, {who}", text))
    if second.error:
        return [*lines, ("second scan", second.error)]
    return [
        *lines,
        ("second scan", f"{second.wall:.2f} s, {second.cpu:.2f} CPU-s (nothing to do)"),
        ("its report", f"unchanged {second.report['unchanged']:,}, added {second.report['added']}"),
    ]


def prepare(music: Path, files: int, broken: int) -> str:
    """Make the files to scan; give the line that describes them."""
    say("making sounds")
    sounds = make_sounds(min(SOUNDS, max(20, files // 20)))
    needed = files * sum(len(content) for _, content in sounds) / len(sounds)
    if needed * 1.1 > shutil.disk_usage(music.parent).free:
        raise SystemExit(f"{needed / 1e9:.1f} GB are needed. Name a larger disk with --work.")
    say(f"writing {files:,} files, {needed / 1e9:.1f} GB")
    size = make_library(music, files, sounds)
    make_broken(music, broken, sounds)
    mix = ", ".join(f"{share * 5} % {kind}" for kind, (share, *_) in KINDS.items())
    return (
        f"material  {files:,} synthetic files of {SECONDS:.0f} s, {size / 1e9:.2f} GB ({mix}), "
        f"{len(sounds)} sounds"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--failed", action="store_true", help="mix in 1 %% broken files")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--backend", choices=("auto", "numpy", "onnx"), default="auto")
    parser.add_argument("--work", type=Path, help="make the files below this folder")
    parser.add_argument("--json", action="store_true", help="print every figure as JSON")
    options = parser.parse_args()
    files, broken = options.files, max(5, round(options.files * BROKEN)) if options.failed else 0
    environment = {k: v for k, v in fair_environment().items() if not k.startswith("MURECOM_")}
    environment["MURECOM_SOUND__BACKEND"] = options.backend
    if options.work:
        options.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.work) as temporary:
        music, home = Path(temporary, "music"), Path(temporary, "home")
        material = prepare(music, files, broken)
        head = conditions("murecom", "numpy", "onnxruntime", "soundfile", "soxr", "sqlalchemy")
        head.append(f"{material}; {options.workers} workers; backend {options.backend}")
        say("scanning")
        arguments = ("scan", str(music), "--workers", str(options.workers))
        first = murecom(home, *arguments, environment=environment)
        if first.error:
            raise SystemExit(f"The scan {first.error}")
        say("scanning again")
        second = murecom(home, *arguments, environment=environment)
        status = murecom(home, "status", environment=environment).report
        listed = murecom(home, "scan", "--failed", environment=environment).report
        disk = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    lines = rows(first, second, files, broken)
    if status:
        counts = f"{status['tracks']:,} tracks, {status['failed']:,} failed"
        lines.append(("in the library", counts))
        lines.append(("disk, database and model", f"{disk / 1000 / max(files, 1):.1f} kB a track"))
    if broken:
        lines.append(
            ("broken files", f"{broken:,} made, {len(listed):,} named, exit code {first.code}")
        )
    results = judge(first, files, options.workers)
    document = {
        "conditions": head,
        "files": files,
        "broken": broken,
        "first": vars(first),
        "second": vars(second),
        "status": status,
        "listed": len(listed),
        "bars": results,
    }
    show(
        document,
        options.json,
        lambda: "\n\n".join(("\n".join(head), table(("", "measured"), lines), bars(results))),
    )


if __name__ == "__main__":
    restart_fairly()
    main()
