"""`murecom clusters`: the parts that the library falls into."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from murecom.cli import DONE, PARTLY_FAILED
from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, path_style_option, table
from murecom.cli._progress import shown

if TYPE_CHECKING:
    from murecom.types import Clustering

SHOWN = 3
"Tracks of a cluster that are printed; --json and the playlists have all."


@click.command()
@click.option("-n", "number", type=click.IntRange(1), help="How many (default: what suits).")
@click.option(
    "-o",
    "--output",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write a playlist file for each cluster into DIR.",
)
@click.option(
    "--format",
    "suffix",
    default="m3u8",
    show_default=True,
    help="Format of the playlists: m3u8, m3u, xspf, jspf.",
)
@path_style_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--jsonl", is_flag=True, help="One JSON object a line.")
@click.option("-q", "--quiet", is_flag=True, help="Only the data, no talk.")
@pass_app
def command(
    app: App,
    number: int | None,
    folder: Path | None,
    suffix: str,
    path_style: str | None,
    as_json: bool,
    jsonl: bool,
    quiet: bool,
) -> int:
    """Divide the library into parts that sound alike, and name them.

    A name says what sets the part apart: what is heard more in it than elsewhere, and a genre if
    most of its files agree. The tracks that are most typical come first.
    """
    from murecom.formats import writable_suffixes

    ending = f".{suffix.lower().lstrip('.')}"
    if ending not in writable_suffixes():
        raise click.BadParameter(
            f"{suffix} is none of {', '.join(s.lstrip('.') for s in writable_suffixes())}."
        )
    output = Output(json=as_json, jsonl=jsonl, quiet=quiet, path_style=path_style)
    with shown(quiet) as progress:
        answer = app.service.clusters(number, progress=progress)
    code = DONE
    if folder is not None:
        code = _write(app, answer, folder, ending, output)
    if folder is None or as_json or jsonl:
        output.document(answer, lambda: _lines(answer), answer.clusters)
    for note in answer.notes:
        output.say(f"Note: {note}")
    return code


def _lines(answer: Clustering) -> str:
    rows = []
    for cluster in answer.clusters:
        names = list(dict.fromkeys(track.name for track in cluster.tracks[: 4 * SHOWN]))
        typical = " · ".join(names[:SHOWN])
        rows.append((str(len(cluster.tracks)), cluster.name, typical))
    return table(rows)


def _write(app: App, answer: Clustering, folder: Path, ending: str, output: Output) -> int:
    from murecom.types import Playlist

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.FileError(str(folder), hint=error.strerror) from error
    skipped = 0
    for place, cluster in enumerate(answer.clusters, 1):
        file = folder / f"{place:02d} {_file_name(cluster.name)}{ending}"
        playlist = Playlist(cluster.name, cluster.tracks)
        report = app.service.write_playlist(playlist, file, style=output.path_style)
        skipped += len(report.skipped)
        for track, reason in report.skipped:
            output.say(f"Left out {track.name}: {reason}")
    output.say(f"Wrote {len(answer.clusters)} playlists to {folder}.")
    return PARTLY_FAILED if skipped else DONE


def _file_name(name: str) -> str:
    """Leave out what file systems refuse."""
    kept = "".join(" " if sign in '/\\:*?"<>|' or ord(sign) < 32 else sign for sign in name)
    return " ".join(kept.split())[:80].strip(" .")
