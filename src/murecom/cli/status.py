"""`murecom status`: what the library holds."""

from __future__ import annotations

import click

from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, output_options, table


@click.command()
@click.option(
    "--examples",
    type=click.IntRange(1),
    help="Print the ids of so many tracks that sound different from each other.",
)
@output_options
@pass_app
def command(app: App, examples: int | None, output: Output) -> int:
    """Count tracks, playlists, vectors and failures, and say where they are kept."""
    if examples:
        tracks = app.service.examples(examples)
        output.document(tracks, lambda: "".join(f"{t.id}\n" for t in tracks), tracks)
        return 0 if tracks else 3
    status = app.service.status()
    output.document(
        status, lambda: table([(name, _shown(value)) for name, value in status.items()]), [status]
    )
    if not status["tracks"]:
        output.say("Nothing is known yet. Start with: murecom scan ~/Music")
    return 0


def _shown(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, dict):
        if "damaged" in value:
            return str(value["damaged"])
        stale = ", playlists have changed since: murecom train playlists" if value["stale"] else ""
        lists = f"{value['playlists'] or 0:,} playlists"
        return f"{value['class']}, trained {str(value['trained'])[:10]} on {lists}{stale}"
    if isinstance(value, int):
        return f"{value:,}"
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
