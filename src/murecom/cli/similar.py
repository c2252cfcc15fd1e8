"""`murecom similar`: tracks like these."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, playlist_options
from murecom.cli._rules import by_option, rule_options
from murecom.cli._seeds import find_all, first_option

if TYPE_CHECKING:
    from murecom.service import Limits


@click.command()
@click.argument("track", nargs=-1, required=True)
@click.option("-k", type=click.IntRange(1), default=10, show_default=True, help="How many.")
@by_option
@rule_options
@first_option
@playlist_options
@pass_app
def command(
    app: App, track: tuple[str, ...], k: int, by: str, limits: Limits, first: bool, output: Output
) -> int:
    """Find tracks that are like TRACK, or like several together.

    A TRACK is an id, the path of a music file (in the library or not) or free text such as
    "bach cello suite".
    """
    seeds, notes = find_all(app, track, first)
    answer = app.service.similar(seeds, k=k, by=by, limits=limits, notes=notes)
    return output.recommendation(answer, f"Like {seeds[0].name}", app)
