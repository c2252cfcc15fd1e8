"""`murecom continue`: the next tracks of a playlist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from murecom.cli._app import App, pass_app
from murecom.cli._lists import list_options, read
from murecom.cli._output import Output, playlist_options
from murecom.cli._rules import by_option, novelty_option, rule_options
from murecom.cli._seeds import find_unlike, first_option, unlike_option

if TYPE_CHECKING:
    from murecom.service import Limits


@click.command("continue")
@list_options
@click.option("--length", type=click.IntRange(1), default=20, show_default=True, help="Tracks.")
@click.option("--flow/--no-flow", default=True, help="Order by energy and tempo, or by closeness.")
@unlike_option
@by_option
@novelty_option
@rule_options
@first_option
@playlist_options
@pass_app
def command(
    app: App,
    start: Any,
    length: int,
    flow: bool,
    unlike: tuple[str, ...],
    by: str,
    novelty: float | None,
    limits: Limits,
    first: bool,
    output: Output,
) -> int:
    """Continue the playlist FILE, or a list made of --seed tracks or of a --title.

    Only the new tracks are printed or written; what the list holds already does not come again.
    """
    given = read(app, start, by, first)
    against, unknown = find_unlike(app, unlike, first)
    answer = app.service.continue_(
        given.seeds,
        length=length,
        title=given.title,
        flow=flow,
        unlike=against,
        by=by,
        novelty=novelty,
        limits=limits,
        notes=[*given.notes, *unknown],
    )
    return output.recommendation(answer, f"After {start[0].stem if start[0] else given.name}", app)
