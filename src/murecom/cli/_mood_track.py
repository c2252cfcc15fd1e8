"""`murecom mood track`: the mood of a track, and what it came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from murecom.cli import DONE, NOTHING_FOUND
from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, output_options, table
from murecom.cli._seeds import find_all, first_option
from murecom.text.counts import counted

if TYPE_CHECKING:
    from murecom.types import MoodPart, TrackMood

RESTS_ON = {
    "lyrics": ("line",),
    "comments": ("comment",),
    "title": ("title",),
    "playlists": ("playlist",),
    "tags": ("tag",),
    "sound": ("kind of evidence", "kinds of evidence"),
}
"What `count` counts, by part; numbers and tags are the two kinds of evidence in a sound."


@click.command("track")
@click.argument("tracks", nargs=-1, required=True, metavar="TRACK…")
@first_option
@output_options
@pass_app
def command(app: App, tracks: tuple[str, ...], first: bool, output: Output) -> int:
    """Show the mood of each TRACK and what its lyrics, playlists and sound say.

    Valence goes from -1 (unpleasant) to 1 (pleasant), arousal from -1 (quiet) to 1 (excited). A
    part's point is as it was read; all together they are corrected for what each leans to.
    """
    found, notes = find_all(app, tracks, first)
    moods = app.service.moods_of_tracks(found)
    unknown = [mood.track.name for mood in moods if mood.mood is None]
    if unknown:
        notes.append(
            f"Nothing is known of the mood of {', '.join(unknown)}. Run: murecom mood tracks"
        )
    output.document({"tracks": moods, "notes": notes}, lambda: _lines(moods), moods)
    for note in notes:
        output.say(f"Note: {note}")
    return NOTHING_FOUND if len(unknown) == len(moods) else DONE


def _lines(moods: Sequence[TrackMood]) -> str:
    blocks = []
    for one in moods:
        if one.mood is None:
            continue
        rows = [_row("all together", one.mood, counted(one.mood.count, "part"))]
        rows += [
            _row(f"  {key}", part, counted(part.count, *RESTS_ON.get(key, ("text",))))
            for key, part in one.parts.items()
        ]
        blocks.append(table([(one.track.name,)]) + table(rows))
    return "\n".join(blocks)


def _row(name: str, part: MoodPart, rests_on: str) -> tuple[str, ...]:
    return (
        name,
        f"valence {part.valence:+.2f}",
        f"arousal {part.arousal:+.2f}",
        f"sure {part.confidence:.2f}",
        rests_on,
        part.label or "",
    )
