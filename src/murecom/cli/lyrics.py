"""`murecom lyrics`: the words of a track."""

from __future__ import annotations

import click

from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, output_options, printable
from murecom.cli._seeds import find, first_option


@click.command()
@click.argument("track", nargs=-1, required=True)
@click.option("--times", is_flag=True, help="Print the time of each line, as LRC does.")
@click.option("--translation", is_flag=True, help="Print translations under their lines.")
@first_option
@output_options
@pass_app
def command(
    app: App,
    track: tuple[str, ...],
    times: bool,
    translation: bool,
    first: bool,
    output: Output,
) -> int:
    """Print the words of TRACK: an id, the path of a music file, or free text.

    They come from its tags or from a .lrc or .txt file of the same name beside it.
    """
    found = find(app, " ".join(track), first)
    lyrics = app.service.lyrics(found)
    lines = [
        {"at": line.at, "text": line.text, "translation": line.translation} for line in lyrics.lines
    ]
    document = {
        "track": found,
        "language": lyrics.language,
        "is_instrumental": lyrics.is_instrumental,
        "source": lyrics.source or None,
        "file": lyrics.path,
        "credits": [{"role": role, "names": names} for role, names in lyrics.credits],
        "lines": lines,
        "notes": list(lyrics.notes),
    }

    def text() -> str:
        rows = []
        for line in lyrics.lines:
            rows.append((_stamp(line.at) if times else "") + printable(line.text))
            if translation and line.translation:
                rows.append((_stamp(line.at) if times else "") + printable(line.translation))
        return "".join(f"{row}\n" for row in rows)

    output.document(document, text, lines)
    for note in lyrics.notes:
        output.say(f"Note: {note}")
    if lyrics.is_instrumental:
        output.say(f"{found.name} is instrumental: its lyrics say so.")
        return 0
    if not lyrics.has_words:
        output.say(f"No lyrics of {found.name}. Put a .lrc file of the same name beside the music.")
        return 3
    return 0


def _stamp(at: float | None) -> str:
    if at is None:
        return ""
    hundredths = round(100 * at)
    return f"[{hundredths // 6000:02d}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}] "
