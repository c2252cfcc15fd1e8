"""Measure what the analysis of a four-minute track costs, by stage, and what others take.

    python benchmarks/analyse.py [MUSIC_FOLDER] [--peers PYTHON] [--repeats 5] [--json]

Every tool runs in a fresh process, one thread for each library, on the same files; tools and files
change their order from round to round. Figures are CPU-seconds: time of the processor in user and
system mode, helper programs included, which other work on the machine disturbs least.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from _common import Run, bar, bars, conditions, restart_fairly, run_json, say, show, table

TOOLS_FILE = str(Path(__file__).with_name("_tools.py"))
OURS = (
    "murecom-numpy",
    "murecom-onnx",
    "fast-numpy",
    "fast-onnx",
    "rich-numpy",
    "rich-onnx",
)
"The default, `scan --fast` (three windows), and `sound.model = rich`."
PEERS = ("original", "musly", "sonara", "bliss")

CPU_BARS = {"murecom-numpy": 0.17, "murecom-onnx": 0.13, "fast-numpy": 0.10, "fast-onnx": 0.07}
"CPU-seconds for a four-minute mp3: tags, vectors and MFCC block."
MEMORY_BAR = 350.0
"MB of a worker."
STAGE_ORDER = ("hash", "tags", "decode windows", "mel", "network", "MFCC block")


@dataclass
class Tool:
    """What was measured of one tool; lists hold one figure a round."""

    cpu: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wall: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    stages: dict[str, dict[str, list[float]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    start_up: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    version: str | None = None
    missing: str | None = None


def measure(
    files: dict[str, Path], repeats: int, peers: str | None, windows: int, seed: int = 0
) -> dict[str, Tool]:
    """Run every tool `repeats` times over the files."""
    tools = {name: Tool() for name in (*OURS, *PEERS)}
    if peers is None:
        for name in PEERS:
            tools[name].missing = "no interpreter given with --peers"
    names = {str(path): name for name, path in files.items()}
    order = random.Random(seed)
    for round_ in range(repeats):
        active = [name for name, tool in tools.items() if tool.missing is None]
        for name in order.sample(active, len(active)):
            say(f"round {round_ + 1} of {repeats}: {name}")
            python = sys.executable if name in OURS else str(peers)
            paths = order.sample(list(names), len(names))
            arguments = [TOOLS_FILE, name, "--windows", str(windows), *paths]
            _collect(tools[name], run_json(arguments, python=python), names)
    return tools


def _collect(tool: Tool, run: Run, names: dict[str, str]) -> None:
    for line in run.lines:
        tool.missing = line.get("missing", tool.missing)
        tool.version = line.get("version", tool.version)
        if "start_up" in line:
            tool.start_up.append(line["start_up"])
        if "peak_mb" in line:
            tool.peak_mb.append(line["peak_mb"])
        if "file" not in line:
            continue
        name = names[line["file"]]
        if "error" in line:
            tool.errors[name] = line["error"]
            continue
        tool.cpu[name].append(line["cpu"])
        tool.wall[name].append(line["wall"])
        for stage, seconds in line["stages"].items():
            tool.stages[name][stage].append(seconds)
    if run.error:
        tool.errors["process"] = run.error
        if not run.lines:
            tool.missing = run.error


# -- results ----------------------------------------------------------------------------------


def judge(tools: dict[str, Tool]) -> list[dict[str, Any]]:
    """Compare with the bars: the median of the dearest mp3, and the largest peak of a worker."""
    results = []
    for name, limit in CPU_BARS.items():
        medians = [
            statistics.median(cpu) for file, cpu in tools[name].cpu.items() if file[:3] == "mp3"
        ]
        results.append(bar(f"{name}, 4-minute mp3", max(medians, default=None), limit, "CPU-s"))
    for name in OURS:
        peak = max(tools[name].peak_mb, default=None)
        results.append(bar(f"{name}, peak memory", peak, MEMORY_BAR, "MB"))
    return results


def report(files: dict[str, Path], tools: dict[str, Tool], head: list[str]) -> str:
    """Lay out everything as text."""
    parts = [
        "\n".join(head),
        "CPU-seconds a track: median (minimum)\n" + _costs(files, tools),
        "times the cost of murecom with numpy, by medians\n" + _ratios(files, tools),
        "stages of murecom, CPU-milliseconds: median (minimum)\n" + _stages(files, tools),
        "processes\n" + _processes(tools),
        bars(judge(tools)),
    ]
    notes = [f"{name}: not run: {tool.missing}" for name, tool in tools.items() if tool.missing]
    notes += [
        f"{name}, {file}: {error}"
        for name, tool in tools.items()
        for file, error in tool.errors.items()
    ]
    notes += [
        "original: librosa 30 s from 0:30, 128 mel bands, its network in numpy with random "
        "weights (time only); soxr instead of its slower kaiser_fast",
        "musly: 30 s, decoded by ffmpeg from the start; sonara and bliss: the whole file; "
        "murecom also hashes the file and reads its tags",
    ]
    return "\n\n".join([*parts, "\n".join(f"* {note}" for note in notes)])


def _costs(files: dict[str, Path], tools: dict[str, Tool]) -> str:
    rows = [
        [_label(name, tool), *(_figure(tool.cpu.get(file), 1, 3) for file in files)]
        for name, tool in tools.items()
        if tool.missing is None
    ]
    return table(["", *files], rows)


def _ratios(files: dict[str, Path], tools: dict[str, Tool]) -> str:
    ours = tools["murecom-numpy"].cpu
    rows = []
    for name, tool in tools.items():
        if tool.missing is None and name != "murecom-numpy":
            cells = [
                f"{statistics.median(tool.cpu[f]) / statistics.median(ours[f]):.2f}"
                if tool.cpu.get(f) and ours.get(f)
                else "-"
                for f in files
            ]
            rows.append([_label(name, tool), *cells])
    return table(["", *files], rows)


def _stages(files: dict[str, Path], tools: dict[str, Tool]) -> str:
    rows = []
    for file in files:
        for name in OURS:
            stages, total = tools[name].stages.get(file), tools[name].cpu.get(file)
            if not stages or not total:
                continue
            known = [stages.get(stage, []) for stage in STAGE_ORDER]
            rest = [sum(spent) for spent in zip(*(s for s in known if s), strict=True)]
            other = [whole - part for whole, part in zip(total, rest, strict=True)]
            cells = [_figure(spent, 1000, 1) for spent in (*known, other, total)]
            rows.append([file, name, *cells])
    return table(["file", "", *STAGE_ORDER, "other", "total"], rows)


def _processes(tools: dict[str, Tool]) -> str:
    rows = [
        [_label(name, tool), _figure(tool.start_up, 1, 2), f"{max(tool.peak_mb, default=0):.0f}"]
        for name, tool in tools.items()
        if tool.missing is None
    ]
    return table(["", "start and first track, CPU-s", "peak memory, MB"], rows)


def _figure(values: list[float] | None, factor: float, digits: int) -> str:
    if not values:
        return "-"
    middle, least = statistics.median(values) * factor, min(values) * factor
    return f"{middle:.{digits}f} ({least:.{digits}f})"


def _label(name: str, tool: Tool) -> str:
    return f"{name} {tool.version}" if tool.version else name


def document(files: dict[str, Path], tools: dict[str, Tool], head: list[str]) -> dict[str, Any]:
    """Give everything that was measured, every single figure, for --json."""
    return {
        "conditions": head,
        "files": {name: path.stat().st_size for name, path in files.items()},
        "bars": judge(tools),
        "tools": {
            name: {
                "version": tool.version,
                "missing": tool.missing,
                "cpu": tool.cpu,
                "wall": tool.wall,
                "stages": tool.stages,
                "start_up": tool.start_up,
                "peak_mb": tool.peak_mb,
                "errors": tool.errors,
            }
            for name, tool in tools.items()
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("music", nargs="?", type=Path, help="free music to make the track of")
    parser.add_argument(
        "--peers", metavar="PYTHON", help="interpreter that has peers.txt installed"
    )
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--windows", type=int, default=5, help="windows of murecom")
    parser.add_argument("--seconds", type=float, default=240.0, help="length of the track")
    parser.add_argument("--work", type=Path, help="keep the made files here and use them again")
    parser.add_argument("--json", action="store_true", help="print every figure as JSON")
    options = parser.parse_args()
    if options.peers and shutil.which(options.peers) is None:
        parser.error(
            f"there is no interpreter at {options.peers}; README.md here tells how to make one"
        )
    from _material import four_minutes

    with tempfile.TemporaryDirectory() as temporary:
        say("making the tracks")
        folder = options.work or Path(temporary)
        files = four_minutes(options.music, folder, options.seconds)
        head = [
            *conditions("murecom", "numpy", "onnxruntime", "soundfile", "soxr"),
            f"material  {options.seconds:.0f} s stereo, "
            + ("real music" if options.music else "synthetic")
            + f"; {options.windows} windows; {options.repeats} rounds",
        ]
        tools = measure(files, options.repeats, options.peers, options.windows)
        show(document(files, tools, head), options.json, lambda: report(files, tools, head))


if __name__ == "__main__":
    restart_fairly()
    main()
