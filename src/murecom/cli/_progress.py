"""Progress on stderr: a bar on a terminal, elsewhere a line every ten seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from murecom.types import Progress, Step, no_progress

EVERY = 10.0
"Seconds between lines when stderr is not a terminal."


@contextmanager
def shown(quiet: bool = False, unit: str = "tracks") -> Iterator[Progress]:
    """Show the steps reported while the block runs."""
    if quiet:
        yield no_progress
    elif sys.stderr.isatty():
        with _bar(unit) as progress:
            yield progress
    else:
        yield _Lines(unit)


@contextmanager
def _bar(unit: str) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        ProgressColumn,
        Task,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import (
        Progress as Bar,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:.1f} {unit}/s" if speed else "")

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[counts]}"),
    )
    stages: dict[str, TaskID] = {}
    with Bar(*columns, console=Console(stderr=True), transient=False) as bar:

        def progress(step: Step) -> None:
            if step.stage not in stages:
                stages[step.stage] = bar.add_task(
                    step.stage, total=step.total, completed=step.done, counts=""
                )
            bar.update(
                stages[step.stage], completed=step.done, total=step.total, counts=_counts(step)
            )

        yield progress


def _counts(step: Step) -> str:
    return "  ".join(f"{name} {count:,}" for name, count in step.counts.items())


class _Lines:
    """A plain line now and then, for logs."""

    def __init__(self, unit: str) -> None:
        self.unit = unit
        self.last = 0.0
        self.stage = ""
        self.began = 0.0
        self.first = 0

    def __call__(self, step: Step) -> None:
        now = time.monotonic()
        if step.stage != self.stage:
            self.stage, self.began, self.first = step.stage, now, step.done
            self.last = now
            return
        finished = step.total is not None and step.done >= step.total
        if now - self.last < EVERY and not finished:
            return
        self.last = now
        line = f"{step.stage} {step.done:,}"
        if step.total is not None:
            line += f"/{step.total:,}"
        rate = (step.done - self.first) / max(now - self.began, 1e-9)
        if rate > 0:
            line += f"  {rate:.1f} {self.unit}/s"
            if step.total is not None and not finished:
                left = round((step.total - step.done) / rate)
                line += f"  {left // 3600}:{left % 3600 // 60:02d}:{left % 60:02d} left"
        click.echo(f"{line}  {_counts(step)}".rstrip(), err=True)
