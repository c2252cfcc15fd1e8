"""`murecom artists`: artists like these, or all there are."""

from __future__ import annotations

import click

from murecom.cli._app import App, pass_app
from murecom.cli._groups import group_options, similar_groups
from murecom.cli._output import Output


@click.command()
@click.argument("artist", nargs=-1)
@group_options
@pass_app
def command(app: App, artist: tuple[str, ...], k: int | None, first: bool, output: Output) -> int:
    """Find artists who sound like ARTIST, or like several together; without one, list all.

    An ARTIST is a name or words of one. All tracks of an artist count, guest appearances
    included.
    """
    return similar_groups(app, "artist", artist, k, first, output)
