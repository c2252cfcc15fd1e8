"""What `continue` and `next` start from: a playlist file, single tracks, a title."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from murecom.cli._app import App
from murecom.cli._seeds import find_all
from murecom.errors import Ambiguous, NotFound
from murecom.types import Track


@dataclass(frozen=True, slots=True)
class Given:
    """A list to go on from: its tracks, its title if it has one, and what is to be told of it."""

    seeds: list[Track]
    title: str | None
    notes: list[str]

    @property
    def name(self) -> str:
        """How to call it."""
        return self.title or (self.seeds[0].name if self.seeds else "nothing")


def list_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add FILE, --seed and --title; the command receives them as one `start` to be `read`."""

    @wraps(command)
    def wrapper(*args: Any, **kw: Any) -> Any:
        start = (kw.pop("file"), kw.pop("seed"), kw.pop("title"))
        if not any(start):
            raise click.UsageError("Name a playlist FILE, at least one --seed, or a --title.")
        return command(*args, start=start, **kw)

    for option in (
        click.option(
            "--title",
            metavar="TEXT",
            help="What the list is called; playlists of such a name help. Of a FILE its own name.",
        ),
        click.option(
            "--seed",
            multiple=True,
            metavar="TRACK",
            help="A track of the list; repeat for several.",
        ),
        click.argument("file", required=False, type=click.Path(exists=True, path_type=Path)),
    ):
        wrapper = option(wrapper)
    return wrapper


def read(
    app: App, start: tuple[Path | None, Sequence[str], str | None], by: str, first: bool
) -> Given:
    """Read what a list starts from.

    Raises
    ------
    NotFound
        Nothing in it is known, and no title was given.
    """
    file, texts, title = start
    seeds: list[Track] = []
    notes: list[str] = []
    if file is not None:
        listed = app.service.read_list(file, strangers=by != "sound", title=title)
        seeds, notes = list(listed.tracks), list(listed.notes)
        if title is None and by != "sound":
            title = listed.title
    if texts:
        try:
            more, unknown = find_all(app, texts, first)
            seeds, notes = [*seeds, *more], [*notes, *unknown]
        except NotFound as error:
            if isinstance(error, Ambiguous) or not (title or seeds):
                raise
            notes.append(str(error))
    return Given(seeds, title, notes)
