"""How often each host may be asked, and when not at all: for all threads and processes together.

One small file for each host holds the calls of its window and the end of its pause, so that both
outlive the program. A call takes its place before it is sent and is over when the answer begins;
its place is free a whole window after *that*. The server counted it in between, so however slow
the way is, no window of the server holds more calls than allowed.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote
from zlib import crc32

from filelock import BaseFileLock, FileLock, Timeout

from murecom.errors import MurecomError, Paused, Unreachable
from murecom.net.clock import Clock

SLACK: Final = 1.001
"A window is taken for that much longer: the clock of the server may run a little slower than ours."

FIRST: Final = 1.0
"Seconds to back off from a host that says 429 and no more; each further time twice as long."

LONGEST: Final = 3600.0
"Longest such pause in seconds; a longer one only if the host names it."

_DOOR: Final = 10.0
"Seconds to wait for the lock of a file, which is held for some hundred microseconds."

_IN_LINE: Final = 60.0
"Seconds that a window is waited for however small the patience: it is for pauses."


class Stopped(MurecomError):
    """The client was stopped while it waited; raised in the thread that waited."""


@dataclass(frozen=True, slots=True)
class Place:
    """A call that may be sent: its number, and how many pauses its host had had by then."""

    host: str
    number: str
    pauses: int


@dataclass(slots=True)
class _State:
    """What the file of a host holds; times are seconds since 1970 by the clock of `now`.

    `calls` are [number, begin, end], the end None while a call is under way, the number beginning
    with that of the process. `strikes` counts the refusals since the last good answer.
    `was_elsewhere`: another machine wrote it, or this one before it was started again;
    `has_gone_back`: so has the clock, on a machine without ticks to compare.
    """

    now: float
    tick: float
    boot: str
    calls: list[tuple[str, float, float | None]] = field(default_factory=list)
    until: float = 0.0
    pauses: int = 0
    strikes: int = 0
    was_elsewhere: bool = False
    has_gone_back: bool = False

    @classmethod
    def read(cls, text: str, clock: Clock) -> _State:
        """Read a file and put its times right, if the clock was set since. ValueError if damaged.

        Only what passed since then counts: by the ticks of the same run of the machine, else by
        the clock, where it has not gone back.
        """
        try:
            old = cls(**json.loads(text))
            state = cls(clock.wall(), clock.tick(), clock.boot)
            passed = state.now - old.now
            if old.boot and old.boot == state.boot and state.tick >= old.tick:
                shift = passed - (state.tick - old.tick)
            else:
                shift = min(passed, 0.0)
            state.calls = [
                (str(number), begin + shift, None if end is None else end + shift)
                for number, begin, end in old.calls
            ]
            state.was_elsewhere = old.boot != state.boot
            state.has_gone_back = not old.boot and passed < 0
            state.until = old.until + shift
            state.pauses, state.strikes = int(old.pauses), int(old.strikes)
        except (TypeError, AttributeError) as error:
            raise ValueError("not the file of a host") from error
        return state


class Limits:
    """The windows and pauses of hosts.

    Parameters
    ----------
    folder : path
        Where the files are; made if need be. Processes share limits by sharing it.
    limits : mapping of host to (calls, seconds)
        At most so many calls in any window of so many seconds; "*" is for hosts that are not
        named, each for itself. A host without a limit is only paused. Processes that share a
        folder must agree about the limit of a host.
    patience : float
        Longest pause in seconds that is sat through.
    deadline : float
        Longest that a call takes, in seconds: one that never came back is over then.
    tell : callable, optional
        Called with the host and the seconds when a pause begins to be sat through.
    clock : Clock, optional
        Another clock, for tests.
    """

    def __init__(
        self,
        folder: Path,
        limits: Mapping[str, tuple[int, float]],
        *,
        patience: float = 120.0,
        deadline: float = 60.0,
        tell: Callable[[str, float], None] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._folder = folder
        self._limits = dict(limits)
        self._patience = patience
        self._deadline = deadline
        self._tell = tell
        self._told: dict[str, int] = {}
        self._clock = clock or Clock()
        self._door = threading.Lock()
        self._locks: dict[str, BaseFileLock] = {}
        self._changed = threading.Condition()
        self._turn = 0
        self._is_stopped = False

    def take(self, host: str) -> Place:
        """Wait until a call may be sent, and count it.

        Raises
        ------
        Paused
            The host wants to be left alone for longer than `patience`.
        Stopped
            By `stop`, from another thread.
        Unreachable
            The folder cannot be written.
        """
        while True:
            with self._changed:
                if self._is_stopped:
                    raise Stopped("Stopped while waiting. Run the same command to go on.")
                turn = self._turn
            with self._held(host) as state:
                pause = state.until - state.now
                queue = self._wait_for_place(host, state)
                if pause <= 0 and queue <= 0:
                    place = Place(host, f"{os.getpid()}-{secrets.token_hex(4)}", state.pauses)
                    if self._limit(host) is not None:
                        state.calls.append((place.number, state.now, None))
                        self._write(host, state)
                    return place
                self._check(host, state.now, pause, queue)
                is_news = pause > 0 and self._told.get(host) != state.pauses
                self._told[host] = state.pauses
            if is_news and self._tell is not None:
                self._tell(host, pause)
            with self._changed:
                if not self._is_stopped and turn == self._turn:
                    self._clock.wait(self._changed, max(pause, queue))

    def done(self, place: Place, *, is_good: bool = False) -> None:
        """Note that the answer to a call has begun, or that it failed; `is_good` ends backing off.

        May be called again for the same place; the first time counts.
        """
        with self._held(place.host) as state:
            calls = [
                (number, begin, state.now if number == place.number and end is None else end)
                for number, begin, end in state.calls
            ]
            is_forgiven = is_good and state.strikes > 0 and state.pauses == place.pauses
            if calls != state.calls or is_forgiven:
                state.calls = calls
                state.strikes = 0 if is_forgiven else state.strikes
                self._write(place.host, state)

    def pause(
        self,
        host: str,
        seconds: float | None,
        place: Place | None = None,
        *,
        is_strike: bool = True,
    ) -> None:
        """Leave a host alone, from now on, in all threads and processes.

        Parameters
        ----------
        host : str
            Which.
        seconds : float, optional
            For how long at least; None if the host has not said.
        place : Place, optional
            The call that it refused. Calls that were under way together make one strike.
        is_strike : bool
            The host refused; each strike in a row doubles the shortest pause, from 1 s.
        """
        with self._held(host) as state:
            wait = seconds or 0.0
            if is_strike and (place is None or place.pauses == state.pauses):
                state.strikes += 1
                state.pauses += 1
                again = min(FIRST * 2.0 ** min(state.strikes - 1, 30), LONGEST)
                wait = max(wait, again * random.uniform(1.0, 1.25))
            state.until = max(state.until, state.now + wait)
            self._write(host, state)
        with self._changed:
            self._turn += 1
            self._changed.notify_all()

    def rest(self, seconds: float) -> None:
        """Wait without regard to any host; raises Stopped."""
        end = self._clock.tick() + seconds
        with self._changed:
            while not self._is_stopped and (left := end - self._clock.tick()) > 0:
                self._clock.wait(self._changed, left)
            if self._is_stopped:
                raise Stopped("Stopped while waiting. Run the same command to go on.")

    def stop(self) -> None:
        """Wake every thread that waits here with `Stopped`, and let none wait any more."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    # -- rules --------------------------------------------------------------------------------

    def _limit(self, host: str) -> tuple[int, float] | None:
        return self._limits.get(host, self._limits.get("*"))

    def _wait_for_place(self, host: str, state: _State) -> float:
        """Drop the calls that count no more; give the seconds until there is a place."""
        limit = self._limit(host)
        if limit is None:
            return 0.0
        most, window = limit[0], limit[1] * SLACK
        free = {
            call: (call[2] if call[2] is not None else min(state.now, call[1] + self._deadline))
            + window
            for call in state.calls
        }
        state.calls = [call for call in state.calls if free[call] > state.now]
        if len(state.calls) < most:
            return 0.0
        ends = sorted(free[call] for call in state.calls)
        return ends[len(ends) - most] - state.now

    def _check(self, host: str, now: float, pause: float, queue: float) -> None:
        """Raise Paused, if nobody wants to sit there that long."""
        if pause > self._patience:
            raise paused(f"{host} asks to be left alone", now, pause)
        if queue > max(self._patience, _IN_LINE):
            raise paused(f"All calls that {host} allows are used up", now, queue)

    # -- files --------------------------------------------------------------------------------

    @contextmanager
    def _held(self, host: str) -> Iterator[_State]:
        """Hold the file of a host, for all others, and give what it says."""
        path = self._path(host)
        with self._door:
            try:
                if host not in self._locks:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    lock = FileLock(f"{path}.lock", timeout=_DOOR, thread_local=False)
                    self._locks[host] = lock
                with self._locks[host].acquire(poll_interval=0.005):
                    yield self._read(host)
            except Timeout:
                raise Unreachable(
                    f"Another process holds {path}.lock and does not let go. End it, then run the "
                    "same command again."
                ) from None
            except OSError as error:
                raise Unreachable(
                    f"Cannot write to {path.parent}: {error.strerror}. Make room or choose another "
                    "folder with --home."
                ) from error

    def _path(self, host: str) -> Path:
        return self._folder / "limits" / f"{quote(host, safe='')}.txt"

    def _read(self, host: str) -> _State:
        """Read a file; of a damaged one all places count as just taken, which costs one window."""
        try:
            check, _, text = self._path(host).read_bytes().partition(b"\n")[0].partition(b" ")
            if check != b"%08x" % crc32(text):
                raise ValueError("cut")
            state = _State.read(text.decode(), self._clock)
            calls = [
                (number, begin, state.now if end is None and is_dead(number, state) else end)
                for number, begin, end in state.calls
            ]
            # What cannot be seen twice is kept: from then on it counts by our ticks.
            if calls != state.calls or state.was_elsewhere or state.has_gone_back:
                state.calls = calls
                self._write(host, state)
            return state
        except FileNotFoundError:
            return self._new()
        except ValueError:
            state = self._new()
            most = (self._limit(host) or (0, 0.0))[0]
            state.calls = [(secrets.token_hex(4), state.now, state.now) for _ in range(most)]
            self._write(host, state)
            return state

    def _new(self) -> _State:
        return _State(self._clock.wall(), self._clock.tick(), self._clock.boot)

    def _write(self, host: str, state: _State) -> None:
        """Write over the file: it is no loss, and to replace it costs a hundred times as much.

        Its first line counts, if the checksum before it is right; what is behind is older.
        """
        text = json.dumps(asdict(state), separators=(",", ":")).encode()
        handle = os.open(self._path(host), os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            os.pwrite(handle, b"%08x %s\n" % (crc32(text), text), 0)
        finally:
            os.close(handle)


def is_dead(number: str, state: _State) -> bool:
    """Tell whether the process of a call is gone, so that its answer will never be seen."""
    if state.was_elsewhere:
        return True
    try:
        os.kill(int(number.partition("-")[0]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False  # somebody else's
    return False


def paused(what: str, now: float, seconds: float) -> Paused:
    """Make the error that tells when to go on, in the time of this place."""
    until = now + seconds
    is_today = time.localtime(until)[:3] == time.localtime(now)[:3]
    when = time.strftime("%H:%M" if is_today else "%H:%M on %Y-%m-%d", time.localtime(until + 60))
    return Paused(
        f"{what}: resume after {when}. Run the same command then; it goes on where it stopped.",
        until,
    )
