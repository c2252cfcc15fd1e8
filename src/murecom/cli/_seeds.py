"""From what a person types to tracks: ids, paths, free text, numbered choices."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from murecom.cli._app import App
from murecom.errors import Ambiguous, NotFound
from murecom.types import Track


def first_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--first`, for texts that fit several tracks."""
    return click.option(
        "--first", is_flag=True, help="Take the best match when a text fits several tracks."
    )(command)


def unlike_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--unlike`, for tracks that the answer shall not be like."""
    return click.option(
        "--unlike",
        multiple=True,
        metavar="TRACK",
        help="Keep away from what sounds like TRACK; repeat for several.",
    )(command)


def find(app: App, text: str, first: bool) -> Track:
    """Find one track; on a terminal, let the person choose among several.

    Raises
    ------
    NotFound
        No track fits.
    Ambiguous
        Several fit, and nobody is there to choose.
    """
    try:
        return app.service.find(text, first=first)
    except Ambiguous as error:
        from murecom.service import Choice

        chosen = choose(error)
        assert isinstance(chosen, Choice)
        return chosen.track


def choose(error: Ambiguous) -> object:
    """Let the person at a terminal choose among several; elsewhere raise the error again."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise error
    click.echo(str(error), err=True)
    for number, choice in enumerate(error.choices, 1):
        click.echo(f"  {number}  {choice}", err=True)
    number = click.prompt(
        "Which one", type=click.IntRange(1, len(error.choices)), default=1, err=True
    )
    return error.choices[number - 1]


def find_all(app: App, texts: Sequence[str], first: bool) -> tuple[list[Track], list[str]]:
    """Find a track for every text.

    Returns
    -------
    tracks : list of Track
        Those that are known, in order.
    notes : list of str
        A sentence for each text that nobody knows.

    Raises
    ------
    NotFound
        None is known.
    """
    tracks: list[Track] = []
    notes: list[str] = []
    for text in texts:
        try:
            tracks.append(find(app, text, first))
        except NotFound as error:
            if isinstance(error, Ambiguous):
                raise
            if len(texts) == 1:
                raise
            notes.append(str(error))
    if not tracks:
        raise NotFound("None of the seeds is known: " + " ".join(notes))
    return tracks, notes


def find_unlike(app: App, texts: Sequence[str], first: bool) -> tuple[list[Track], list[str]]:
    """Find the tracks of `--unlike`, as `find_all` does; none are asked for, none are given."""
    return find_all(app, texts, first) if texts else ([], [])
