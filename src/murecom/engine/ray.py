"""Workers on a Ray cluster: the same contract as on one machine, any number of machines.

murecom joins a cluster that somebody else has started (`ray start`); it starts none, and so neither
a dashboard nor Ray's usage statistics. Each worker is an actor of its own with one processor, so
that one which dies costs the batch it was at and nothing else: what waited behind it goes to
another. What all batches share lies once on each machine and is read-only.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from murecom import __version__
from murecom.engine.base import B, Outcome, R
from murecom.engine.threads import THREAD_VARIABLES
from murecom.errors import BadInput, MissingExtra, NotReady, Unreachable

PORT = 6379
"Where `ray start --head` listens if it is not told otherwise."

AHEAD = 1
"Batches waiting behind the one that a worker is at, so that it need not wait for the parent."

PATIENCE = 120.0
"Seconds without any worker before the cluster counts as taken by others."

ATTEMPTS = 3
"Workers that may fail to start before no more are tried."


@dataclass(frozen=True, slots=True)
class Ray:
    """Processes on the machines of a cluster.

    `address` is that of the head node (`10.0.0.5:6379`), "auto" the cluster that this machine is
    part of. `workers` 0 means one for each processor of the cluster.
    """

    address: str = "auto"
    workers: int = 0

    def map(
        self,
        fn: Callable[..., R],
        batches: Iterable[B],
        *,
        timeout: float | None = None,
        shared: Sequence[Any] = (),
    ) -> Iterator[Outcome[B, R]]:
        """Apply `fn` to every batch; see `murecom.engine.base.Engine.map`.

        Raises
        ------
        MissingExtra
            Ray is not installed.
        Unreachable
            No cluster answers, none of its processors becomes free, or its workers cannot start.
        NotReady
            Another version of murecom is installed on a node.
        """
        source = iter(batches)
        first = next(source, _END)
        if first is _END:
            return
        with _connected(self.address) as ray:
            crew = _Crew(ray, self, fn, shared, chain([first], source))
            try:
                crew.hire()
                while crew.has_work():
                    yield from crew.finished(timeout)
            finally:
                crew.dismiss()

    def check_folders(self, folders: Sequence[Path]) -> None:
        """See whether every machine that works can read the folders that this one can.

        Raises
        ------
        BadInput
            One cannot; the sentence names it.
        Unreachable
            One does not answer.
        """
        with _connected(self.address) as ray:
            look = ray.remote(num_cpus=0, max_retries=0)(_closed)
            nodes = [n for n in ray.nodes() if n["Alive"] and n["Resources"].get("CPU")]
            names = [str(folder) for folder in folders]
            closed = _closed(names)  # told by whoever reads them
            names = [name for name in names if name not in closed]
            found = {}
            for node in nodes:
                place = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(
                    node["NodeID"], soft=False
                )
                ref = look.options(scheduling_strategy=place).remote(names)
                found[ref] = node["NodeManagerAddress"]
            for ref, name in found.items():
                try:
                    missing = ray.get(ref, timeout=PATIENCE)
                except ray.exceptions.GetTimeoutError as error:
                    raise Unreachable(
                        f"The node {name} of the cluster does not answer. See: ray status"
                    ) from error
                except ray.exceptions.RayError:
                    continue  # the node is lost, and will do no work
                for folder in missing:
                    raise BadInput(
                        f"The node {name} of the cluster cannot read {folder}. "
                        "Mount it there under the same path, or set engine.kind = local."
                    )


class _End:
    """Marks the end of the batches."""


_END: Any = _End()


class _Worker:
    """What runs in a worker process."""

    def __init__(self, fn: Callable[..., Any], *shared: Any) -> None:
        self.fn, self.shared = fn, shared

    def version(self) -> str:
        return __version__

    def run(self, batch: Any) -> tuple[Any, str | None]:
        try:
            return self.fn(batch, *self.shared), None
        except Exception as error:
            # whatever it is, it belongs to its batch: named, never swallowed
            return None, f"{type(error).__name__}: {error}"


@dataclass(eq=False)
class _Member:
    """A worker as its parent sees it: the answer it awaits from it, and what stands in line."""

    actor: Any
    started: Any
    "The reference of its first answer; None once that has come."
    line: deque[tuple[Any, Any]] = field(default_factory=deque)
    "References of answers with their batches; the first one is being worked at."
    since: float = 0.0
    "When that was begun, as far as the parent knows."
    is_alone: bool = False
    "Whether nothing may stand behind it."


class _Crew:
    """The workers of one `map`."""

    def __init__(
        self,
        ray: Any,
        engine: Ray,
        fn: Callable[..., Any],
        shared: Sequence[Any],
        source: Iterator[Any],
    ) -> None:
        processors = int(ray.cluster_resources().get("CPU", 0))
        if not processors:
            raise Unreachable(
                f"The Ray cluster at {engine.address} has no processors. "
                "Start a node that works: ray start --address=HEAD"
            )
        self.ray = ray
        self.address = engine.address
        self.size = engine.workers or processors
        self.kind = ray.remote(
            num_cpus=1,
            max_restarts=0,
            max_task_retries=0,
            runtime_env={"env_vars": dict.fromkeys(THREAD_VARIABLES, "1")},
        )(_Worker)
        self.call = (ray.put(fn), *map(ray.put, shared))
        self.source = source
        self.is_drawn = False
        self.again: deque[Any] = deque()
        self.suspects: deque[Any] = deque()
        self.members: list[_Member] = []
        self.failures = 0
        self.alone_since = time.monotonic()

    def hire(self) -> None:
        """Start workers until the crew is complete; they come when a processor is free."""
        while len(self.members) < self.size:
            actor = self.kind.remote(*self.call)
            self.members.append(_Member(actor, actor.version.remote()))

    def dismiss(self) -> None:
        """End all workers, whatever they are at."""
        for member in self.members:
            self.ray.kill(member.actor)
        self.members.clear()

    def has_work(self) -> bool:
        """Hand out batches to who is ready; tell whether there is anything left to wait for."""
        ready = [member for member in self.members if not member.started]
        for place in range(1 + AHEAD):  # the first for everybody before the second for anybody
            for member in ready:
                if len(member.line) == place and not (place and member.is_alone):
                    self._give(member)
        left = not self.is_drawn or self.again or self.suspects
        return bool(left) or any(member.line for member in self.members)

    def _give(self, member: _Member) -> None:
        """Give a worker one more batch, if there is one."""
        if not member.line:
            member.since = time.monotonic()
            member.is_alone = bool(self.suspects)
        if member.is_alone:
            batch = self.suspects.popleft()
        else:
            batch = self.again.popleft() if self.again else next(self.source, _END)
        if batch is _END:
            self.is_drawn = True
            return
        member.line.append((member.actor.run.remote(batch), batch))

    def finished(self, timeout: float | None) -> Iterator[Outcome[Any, Any]]:
        """Wait for the next answer of anybody, and give the outcome if it is that of a batch."""
        waiting = {m.started or m.line[0][0]: m for m in self.members if m.started or m.line}
        ready, _ = self.ray.wait(list(waiting), num_returns=1, timeout=self._wait(timeout))
        for ref in ready:
            member = waiting[ref]
            if member.started:
                self._welcome(member)
            elif outcome := self._outcome(member):
                yield outcome
        if ready:
            return
        for member in self._late(timeout):
            _, batch = member.line.popleft()
            self._replace(member)
            yield Outcome(batch, error=f"It took longer than {timeout:.0f} s.")
        if all(m.started for m in self.members) and self._is_tired():
            raise Unreachable(
                f"No processor of the Ray cluster at {self.address} became free within "
                f"{PATIENCE:.0f} s. See who uses it: ray status"
            )

    def _wait(self, timeout: float | None) -> float:
        """Give the seconds until somebody may be late."""
        busy = [m.since for m in self.members if m.line and not m.started]
        if timeout is None or not busy:
            return PATIENCE
        return max(0.0, min(busy) + timeout - time.monotonic())

    def _late(self, timeout: float | None) -> list[_Member]:
        limit = time.monotonic() - (timeout or 0)
        return [m for m in self.members if timeout and m.line and m.since <= limit]

    def _is_tired(self) -> bool:
        return time.monotonic() - self.alone_since >= PATIENCE

    def _welcome(self, member: _Member) -> None:
        try:
            version = self.ray.get(member.started)
        except self.ray.exceptions.RayError as error:
            self.failures += 1
            if self.failures < ATTEMPTS:
                self._replace(member)
            elif any(not m.started for m in self.members):
                self.members.remove(member)  # the others do the work
            else:
                raise Unreachable(
                    f"Workers do not start on the Ray cluster at {self.address} "
                    f"({_reason(error)}). Install the same murecom on all its nodes."
                ) from error
            return
        if version != __version__:
            raise NotReady(
                f"A node of the Ray cluster has murecom {version}, this machine has {__version__}. "
                "Install the same version on all nodes."
            )
        member.started = None

    def _outcome(self, member: _Member) -> Outcome[Any, Any] | None:
        """Take the answer for the first batch in line; none if it has to be tried again, alone."""
        ref, batch = member.line.popleft()
        member.since = time.monotonic()
        try:
            value, error = self.ray.get(ref)
        except self.ray.exceptions.RayActorError:
            stood_behind = bool(member.line)
            self._replace(member)
            if stood_behind:  # it may be one of those: then the answer was ready, and was lost
                self.suspects.append(batch)
                return None
            return Outcome(batch, error="The worker process died.")
        except self.ray.exceptions.RayError as failure:
            return Outcome(batch, error=f"{_reason(failure)}.")
        return Outcome(batch, value=value, error=error)

    def _replace(self, member: _Member) -> None:
        """End a worker and start another; what stood in line there, unbegun, goes to others."""
        self.ray.kill(member.actor)
        self.members.remove(member)
        self.again.extend(batch for _, batch in member.line)
        if all(m.started for m in self.members):
            self.alone_since = time.monotonic()
        self.hire()


def _closed(folders: Sequence[str]) -> list[str]:
    """Give the folders that cannot be read here."""
    return [folder for folder in folders if not os.access(folder, os.R_OK | os.X_OK)]


def _reason(error: BaseException) -> str:
    """Give the last line of what Ray says; the lines before are stack traces of its own."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, BaseException):
        return f"{type(cause).__name__}: {cause}"
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:200]


