"""`murecom match`: which tracks of playlists are which files, or which track one name means."""

from __future__ import annotations

import click

from murecom.cli import DONE, NOTHING_FOUND
from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, track_lines
from murecom.text.counts import counted

WORDS = {
    "mbid": "by their MusicBrainz ids",
    "isrc": "by their ISRCs",
    "name": "by title and artist",
    "guests": "by title and artist, with other guests",
    "near name": "by nearly the same title and artist",
    "romanised": "by names in another script",
}


@click.command()
@click.argument("title", required=False)
@click.option("--artist", "artists", multiple=True, help="Of TITLE; give it again for another.")
@click.option("--duration", type=float, metavar="S", help="Of TITLE, in seconds.")
@click.option("--again", is_flag=True, help="Forget what was found and compare everything anew.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("-q", "--quiet", is_flag=True, help="Only the data, no talk.")
@pass_app
def command(
    app: App,
    title: str | None,
    artists: tuple[str, ...],
    duration: float | None,
    again: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Find out which tracks of playlists are which of your files.

    Answers by playlists then give the files. Only what is new is compared; stop it whenever you
    like, what was found is kept. Nothing in your files or playlists is changed.

    With a TITLE nothing is compared or kept: it prints the track of the library that somebody else
    calls so, and ends with exit code 3 if there is none.
    """
    output = Output(json=as_json, quiet=quiet)
    if title is None:
        if artists or duration is not None:
            raise click.UsageError("--artist and --duration belong to a TITLE. Give one.")
        return _compare_all(app, again, output)
    if again:
        raise click.UsageError("--again compares everything. Leave it or the TITLE out.")
    return _match_one(app, title, artists, duration, output)


def _match_one(
    app: App, title: str, artists: tuple[str, ...], duration: float | None, output: Output
) -> int:
    track = app.service.match(title, artists, duration)
    if track is None:
        output.document(None, str)
        output.say("No track of the library is this recording. Look for it: murecom search TEXT")
        return NOTHING_FOUND
    output.document(track, lambda: track_lines([track]))
    return DONE


def _compare_all(app: App, again: bool, output: Output) -> int:
    from murecom.cli._progress import shown

    with shown(output.quiet) as progress:
        report = app.service.find_twins(again=again, progress=progress)
    total = sum(report.twins.values())

    def text() -> str:
        is_one = "is" if total == 1 else "are"
        tracks = f"{counted(total, 'track')} of playlists"
        lines = [f"{tracks} {is_one} the same recording as one of your files."]
        lines += [f"{count:>9,} {WORDS.get(how, how)}" for how, count in report.twins.items()]
        return "\n".join(lines) + "\n"

    output.document(report, text)
    files, tracks = counted(report.files, "file"), counted(report.compared, "track")
    output.say(f"{files}, {tracks} compared, {report.found:,} new.")
    if not report.files:
        output.say("No file is known yet. Run: murecom scan FOLDER")
    return DONE
