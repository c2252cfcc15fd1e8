"""`murecom map`: where every track stands in the plane."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from murecom.cli import DONE
from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, table
from murecom.cli._progress import shown

if TYPE_CHECKING:
    from murecom.types import MusicMap, Place

SUFFIXES = (".png", ".csv", ".json", ".jsonl")


def _check(ctx: click.Context, option: click.Parameter, file: Path | None) -> Path | None:
    """Refuse a file that could not be written, before the work is done."""
    if file is None:
        return None
    if file.suffix.lower() not in SUFFIXES:
        raise click.BadParameter(f"{file} must end in one of {', '.join(SUFFIXES)}.")
    if not file.absolute().parent.is_dir():
        raise click.BadParameter(f"There is no folder {file.parent}. Make it first.")
    return file


@click.command()
@click.option(
    "-o",
    "--output",
    "file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_check,
    help="Write to FILE: .png is a picture, .csv and .json are data.",
)
@click.option(
    "--colour",
    type=click.Choice(["cluster", "genre", "artist"]),
    default="cluster",
    show_default=True,
    help="What the colours of the picture tell.",
)
@click.option(
    "--anew", is_flag=True, help="Draw it from nothing; else tracks stay where they were."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--jsonl", is_flag=True, help="One JSON object a line.")
@click.option("-q", "--quiet", is_flag=True, help="Only the data, no talk.")
@pass_app
def command(
    app: App,
    file: Path | None,
    colour: str,
    anew: bool,
    as_json: bool,
    jsonl: bool,
    quiet: bool,
) -> int:
    """Draw a map of the library: tracks that sound alike stand together.

    Only nearness means something; up and left do not. After a scan the map grows and what was on
    it stays about where it was.
    """
    suffix = file.suffix.lower() if file else ""
    if suffix == ".png":
        from murecom.plots.figure import make

        make(1, 1)  # says what to install before the work is done
    with shown(quiet, "steps") as progress:
        answer = app.service.map(anew=anew, progress=progress)
    is_data = suffix in (".json", ".jsonl")
    output = Output(as_json, jsonl, file if is_data else None, quiet)
    if file and suffix == ".png":
        _draw(answer, file, colour)
    elif file and suffix == ".csv":
        with click.open_file(str(file), "w", encoding="utf-8", atomic=True) as stream:
            stream.write(_csv(answer.places))
    if file:
        output.say(f"Wrote {file} ({len(answer.places)} tracks).")
    if file is None or is_data or as_json or jsonl:
        output.document(answer, lambda: _lines(answer.places), answer.places)
    for note in answer.notes:
        output.say(f"Note: {note}")
    return DONE


def _draw(answer: MusicMap, file: Path, colour: str) -> None:
    from murecom.plots.map import draw

    kinds: list[str | None]
    if colour == "artist":
        kinds = [next(iter(place.track.artists), None) for place in answer.places]
    else:
        kinds = [getattr(place, colour) for place in answer.places]
    draw(
        file,
        [(place.x, place.y) for place in answer.places],
        kinds,
        title=f"{len(answer.places):,} tracks by {colour}",
        is_named_on_map=colour == "cluster",
    )


def _lines(places: Sequence[Place]) -> str:
    return table(
        [
            (f"{place.x:+.3f}", f"{place.y:+.3f}", place.cluster, place.track.name)
            for place in places
        ]
    )


def _csv(places: Sequence[Place]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["id", "x", "y", "cluster", "genre", "artist", "title", "album", "path"])
    for place in places:
        track = place.track
        names = [", ".join(track.artists), track.title or "", track.album or "", track.path or ""]
        writer.writerow([track.id, place.x, place.y, place.cluster, place.genre or "", *names])
    return text.getvalue().encode("utf-8", "replace").decode("utf-8")
