"""What the benchmarks share: a fair environment, clocks, memory, and how results are printed.

Only the standard library, so that it also runs under the interpreter that holds the peers.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

THREADS = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
    "RAYON_NUM_THREADS",
)
"Set to 1 for everything that is measured: CPU-seconds are then seconds of one core."

_CLEARED = "_BENCHMARK_CLEARED"


def fair_environment() -> dict[str, str]:
    """Give an environment with one thread for each library and OpenBLAS left to itself.

    `OPENBLAS_CORETYPE` makes OpenBLAS use the kernels of another processor: a machine where it is
    set measures that processor, not its own (MusiCNN took 1.7 times as long). The other variables
    of OpenBLAS, its number of threads apart, go with it.
    """
    environment = dict(os.environ)
    cleared = [n for n in environment if n.startswith("OPENBLAS_") and n not in THREADS]
    if cleared:
        environment[_CLEARED] = ", ".join(f"{n}={environment.pop(n)}" for n in sorted(cleared))
    return environment | dict.fromkeys(THREADS, "1")


def restart_fairly() -> None:
    """Start this program again in the fair environment, unless it already runs in it.

    Libraries read these variables once, when they are loaded. Call it first under
    ``if __name__ == "__main__"``; whatever was imported before does not matter then.
    """
    wanted = fair_environment()
    if wanted != dict(os.environ):
        sys.stdout.flush()
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], wanted)


def conditions(*packages: str) -> list[str]:
    """Give the lines that head every result: machine, versions, what was set and unset."""
    cleared = os.environ.get(_CLEARED)
    versions = [f"Python {platform.python_version()}"]
    versions += [f"{p} {version(p) or 'missing'}" for p in packages]
    return [
        f"machine   {machine()}",
        f"versions  {', '.join(versions)}",
        "settings  one thread for each library; OPENBLAS_CORETYPE unset"
        + (f" (cleared: {cleared})" if cleared else " (it was not set)"),
    ]


def machine() -> str:
    """Describe processor, cores in reach, memory, system and how busy the machine is."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    busy = os.getloadavg()[0]
    name = _cpuinfo("model name") or platform.processor() or platform.machine()
    family, model = _cpuinfo("cpu family"), _cpuinfo("model")
    if family:
        name += f" (family {family}, model {model})"
    return (
        f"{name}, {cores} cores, {memory:.0f} GB, {platform.system()} {platform.machine()}, "
        f"load {busy:.1f}"
    )


def _cpuinfo(key: str) -> str | None:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:  # not Linux
        return None
    return next(
        (v.strip() for n, _, v in (x.partition(":") for x in lines) if n.strip() == key), None
    )


def version(package: str) -> str | None:
    """Give the installed version of a package, None if there is none."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


# -- clocks and memory ------------------------------------------------------------------------


def cpu_seconds(*, own: bool = True) -> float:
    """Give the processor time of this process and of its children that have ended.

    User and system time together; without `own`, of the children alone. `resource` counts
    microseconds, `os.times` only ticks of 10 ms.
    """
    try:
        import resource
    except ImportError:  # Windows
        times = os.times()
        return sum(times[:4]) if own else sum(times[2:4])
    usages = [resource.getrusage(resource.RUSAGE_CHILDREN)]
    if own:
        usages.append(resource.getrusage(resource.RUSAGE_SELF))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def peak_mb() -> float:
    """Give the largest resident memory of this process so far, in MB (10^6 bytes).

    `VmHWM`, because Linux hands `ru_maxrss` of the parent down to what it starts.
    """
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:  # not Linux
        import resource

        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6


@dataclass
class Run:
    """What a program in its own process reported: one JSON object a line."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    error: str | None = None


def run_json(
    arguments: Sequence[str], *, python: str = sys.executable, timeout: float = 600
) -> Run:
    """Run a Python program in a fresh process and collect the JSON lines that it prints.

    A program that dies, panics or hangs costs only itself: what it printed before is kept, and
    `error` says what happened.
    """
    program = subprocess.Popen(
        [python, *arguments],
        env=fair_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    error = None
    try:
        out, err = program.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        program.kill()
        out, err = program.communicate()
        error = f"stopped after {timeout:.0f} s"
    except BaseException:
        program.kill()
        program.wait()
        raise
    if error is None and program.returncode:
        last = next((line for line in reversed(err.splitlines()) if line.strip()), "")
        how = f"exit code {program.returncode}"
        if program.returncode < 0:
            how = f"ended by signal {-program.returncode}"
        error = f"{how}: {last.strip()[:160]}" if last else how
    lines = []
    for line in out.splitlines():
        try:
            lines.append(json.loads(line))
        except ValueError:
            continue  # what a peer prints by itself
    return Run([line for line in lines if isinstance(line, dict)], error)


# -- results ----------------------------------------------------------------------------------


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay out rows under a header; columns of numbers are aligned to the right."""
    cells = [list(header), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    right = [all(_is_number(row[i]) for row in cells[1:]) for i in range(len(header))]
    lines = [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in cells
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _is_number(cell: str) -> bool:
    return not cell or cell[0].isdigit() or (cell[0] in "-+×<≤~" and cell[-1:] != " ")


def bar(name: str, value: float | None, limit: float, unit: str) -> dict[str, Any]:
    """Compare a figure with its bar (smaller is better); None is not measured."""
    return {
        "bar": name,
        "value": value,
        "limit": limit,
        "unit": unit,
        "is_met": None if value is None else value <= limit,
    }


def bars(results: Iterable[Mapping[str, Any]]) -> str:
    """Print the outcome of every bar, one line each."""
    words = {None: "NOT MEASURED", True: "met", False: "MISSED"}
    rows = [
        (
            r["bar"],
            "-" if r["value"] is None else f"{r['value']:.3g} {r['unit']}",
            f"≤ {r['limit']:g} {r['unit']}",
            words[r["is_met"]],
        )
        for r in results
    ]
    return table(("bar", "measured", "limit", ""), rows)


def say(text: str) -> None:
    """Talk on stderr; stdout is for results."""
    print(text, file=sys.stderr, flush=True)


def show(document: Mapping[str, Any], as_json: bool, text: Callable[[], str]) -> None:
    """Print a result as JSON or as text."""
    print(json.dumps(document, indent=2, ensure_ascii=False) if as_json else text(), flush=True)
