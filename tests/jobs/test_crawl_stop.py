"""What ends a crawl before its time loses nothing: pauses, quotas, faults, kill -9."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from benchmarks._store_server import new_database, programs, server

from crawl_double import Catalogue, Line, Made, catalogue, expected, rows
from murecom.crawl.base import Page, Task
from murecom.errors import (
    BadInput,
    MurecomError,
    NotFound,
    NotReady,
    Paused,
    QuotaSpent,
    Unreachable,
    Unsupported,
)
from murecom.jobs import crawl_owner
from murecom.jobs.crawl import crawl
from murecom.jobs.crawl_owner import LEASE, may_take_over, new_owner
from murecom.jobs.crawl_report import CrawlOptions, CrawlReport
from murecom.store import Store

RUNNER = Path(__file__).parents[1] / "crawl_runner.py"
KILLS = 20


@pytest.fixture(scope="module")
def postgres(needs_program: Callable[..., str]) -> Iterator[str]:
    """Start a server of our own; give the address of an empty database."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (pip install psycopg[binary])")
    folder = programs() or Path(needs_program("postgres", "postgresql")).parent
    with server(folder) as home:
        yield new_database(home, "crawl")


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store.open(tmp_path / "m.db") as opened:
        yield opened


def run(store: Store, source: Made, *seeds: str, **options: Any) -> CrawlReport:
    made = CrawlOptions(seeds=seeds, **{"playlists": 0, "workers": 2} | options)
    home = Path(str(store._database.backend.place)).parent
    return crawl(store, home, source, Line(), made)


def failing(error: MurecomError, after: int = 0, times: int = 10**9) -> Made:
    """Make a service that fails at its playlists, after some calls and so many times."""
    calls = Counter[str]()

    def fail(task: Task) -> Page | None:
        calls[task.kind] += 1
        if task.kind == "playlist" and after < calls["playlist"] <= after + times:
            raise error
        return None

    return Made(hook=fail)


@pytest.mark.parametrize("error", [Paused("Later.", 2e9), QuotaSpent("No more.")])
def test_pauses_and_quotas_end_it_and_lose_nothing(store: Store, error: MurecomError) -> None:
    source = failing(error, after=30)
    report = run(store, source, "rain")
    assert report.stopped == str(error)
    assert report.paused_until == (2e9 if isinstance(error, Paused) else None)
    assert (report.failed, report.declined) == (0, 0)
    before = len(source.asked)
    assert before < 60
    source.hook = None
    assert run(store, source).stopped is None
    assert rows(store) == expected(source.catalogue)
    again = Counter(source.asked)
    assert sum(again.values()) - len(again) <= 2, "the calls that were not answered"


def test_a_network_that_is_down_is_no_fault_of_the_tasks(store: Store) -> None:
    source = failing(Unreachable("Nobody there."), after=10)
    report = run(store, source, "rain")
    assert report.stopped == "Nobody there."
    assert report.calls < 40
    source.hook = None
    run(store, source)
    assert rows(store) == expected(source.catalogue)


def test_a_network_that_was_never_there(store: Store) -> None:
    def fail(task: Task) -> Page | None:
        raise Unreachable("Nobody there.")

    report = run(store, Made(hook=fail), "rain")
    assert (report.stopped, report.failed, report.waiting) == ("Nobody there.", 0, 1)
    assert run(store, Made(), "rain").added == 110


def test_few_calls_do_not_hide_that_nobody_answers(store: Store) -> None:
    def fail(task: Task) -> Page | None:
        raise Unreachable("Nobody there.")

    assert run(store, Made(hook=fail), "rain", calls=1).stopped == "Nobody there."


def test_a_playlist_without_an_answer_is_put_aside(store: Store) -> None:
    def fail(task: Task) -> Page | None:
        if task.key == "p1":
            raise Unreachable("No answer.")
        return None

    report = run(store, Made(hook=fail), "rain", workers=1)
    assert (report.stopped, report.failures) == (None, [("playlist", "p1", "No answer.")])


def test_a_hiccup_is_forgotten(store: Store) -> None:
    source = failing(BadInput("Half an answer."), after=10, times=2)
    assert run(store, source, "rain").failed == 0
    assert rows(store) == expected(source.catalogue)


def test_what_fails_three_times_is_put_aside(store: Store) -> None:
    def fail(task: Task) -> Page | None:
        if task.key == "p1":
            raise BadInput("Half an answer.")
        return None

    source = Made(hook=fail)
    report = run(store, source, "rain")
    assert report.failures == [("playlist", "p1", "Half an answer.")]
    assert Counter(source.asked)["playlist", "p1", None] == 3
    assert len(rows(store)) == len(expected(source.catalogue)) - 1
    source.hook = None
    assert run(store, source, again=True, own=True).added == 1
    assert rows(store) == expected(source.catalogue)


