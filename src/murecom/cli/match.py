"""`murecom match`: which tracks of playlists are which files."""

from __future__ import annotations

import click

from murecom.cli._app import App, pass_app
from murecom.cli._output import Output
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
@click.option("--again", is_flag=True, help="Forget what was found and compare everything anew.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("-q", "--quiet", is_flag=True, help="Only the data, no talk.")
@pass_app
def command(app: App, again: bool, as_json: bool, quiet: bool) -> int:
    """Find out which tracks of playlists are which of your files.

    Answers by playlists then give the files. Only what is new is compared; stop it whenever you
    like, what was found is kept. Nothing in your files or playlists is changed.
    """
    from murecom.cli._progress import shown

    output = Output(json=as_json, quiet=quiet)
    with shown(quiet) as progress:
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
    return 0