_lock = threading.Lock()
_users = 0
"How many are connected by `_connected`; the last one hangs up."


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    """Join the cluster, or use the connection that this process has."""
    global _users
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        import ray
        import ray.util.scheduling_strategies
    except ImportError as error:
        raise MissingExtra("cluster", "Working on a Ray cluster") from error
    with _lock:
        is_ours = _users > 0 or not ray.is_initialized()
        if not ray.is_initialized():
            _join(ray, address)
        _users += is_ours
    try:
        yield ray
    finally:
        with _lock:
            _users -= is_ours
            if is_ours and not _users:
                ray.shutdown()


def _join(ray: Any, address: str) -> None:
    try:
        if "://" not in address and address != "auto":
            _knock(address)  # Ray itself would go on trying for minutes
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, OSError, RuntimeError, ValueError) as error:
        raise Unreachable(
            f"No Ray cluster answers at {address} ({_reason(error)}). "
            "Start one: ray start --head, and ray start --address=HEAD on the others."
        ) from error
    # Ray prints on stdout that a worker has died, which is a result here, and has no setting for it
    if hasattr(ray._private.worker, "_worker_logs_enabled"):
        ray._private.worker._worker_logs_enabled = False


def _knock(address: str) -> None:
    """Raise OSError unless something listens there."""
    host, _, port = address.rpartition(":")
    socket.create_connection((host or address, int(port) if host else PORT), timeout=5).close()