def test_gone_and_refused(store: Store) -> None:
    def fail(task: Task) -> Page | None:
        if task.key == "p1":
            raise NotFound("Gone.")
        if task.key == "p2":
            raise Unsupported("Not for you.")
        return None

    report = run(store, Made(hook=fail), "rain")
    assert (report.gone, report.declined, report.failed) == (1, 1, 0)
    assert report.failures == [("playlist", "p2", "Not for you.")]


def test_missing_settings_are_told_at_once(store: Store) -> None:
    def fail(task: Task) -> Page | None:
        raise NotReady("Set made.key.")

    with pytest.raises(NotReady, match=r"made\.key"):
        run(store, Made(hook=fail), "rain")
    assert store.crawls.taken("made") == 0


def test_mistakes_of_ours_are_not_hidden(store: Store) -> None:
    def fail(task: Task) -> Page | None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(store, Made(hook=fail), "rain")
    assert store.crawls.taken("made") == 0


# -- owners ---------------------------------------------------------------------------------------


def test_owners_that_are_gone() -> None:
    owner = new_owner()
    assert not may_take_over(owner, 0.0, 100.0), "alive, though its claim ran out"
    dead = subprocess.Popen([sys.executable, "-c", ""])
    machine, pid, start, _ = owner.split("/")
    assert pid == str(os.getpid())
    assert may_take_over(f"{machine}/{pid}/{int(start) + 1}/x", 1e9, 100.0), "another one's number"
    dead.wait()
    assert may_take_over(f"{machine}/{dead.pid}/5/x", 1e9, 100.0)
    assert not may_take_over("elsewhere/1/2/x", 200.0, 100.0)
    assert may_take_over("elsewhere/1/2/x", 99.0, 100.0)
    assert may_take_over("elsewhere/1/2/x", 100.0 + 3 * LEASE, 100.0), "the clock was set back"
    assert may_take_over("", 0.0, 100.0)


def test_without_proc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(crawl_owner, "_PROC", tmp_path)
    assert not may_take_over(new_owner(), 200.0, 100.0)
    assert may_take_over(new_owner(), 50.0, 100.0), "cannot be known: the claim counts"


# -- processes ------------------------------------------------------------------------------------


def start(database: str, log: Path, workers: int = 1, pause: float = 0.002) -> Any:
    command = [sys.executable, str(RUNNER), database, str(log), str(workers), str(pause)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def finish(process: Any) -> str:
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0, out
    return str(out)


@pytest.mark.slow
def test_killed_crawls_end_like_an_undisturbed_one(tmp_path: Path) -> None:
    rng = random.Random(20)
    log, database = tmp_path / "log", str(tmp_path / "m.db")
    kills = 0
    for number in range(KILLS):
        process = start(database, log)
        time.sleep(rng.uniform(0.0, 0.15))
        if process.poll() is None:
            kills += 1
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        lines = log.read_text().splitlines() if log.exists() else []
        asked = Counter(line.partition("\t")[2] for line in lines)
        assert sum(asked.values()) - len(asked) <= number + 1, "one page for each kill at most"
    finish(start(database, log, pause=0.0))
    assert kills == KILLS
    with Store.open(database) as store:
        assert rows(store) == expected(catalogue())
        with store._database.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM page").scalar() == 0


def shared(database: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    processes = [start(database, log, workers=2) for _ in range(2)]
    added = [int(finish(process).split()[-1]) for process in processes]
    lines = [line.partition("\t") for line in log.read_text().splitlines()]
    assert len(lines) == len({line[2] for line in lines}), "no page twice"
    assert len({line[0] for line in lines}) == 2
    assert min(added) > 0
    with Store.open(database) as store:
        assert rows(store) == expected(catalogue())


@pytest.mark.slow
def test_two_crawlers_share_the_work(tmp_path: Path) -> None:
    database = str(tmp_path / "m.db")
    Store.open(database).close()
    shared(database, tmp_path)


@pytest.mark.slow
@pytest.mark.server
def test_two_crawlers_share_the_work_on_a_server(tmp_path: Path, postgres: str) -> None:
    Store.open(postgres).close()
    shared(postgres, tmp_path)


def test_interrupted_at_once(store: Store) -> None:
    """Ctrl-C comes to the thread that writes; what is under way is given back."""

    def interrupt(step: Any) -> None:
        if step.done >= 5:
            raise KeyboardInterrupt

    source = Made(Catalogue(dict(catalogue().lists)))
    options = CrawlOptions(seeds=("rain",), playlists=0, workers=3)
    home = Path(str(store._database.backend.place)).parent
    with pytest.raises(KeyboardInterrupt):
        crawl(store, home, source, Line(), options, interrupt)
    assert store.crawls.taken("made") == 0
    run(store, source)
    assert rows(store) == expected(source.catalogue)
