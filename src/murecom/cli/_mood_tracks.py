"""`murecom mood tracks`: the mood of every track."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from murecom.cli import DONE
from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, output_options, table
from murecom.cli._progress import shown
from murecom.text.counts import counted

if TYPE_CHECKING:
    from murecom.jobs.mood_tracks import MoodReport

ALWAYS = ("read", "unchanged")
"Counts of a part that are told always; the others where they are not zero."


@click.command("tracks")
@click.option("--again", is_flag=True, help="Read everything anew, not only what has changed.")
@output_options
@pass_app
def command(app: App, again: bool, output: Output) -> int:
    """Find the mood of all tracks in the library.

    From lyrics, comments, titles, tags, the names of playlists that hold a track, and its sound:
    whatever is there. Stop with Ctrl-C whenever you like: the next run goes on. Tracks of which
    nothing is known get no mood.
    """
    with shown(output.quiet, "tracks") as progress:
        report = app.service.mood_tracks(progress, again=again)
    output.document(report, lambda: _lines(report), [report])
    if report.tracks:
        some = counted(report.tracks, "track has", "tracks have")
        output.say(f"{some} a mood; {report.changed:,} changed.")
    else:
        output.say(
            "No track has a mood: there are no texts, playlists or sound yet. "
            "Run: murecom scan ~/Music --descriptors"
        )
    return DONE


def _lines(report: MoodReport) -> str:
    rows = []
    for part, tracks in report.parts.items():
        counts = report.counts.get(part, {})
        told = [
            f"{name} {count:,}"
            for name, count in sorted(counts.items(), key=lambda one: one[0] not in ALWAYS)
            if count
        ]
        rows.append((part, counted(tracks, "track"), "  ".join(told)))
    return table(rows)
