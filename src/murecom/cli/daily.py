"""`murecom daily`: a mix for today from what was heard."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, playlist_options
from murecom.cli._rules import by_option, novelty_option, rule_options

if TYPE_CHECKING:
    from murecom.service import Limits


@click.command()
@click.option("--length", type=click.IntRange(1), default=30, show_default=True, help="Tracks.")
@click.option(
    "--half-life",
    type=click.FloatRange(0, min_open=True),
    default=30.0,
    show_default=True,
    metavar="DAYS",
    help="A listen counts half after so many days.",
)
@by_option
@novelty_option
@rule_options
@playlist_options
@pass_app
def command(
    app: App,
    length: int,
    half_life: float,
    by: str,
    novelty: float | None,
    limits: Limits,
    output: Output,
) -> int:
    """Make a mix for today from what you heard: a third favourites, the rest new and like them.

    It stays the same until midnight and is another one tomorrow. Favourites that you heard in the
    last 3 days rest; --exclude-recent changes that.
    """
    today = date.today()
    answer = app.service.daily(
        length, by=by, novelty=novelty, half_life=half_life, limits=limits, day=today
    )
    return output.recommendation(answer, f"Daily mix {today}", app)
