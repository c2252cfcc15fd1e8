"""`murecom duplicates`: the same recording twice."""

from __future__ import annotations

import click

from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, output_options


@click.command()
@click.option(
    "--distance",
    type=click.FloatRange(0, 1),
    default=0.01,
    show_default=True,
    help="How far apart two vectors may be (cosine distance).",
)
@click.option(
    "--seconds",
    type=click.FloatRange(0),
    default=2.0,
    show_default=True,
    help="How much two durations may differ.",
)
@output_options
@pass_app
def command(app: App, distance: float, seconds: float, output: Output) -> int:
    """List groups of files that hold the same recording. Nothing is changed or deleted."""
    groups = app.service.duplicates(distance=distance, seconds=seconds)

    def text() -> str:
        blocks = []
        for group in groups:
            far = f" (distance {group.distance:.4f})" if group.distance else ""
            lines = [f"{group.kind}: {group.tracks[0].name}{far}"]
            lines += [f"    {path}" for path in group.paths]
            blocks.append("\n".join(lines) + "\n")
        return "\n".join(blocks)

    output.document(groups, text, groups)
    if not groups:
        output.say("No duplicates.")
    return 0
