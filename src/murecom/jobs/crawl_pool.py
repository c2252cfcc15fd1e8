"""Calls under way at the same time: threads that ask a source, and never touch the database."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass

from murecom.crawl.base import Http, Page, Source, Task
from murecom.store.crawls import TaskRow


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking for one page of a task: a page or an error."""

    task: TaskRow
    page: Page | None = None
    error: Exception | None = None


class Pool:
    """Threads that ask for pages.

    They are daemons: whoever stops does not wait for a call that takes its time.

    Parameters
    ----------
    source, http
        Whom to ask, and by what.
    workers : int
        Calls under way at the same time.
    """

    def __init__(self, source: Source, http: Http, workers: int) -> None:
        self._source, self._http = source, http
        self._wanted: queue.SimpleQueue[TaskRow | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self.workers = workers
        self.busy = 0
        for number in range(workers):
            threading.Thread(target=self._work, name=f"crawl-{number}", daemon=True).start()

    def ask(self, task: TaskRow) -> None:
        """Ask for the next page of a task as soon as a thread is free."""
        self.busy += 1
        self._wanted.put(task)

    def answers(self, seconds: float) -> list[Answer]:
        """Wait until there is an answer, at most so long, and give all that there are."""
        found: list[Answer] = []
        try:
            found.append(self._answers.get(timeout=seconds))
            while True:
                found.append(self._answers.get_nowait())
        except queue.Empty:
            self.busy -= len(found)
            return found

    def close(self) -> None:
        """Let the threads end after the calls that they are in."""
        self._stopped.set()
        for _ in range(self.workers):
            self._wanted.put(None)

    def _work(self) -> None:
        while (task := self._wanted.get()) is not None and not self._stopped.is_set():
            asked = Task(task.kind, task.key, task.next, task.about)  # type: ignore[arg-type]
            try:
                self._answers.put(Answer(task, self._source.run(asked, self._http)))
            except Exception as error:  # sorted and told by the thread that writes
                self._answers.put(Answer(task, error=error))
