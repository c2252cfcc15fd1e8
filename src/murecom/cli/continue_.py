"""`murecom continue`: the next tracks of a playlist."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, playlist_options
from murecom.cli._rules import by_option, rule_options
from murecom.cli._seeds import find_all, find_unlike, first_option, unlike_option
from murecom.types import Track

if TYPE_CHECKING:
    from murecom.service import Limits


@click.command("continue")
@click.argument("file", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--seed", multiple=True, help="A track to continue from; repeat for several.")
@click.option("--length", type=click.IntRange(1), default=20, show_default=True, help="Tracks.")
@click.option("--flow/--no-flow", default=True, help="Order by energy and tempo, or by closeness.")
@unlike_option
@by_option
@rule_options
@first_option
@playlist_options
@pass_app
def command(
    app: App,
    file: Path | None,
    seed: tuple[str, ...],
    length: int,
    flow: bool,
    unlike: tuple[str, ...],
    by: str,
    limits: Limits,
    first: bool,
    output: Output,
) -> int:
    """Continue the playlist FILE, or a list made of --seed tracks.

    Only the new tracks are printed or written; what the list holds already does not come again.
    """
    if file is None and not seed:
        raise click.UsageError("Name a playlist FILE or at least one --seed.")
    seeds: list[Track] = []
    notes: list[str] = []
    if file is not None:
        seeds, notes = app.service.read_seeds(file)
    if seed:
        more, unknown = find_all(app, seed, first)
        seeds, notes = [*seeds, *more], [*notes, *unknown]
    against, unknown = find_unlike(app, unlike, first)
    answer = app.service.continue_(
        seeds,
        length=length,
        flow=flow,
        unlike=against,
        by=by,
        limits=limits,
        notes=[*notes, *unknown],
    )
    return output.recommendation(answer, f"After {file.stem if file else seeds[0].name}", app)
