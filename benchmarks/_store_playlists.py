"""Playlists in: rows of `playlist_track` a second in SQLite and in PostgreSQL.

Every repeat runs all ways once, each on a new database, so that what else the machine does meets
all of them alike. Figures are medians of the repeats, by the clock and, in brackets, by processor
time, a server's included. Bars go by processor time: on an idle machine the clock takes a tenth
longer, on a busy one any figure by the clock is one of its load.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from _common import bar, conditions, say
from _store_kill import check
from _store_material import Lists, Raw, again, entries, one_by_one, orm, stream, together, unknown
from _store_server import cpu_seconds, new_database, programs, server
from murecom.store import Store

Rate = tuple[float, float]
"Rows/s by the clock and by CPU time."

Rates = dict[tuple[str, str], Rate]
"By way and material."

Found = defaultdict[tuple[str, str], list[Rate]]
"The same of every repeat."

T = TypeVar("T")

NEW, KNOWN, WORST = "stream", "known tracks", "all tracks new"
LIMITS = {
    ("one", NEW): 15_000,
    ("one", KNOWN): 30_000,
    ("many", NEW): 30_000,
    ("many", KNOWN): 60_000,
}
"Rows/s that are wanted of SQLite; half of it of PostgreSQL."

TITLES = {"one": "a commit each", "many": "20,000 a commit"}
PART = 40
"Playlists that the slow way of an ORM writes."


def sqlite(scale: float, repeats: int, kills: int) -> dict[str, Any]:
    """Compare murecom with an ORM and with SQLite itself."""
    lists, worst = stream(scale), unknown(round(30_000 * scale))
    say(f"{len(lists):,} playlists, {entries(lists):,} entries")
    found: Found = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for number in range(repeats):
            say(f"repeat {number + 1} of {repeats}")
            _append(found, ours(partial(_file, home, number), lists, worst))
            _append(found, _others(home, lists))
            for file in home.iterdir():
                file.unlink()
        killed = check(str(home / "kill.db"), kills) if kills else {}
    rates = _median(found)
    ways = ("one", "raw one", "orm", "many", "raw many")
    names = {
        "one": "**murecom, a commit each**",
        "many": "**murecom, 20,000 entries a commit**",
        "raw one": "raw sqlite3, a commit each, rows made beforehand",
        "raw many": "raw sqlite3, 20,000 entries a commit, the same",
        "orm": "ORM, merge per row, a commit each",
    }
    return {
        "conditions": conditions("sqlalchemy"),
        "header": ("way", NEW, KNOWN, WORST),
        "rows": [
            (names[way], *(_shown(rates.get((way, what))) for what in (NEW, KNOWN, WORST)))
            for way in ways
        ],
        "ratios": {
            f"times an ORM, {TITLES[way]}": _ratio(found, (way, NEW), ("orm", NEW))
            for way in TITLES
        }
        | {
            f"times raw sqlite3, {TITLES[way]}, {what}": _ratio(
                found, (way, what), (f"raw {way}", what)
            )
            for way in TITLES
            for what in (NEW, KNOWN)
        },
        "killed": killed,
        "bars": [_bar(rates, key, limit) for key, limit in LIMITS.items()] + _kept(killed),
    }


def postgres(scale: float, repeats: int, kills: int) -> dict[str, Any]:
    """Compare a server with SQLite; both as they are set up by default."""
    folder = programs()
    if folder is None:
        raise SystemExit(
            "No PostgreSQL here. Run: apt install postgresql; pip install 'psycopg[binary]'"
        )
    lists, worst = stream(scale), unknown(round(30_000 * scale))
    found: Found = defaultdict(list)
    with server(folder) as home, tempfile.TemporaryDirectory() as files:
        for number in range(repeats):
            say(f"repeat {number + 1} of {repeats}")
            rates = ours(partial(_file, Path(files), number), lists, worst)
            _append(found, {(f"SQLite {way}", what): r for (way, what), r in rates.items()})
            rates = ours(partial(new_database, home), lists, worst, partial(cpu_seconds, home))
            _append(found, {(f"PostgreSQL {way}", what): r for (way, what), r in rates.items()})
        killed = check(new_database(home, "killed"), kills) if kills else {}
    kinds = ("SQLite", "PostgreSQL")
    medians = _median(found)
    ratios = {
        (way, what): _ratio(found, (f"SQLite {way}", what), (f"PostgreSQL {way}", what))
        for way in TITLES
        for what in (NEW, KNOWN, WORST)
    }
    server_rates = {key: medians[f"PostgreSQL {key[0]}", key[1]] for key in LIMITS}
    return {
        "conditions": conditions("sqlalchemy", "psycopg"),
        "header": ("database", NEW, KNOWN, WORST),
        "rows": [
            (
                f"{kind}, {TITLES[way]}",
                *(_shown(medians[f"{kind} {way}", what]) for what in (NEW, KNOWN, WORST)),
            )
            for way in TITLES
            for kind in kinds
        ],
        "ratios": {
            f"SQLite is so many times faster, {TITLES[way]}, {what}": ratio
            for (way, what), ratio in ratios.items()
        },
        "killed": killed,
        "bars": [_bar(server_rates, key, limit / 2) for key, limit in LIMITS.items()]
        + _kept(killed),
    }


def ours(
    address: Callable[[str], str | Path],
    lists: Lists,
    worst: Lists,
    server_cpu: Callable[[], float] = lambda: 0.0,
) -> Rates:
    """Time both ways of a store, each in a new database."""
    rates: Rates = {}
    more = again(lists)
    for way, make in (("one", one_by_one), ("many", together)):
        with Store.open(address(f"{way}_stream")) as store:
            rates[way, NEW] = _rate(make(store), lists, entries(lists), server_cpu)
            rates[way, KNOWN] = _rate(make(store), more, entries(more), server_cpu)
        with Store.open(address(f"{way}_worst")) as store:
            rates[way, WORST] = _rate(make(store), worst, entries(worst), server_cpu)
    return rates


def _file(folder: Path, number: int, name: str) -> Path:
    return folder / f"{number}-{name}.db"


def _others(home: Path, lists: Lists) -> Rates:
    rates: Rates = {}
    rows = entries(lists)
    for way, size in (("raw one", 1), ("raw many", max(20_000 * len(lists) // rows, 1))):
        path = home / f"{way}.db"
        Store.open(path).close()
        raw = Raw(path, size)
        for what, prepared in ((NEW, raw.prepare(lists)), (KNOWN, raw.prepare(again(lists)))):
            rates[way, what] = _rate(raw.write, prepared, rows)
    part = lists[:PART]
    rates["orm", NEW] = _rate(orm(home / "orm.db"), part, entries(part))
    return rates


def _rate(
    write: Callable[[T], None],
    material: T,
    rows: int,
    server_cpu: Callable[[], float] = lambda: 0.0,
) -> Rate:
    wall, cpu = time.perf_counter(), time.process_time() + server_cpu()
    write(material)
    taken = time.process_time() + server_cpu() - cpu
    return rows / (time.perf_counter() - wall), rows / taken


def _append(found: Found, rates: Rates) -> None:
    for key, rate in rates.items():
        found[key].append(rate)


def _median(found: Found) -> Rates:
    return {
        key: (statistics.median(wall for wall, _ in rates), statistics.median(c for _, c in rates))
        for key, rates in found.items()
    }


def _ratio(found: Found, first: tuple[str, str], second: tuple[str, str]) -> float:
    """Compare within each repeat: what else the machine did then slowed both."""
    pairs = zip(found[first], found[second], strict=True)
    return statistics.median(ours / theirs for (ours, _), (theirs, _) in pairs)


def _shown(rate: Rate | None) -> str:
    return "" if rate is None else f"{rate[0]:,.0f} ({rate[1]:,.0f})"


def _bar(rates: Rates, key: tuple[str, str], limit: float) -> dict[str, Any]:
    way, what = key
    return bar(f"{TITLES[way]}, {what}: CPU of a row", 1e6 / rates[key][1], 1e6 / limit, "µs")


def _kept(killed: dict[str, int]) -> list[dict[str, Any]]:
    bad = killed["lost"] + killed["torn"] if killed else None
    return [bar("playlists lost or torn by kill -9", bad, 0, "playlists")]
