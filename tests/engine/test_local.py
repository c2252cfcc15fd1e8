"""The local engine loses no batch, whatever the workers do."""

import os
import signal
import time

from murecom.engine.base import Outcome
from murecom.engine.local import Local


def square(n: int) -> int:
    return n * n


def misbehave(what: str) -> str:
    if what == "raise":
        raise ValueError("no")
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "hang":
        time.sleep(60)
    return what


def threads(_: int) -> tuple[str | None, int]:
    return os.environ.get("OPENBLAS_NUM_THREADS"), os.nice(0)


def test_every_batch_comes_back_once():
    outcomes = list(Local(workers=2, niceness=0).map(square, range(25)))
    assert sorted((o.batch, o.value) for o in outcomes) == [(n, n * n) for n in range(25)]


def test_nothing_to_do():
    assert list(Local(workers=1).map(square, [])) == []


def test_a_bad_batch_costs_itself_only():
    batches = ["a", "raise", "b", "die", "c", "hang", "d"]
    outcomes = {o.batch: o for o in Local(workers=2, niceness=0).map(misbehave, batches, timeout=2)}
    assert set(outcomes) == set(batches)
    assert all(outcomes[b] == Outcome(b, value=b) for b in "abcd")
    assert outcomes["raise"].error == "ValueError: no"
    assert "signal 9" in outcomes["die"].error
    assert "longer than 2 s" in outcomes["hang"].error


def test_workers_have_one_thread_and_low_priority():
    before = os.environ.get("OPENBLAS_NUM_THREADS")
    [outcome] = Local(workers=1, niceness=5).map(threads, [0])
    assert outcome.value == ("1", os.nice(0) + 5)
    assert os.environ.get("OPENBLAS_NUM_THREADS") == before


def test_batches_are_taken_lazily():
    taken = []

    def source():
        for n in range(100):
            taken.append(n)
            yield n

    outcomes = Local(workers=1, niceness=0).map(square, source())
    next(outcomes)
    assert len(taken) < 10
    outcomes.close()
