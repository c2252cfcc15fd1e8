"""`murecom similar`: tracks like these."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, playlist_options
from murecom.cli._rules import by_option, novelty_option, rule_options
from murecom.cli._seeds import find_all, find_unlike, first_option, unlike_option

if TYPE_CHECKING:
    from murecom.service import Limits


@click.command()
@click.argument("track", nargs=-1)
@click.option("--history", is_flag=True, help="Start from what you heard most and latest.")
@click.option("-k", type=click.IntRange(1), default=10, show_default=True, help="How many.")
@unlike_option
@by_option
@novelty_option
@rule_options
@first_option
@playlist_options
@pass_app
def command(
    app: App,
    track: tuple[str, ...],
    history: bool,
    k: int,
    unlike: tuple[str, ...],
    by: str,
    novelty: float | None,
    limits: Limits,
    first: bool,
    output: Output,
) -> int:
    """Find tracks that are like TRACK, or like several together, or like what you heard.

    A TRACK is an id, the path of a music file (in the library or not) or free text such as
    "bach cello suite". With --unlike the answer keeps away from another track.
    """
    if bool(track) == history:
        raise click.UsageError("Name at least one TRACK, or give --history instead.")
    seeds, notes = find_all(app, track, first) if track else ([], [])
    against, unknown = find_unlike(app, unlike, first)
    answer = app.service.similar(
        seeds,
        k=k,
        history=history,
        unlike=against,
        by=by,
        novelty=novelty,
        limits=limits,
        notes=[*notes, *unknown],
    )
    return output.recommendation(
        answer, f"Like {seeds[0].name if seeds else 'what you heard'}", app
    )
