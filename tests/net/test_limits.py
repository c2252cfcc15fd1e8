"""Windows and pauses of hosts, on a clock of their own."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from murecom.errors import Paused, Unreachable
from murecom.net.limits import LONGEST, SLACK, Limits, Stopped
from net_doubles import SetClock, most_in

HOST = "music.test"


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


def limits(
    folder: Path, clock: SetClock, calls: int = 2, seconds: float = 10.0, **more: Any
) -> Limits:
    return Limits(folder, {HOST: (calls, seconds)}, clock=clock, **more)


def ask(limits: Limits, clock: SetClock, lasts: float = 0.0) -> float:
    """Send a call that the server takes at once and answers after a while; give when it took it."""
    place = limits.take(HOST)
    at = clock.wall()
    clock.pass_(lasts)
    limits.done(place, is_good=True)
    return at


def test_the_window_rolls(tmp_path: Path, clock: SetClock) -> None:
    door = limits(tmp_path, clock, 2, 10.0)
    begin = clock.wall()
    times = []
    for _ in range(5):
        times.append(ask(door, clock) - begin)
        clock.pass_(1.0)
    step = 10 * SLACK
    assert times == pytest.approx([0, 1, step, step + 1, 2 * step], abs=1e-5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    calls=st.integers(1, 6),
    seconds=st.floats(0.1, 100),
    steps=st.lists(st.tuples(st.floats(0, 30), st.floats(0, 30)), min_size=5, max_size=30),
    late=st.lists(st.floats(0, 1), min_size=30, max_size=30),
)
def test_no_window_of_the_server_holds_more_than_allowed(
    tmp_path_factory: pytest.TempPathFactory,
    calls: int,
    seconds: float,
    steps: list[tuple[float, float]],
    late: list[float],
) -> None:
    """However long a call is on its way: the server takes it anywhere before its answer."""
    clock = SetClock()
    door = limits(tmp_path_factory.mktemp("limits"), clock, calls, seconds, patience=1e9)
    times = []
    for (gap, lasts), share in zip(steps, late, strict=False):
        clock.pass_(gap)
        begin = ask(door, clock, lasts)
        times.append(begin + lasts * share)
    assert most_in(times, seconds) <= calls


def test_a_call_under_way_keeps_its_place(tmp_path: Path, clock: SetClock) -> None:
    door = limits(tmp_path, clock, 1, 10.0, deadline=30.0)
    door.take(HOST)  # its answer never comes
    begin = clock.wall()
    door.take(HOST)
    assert clock.wall() - begin == pytest.approx(30.0 + 10 * SLACK, abs=0.1)


def test_a_call_of_a_process_that_died_is_over(tmp_path: Path, clock: SetClock) -> None:
    door = limits(tmp_path, clock, 1, 10.0)
    child = os.fork()
    if not child:
        try:
            door.take(HOST)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    begin = clock.wall()
    limits(tmp_path, clock, 1, 10.0).take(HOST)
    assert clock.wall() - begin == pytest.approx(10 * SLACK, abs=0.1)


def test_it_outlives_the_program(tmp_path: Path, clock: SetClock) -> None:
    for _ in range(2):
        ask(limits(tmp_path, clock), clock)
    begin = clock.wall()
    ask(limits(tmp_path, clock), clock)
    assert clock.wall() - begin == pytest.approx(10 * SLACK, abs=1e-3)


def test_hosts_are_apart(tmp_path: Path, clock: SetClock) -> None:
    door = Limits(tmp_path, {"a": (1, 50.0), "*": (1, 9.0)}, clock=clock)
    for host in ("a", "b", "[::1]:80", "../../c"):
        door.take(host)
    assert clock.waits == []
    door.done(door.take("b"))
    assert len(clock.waits) > 0
    assert all(path.parent == tmp_path / "limits" for path in tmp_path.rglob("*.txt"))


def test_a_host_without_limit_is_free_but_can_be_paused(tmp_path: Path, clock: SetClock) -> None:
    door = Limits(tmp_path, {}, clock=clock)
    for _ in range(100):
        door.done(door.take(HOST), is_good=True)
    assert clock.waits == []
    door.pause(HOST, 40.0)
    door.take(HOST)
    assert clock.waits == [pytest.approx(40.0)]


# -- pauses ---------------------------------------------------------------------------------------


def test_a_pause_is_sat_through_by_all(tmp_path: Path, clock: SetClock) -> None:
    told: list[tuple[str, float]] = []
    door = limits(tmp_path, clock, 9, tell=lambda host, seconds: told.append((host, seconds)))
    begin = clock.wall()
    limits(tmp_path, clock).pause(HOST, 60.0)  # another program learns of it
    door.take(HOST)
    assert clock.wall() - begin == pytest.approx(60.0)
    assert told == [(HOST, pytest.approx(60.0))]


def test_a_long_pause_is_told_at_once_and_by_the_next_start_too(
    tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits(tmp_path, clock).pause(HOST, 86_400.0)
    until = clock.wall() + 86_400.0
    for _ in range(2):
        with pytest.raises(Paused, match=r"music\.test .*resume after \d\d:\d\d on \d{4}-") as told:
            limits(tmp_path, clock).take(HOST)
        assert told.value.until == pytest.approx(until)
        clock.pass_(60.0)
    assert clock.waits == []
    clock.pass_(86_400.0)
    limits(tmp_path, clock).take(HOST)


def test_a_shorter_pause_does_not_shorten_it(tmp_path: Path, clock: SetClock) -> None:
    door = limits(tmp_path, clock, patience=1000.0)
    door.pause(HOST, 500.0)
    door.pause(HOST, 5.0)
    begin = clock.wall()
    door.take(HOST)
    assert clock.wall() - begin == pytest.approx(500.0)


def test_without_a_time_it_backs_off_twice_as_long_each_time(
    tmp_path: Path, clock: SetClock
) -> None:
    door = limits(tmp_path, clock, 99, patience=120.0)
    for strike in range(8):
        door.pause(HOST, None, door.take(HOST))
        if 2**strike * 1.25 <= 120:
            door.take(HOST)
            assert 2**strike <= clock.waits[-1] <= 1.25 * 2**strike
    with pytest.raises(Paused):
        door.take(HOST)


def test_a_good_answer_forgives(tmp_path: Path, clock: SetClock) -> None:
    door = limits(tmp_path, clock, 99)
    for _ in range(4):
        door.pause(HOST, None, door.take(HOST))
    door.done(door.take(HOST), is_good=True)
    door.pause(HOST, None, door.take(HOST))
    door.take(HOST)
    assert clock.waits[-1] <= 1.25


def test_calls_that_were_refused_together_are_one_strike(tmp_path: Path, clock: SetClock) -> None:
    door = limits(tmp_path, clock, 99)
    places = [door.take(HOST) for _ in range(8)]
    for place in places[:7]:
        door.pause(HOST, None, place)
    door.done(places[7], is_good=True)  # was sent before the refusal, so it forgives nothing
    door.take(HOST)
    assert clock.waits[-1] <= 1.25
    door.pause(HOST, None, door.take(HOST))
    door.take(HOST)
    assert clock.waits[-1] >= 2.0


def test_backing_off_ends_somewhere(tmp_path: Path, clock: SetClock) -> None:
    door = limits(tmp_path, clock, 99, patience=1e9)
    for _ in range(1100):
        door.pause(HOST, None)
    assert 0 < clock.wall() - 1_800_000_000.0 + 1 <= LONGEST
    begin = clock.wall()
    door.take(HOST)
    assert clock.wall() - begin <= 1.25 * LONGEST


def test_windows_that_are_longer_than_the_patience_pause(tmp_path: Path, clock: SetClock) -> None:
    door = limits(tmp_path, clock, 1, 86_400.0)
    ask(door, clock)
    with pytest.raises(Paused, match="used up"):
        door.take(HOST)
    impatient = Limits(tmp_path, {"b": (1, 5.0)}, patience=0.0, clock=clock)
    impatient.done(impatient.take("b"))
    impatient.take("b")


# -- clocks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("jump", [-7200.0, -1.0, 3.0, 7200.0, 1e9])
def test_setting_the_clock_changes_nothing(tmp_path: Path, clock: SetClock, jump: float) -> None:
    ask(limits(tmp_path, clock, 1, 10.0), clock)
    clock.set(jump)
    clock.pass_(4.0)
    limits(tmp_path, clock, 1, 10.0).take(HOST)
    assert clock.waits == [pytest.approx(10 * SLACK - 4, abs=1e-3)]


@pytest.mark.parametrize("jump", [-7200.0, 7200.0])
def test_setting_the_clock_leaves_a_pause_as_long(
    tmp_path: Path, clock: SetClock, jump: float
) -> None:
    limits(tmp_path, clock).pause(HOST, 100.0)
    clock.set(jump)
    limits(tmp_path, clock).take(HOST)
    assert clock.waits == [pytest.approx(100.0)]


def test_starting_the_machine_again_goes_by_the_clock(tmp_path: Path, clock: SetClock) -> None:
    limits(tmp_path, clock).pause(HOST, 100.0)
    clock.pass_(30.0)
    clock.restart("second")
    limits(tmp_path, clock).take(HOST)
    assert clock.waits == [pytest.approx(70.0)]


def test_a_machine_that_starts_in_the_past_waits_no_longer(tmp_path: Path, clock: SetClock) -> None:
    limits(tmp_path, clock).pause(HOST, 100.0)
    clock.set(-1e9)  # no battery: 1995
    clock.restart("second")
    limits(tmp_path, clock).take(HOST)
    assert clock.waits == [pytest.approx(100.0)]


def test_a_machine_without_names_for_its_runs(tmp_path: Path, clock: SetClock) -> None:
    clock.boot = ""
    limits(tmp_path, clock).pause(HOST, 100.0)
    clock.set(-7200.0)
    limits(tmp_path, clock).take(HOST)
    assert clock.waits == [pytest.approx(100.0)]


# -- files, threads -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage", [b"", b"\0" * 99, b"{}", b"00000000 {}\n", b"\xff\xfe", b"2144df1c 1\n"]
)
def test_a_damaged_file_costs_one_window(tmp_path: Path, clock: SetClock, damage: bytes) -> None:
    ask(limits(tmp_path, clock), clock)
    (file,) = tmp_path.rglob("*.txt")
    file.write_bytes(damage)
    begin = clock.wall()
    for _ in range(2):
        ask(limits(tmp_path, clock), clock)
    assert clock.wall() - begin == pytest.approx(10 * SLACK, abs=1e-3)


def test_a_shorter_state_over_a_longer_one(tmp_path: Path, clock: SetClock) -> None:
    door = limits(tmp_path, clock, 50, 10.0)
    for _ in range(50):
        ask(door, clock)
    clock.pass_(60.0)
    begin = clock.wall()
    for _ in range(50):
        ask(limits(tmp_path, clock, 50, 10.0), clock)
    assert clock.wall() == begin


def test_a_folder_that_cannot_be_written(tmp_path: Path, clock: SetClock) -> None:
    (tmp_path / "limits").write_text("a file stands in the way")
    with pytest.raises(Unreachable, match="--home"):
        limits(tmp_path, clock).take(HOST)


def test_files_hold_no_more_than_they_need(tmp_path: Path, clock: SetClock) -> None:
    door = limits(tmp_path, clock, 2, 10.0)
    for _ in range(200):
        ask(door, clock)
    (file,) = tmp_path.rglob("*.txt")
    assert file.stat().st_size < 1000
    assert stat.S_ISREG(file.stat().st_mode)


def test_stopping_wakes_who_waits(tmp_path: Path) -> None:
    door = Limits(tmp_path, {HOST: (1, 30.0)})
    door.take(HOST)
    ends: list[str] = []

    def wait(what: str) -> None:
        try:
            door.take(HOST) if what == "take" else door.rest(30.0)
        except Stopped:
            ends.append(what)

    threads = [threading.Thread(target=wait, args=(what,)) for what in ("take", "rest", "take")]
    for thread in threads:
        thread.start()
    door.stop()
    for thread in threads:
        thread.join(5)
    assert sorted(ends) == ["rest", "take", "take"]


def test_a_long_pause_wakes_who_sits_through_a_short_one(tmp_path: Path) -> None:
    begun = threading.Event()
    door = Limits(tmp_path, {}, patience=60.0, tell=lambda *_: begun.set())
    door.pause(HOST, 50.0)
    found: list[Exception] = []

    def wait() -> None:
        try:
            door.take(HOST)
        except Paused as error:
            found.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    assert begun.wait(5)
    door.pause(HOST, 9000.0)
    thread.join(5)
    assert len(found) == 1
