"""`murecom forget`: delete what murecom knows of you."""

from __future__ import annotations

import sys

import click

from murecom.cli import DONE
from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, output_options
from murecom.text.counts import counted


@click.group()
def command() -> None:
    """Delete what murecom knows of you; music, playlists and models stay."""


@command.command()
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@output_options
@pass_app
def history(app: App, yes: bool, output: Output) -> int:
    """Delete your listening history: every listen, and nothing else.

    To have it back, import its files again with: murecom import --again FILE
    """
    known = app.service.listens()
    if known and not yes:
        if not can_ask():
            raise click.UsageError("Nobody is there to be asked. Add --yes to delete it.")
        click.confirm(f"Delete {counted(known, 'listen')}?", abort=True, err=True)
    forgotten = app.service.forget_history()
    document = {"forgotten": forgotten}
    output.document(document, lambda: f"Forgot {counted(forgotten, 'listen')}.\n", [document])
    return DONE


def can_ask() -> bool:
    """Tell whether somebody sits at a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()
