"""`murecom playlist`: look into playlist files and turn one format into another."""

from __future__ import annotations

import os
from pathlib import Path

import click

from murecom.cli._app import App, pass_app
from murecom.cli._output import (
    Output,
    output_options,
    path_style_option,
    printable,
    track_lines,
    writable_playlist,
    write_playlist,
)
from murecom.errors import Ambiguous, NotFound


@click.group()
def command() -> None:
    """Show playlists and convert playlist files (m3u, m3u8, xspf, jspf)."""


@command.command()
@click.argument("playlist", metavar="FILE|NAME|ID")
@output_options
@pass_app
def show(app: App, playlist: str, output: Output) -> int:
    """List the tracks of a playlist: a file, or one of the library by its name or id."""
    if os.path.exists(playlist):
        playlists = app.service.read_playlists(Path(playlist))
    else:
        try:
            playlists = [app.service.playlist(playlist)]
        except Ambiguous as error:
            for choice in error.choices:
                output.say(printable(str(choice)))
            raise

    def text() -> str:
        return "\n".join(f"{p.name}\n{track_lines(p.tracks)}" for p in playlists)

    output.document(playlists, text, [t for p in playlists for t in p.tracks])
    return 0 if any(p.tracks for p in playlists) else 3


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument(
    "target", type=click.Path(dir_okay=False, path_type=Path), callback=writable_playlist
)
@path_style_option
@click.option("-q", "--quiet", is_flag=True, help="No talk.")
@pass_app
def convert(app: App, file: Path, target: Path, path_style: str | None, quiet: bool) -> int:
    """Write the playlist FILE as TARGET; the suffix tells the format."""
    output = Output(file=target, quiet=quiet, path_style=path_style)
    playlists = app.service.read_playlists(file)
    if not playlists:
        raise NotFound(f"There is no playlist in {file}. Check the file.")
    if len(playlists) > 1:
        output.say(f"Note: {file} holds {len(playlists)} playlists; the first is written.")
    return write_playlist(app, playlists[0], output)
