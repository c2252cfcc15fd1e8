"""`murecom path`: from one song to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, playlist_options
from murecom.cli._rules import by_option, rule_options
from murecom.cli._seeds import find, first_option

if TYPE_CHECKING:
    from murecom.service import Limits


@click.command()
@click.argument("start")
@click.argument("end")
@click.option(
    "--steps", type=click.IntRange(2), default=8, show_default=True, help="Tracks, ends included."
)
@by_option
@rule_options
@first_option
@playlist_options
@pass_app
def command(
    app: App, start: str, end: str, steps: int, by: str, limits: Limits, first: bool, output: Output
) -> int:
    """Lead from START to END in even steps, both included."""
    a = find(app, start, first)
    b = find(app, end, first)
    answer = app.service.path(a, b, steps=steps, by=by, limits=limits)
    return output.recommendation(answer, f"From {a.name} to {b.name}", app)
