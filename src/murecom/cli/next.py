"""`murecom next`: what may come right after a list."""

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


@click.command()
@list_options
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
    start: Any,
    k: int,
    unlike: tuple[str, ...],
    by: str,
    novelty: float | None,
    limits: Limits,
    first: bool,
    output: Output,
) -> int:
    """Say what most likely comes right after FILE, or after --seed tracks, the likeliest first.

    These are alternatives, not a list: for that there is murecom continue. The last tracks count
    most.
    """
    given = read(app, start, by, first)
    if not given.seeds:
        raise click.UsageError("Name the tracks before: a playlist FILE or --seed.")
    against, unknown = find_unlike(app, unlike, first)
    answer = app.service.next_(
        given.seeds,
        k=k,
        title=given.title,
        unlike=against,
        by=by,
        novelty=novelty,
        limits=limits,
        notes=[*given.notes, *unknown],
    )
    return output.recommendation(answer, f"Next after {given.seeds[-1].name}", app)
