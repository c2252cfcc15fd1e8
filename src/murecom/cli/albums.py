"""`murecom albums`: albums like these, or all there are."""

from __future__ import annotations

import click

from murecom.cli._app import App, pass_app
from murecom.cli._groups import group_options, similar_groups
from murecom.cli._output import Output


@click.command()
@click.argument("album", nargs=-1)
@group_options
@pass_app
def command(app: App, album: tuple[str, ...], k: int | None, first: bool, output: Output) -> int:
    """Find albums that sound like ALBUM, or like several together; without one, list all.

    An ALBUM is a title, or words of artist and title.
    """
    return similar_groups(app, "album", album, k, first, output)
