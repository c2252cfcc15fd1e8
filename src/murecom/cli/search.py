"""`murecom search`: names to tracks."""

from __future__ import annotations

import click

from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, output_options, track_lines


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@output_options
@pass_app
def command(app: App, text: tuple[str, ...], limit: int, output: Output) -> int:
    """Search tracks by title, artist and album, in every script."""
    tracks = app.service.search(" ".join(text), limit=limit)
    output.document(tracks, lambda: track_lines(tracks), tracks)
    if not tracks:
        output.say("Nothing by that name. Fewer letters may find it.")
    return 0 if tracks else 3
