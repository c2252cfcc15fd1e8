"""`murecom train playlists`: learn what people put together."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from murecom.cli import DONE, NOTHING_FOUND
from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, table

if TYPE_CHECKING:
    from murecom.jobs.playlist_model import Trained


def seconds(ctx: click.Context, option: click.Parameter, value: str | None) -> float | None:
    """Read a time such as 10m, 90s, 1h30m or a number of seconds."""
    if value is None:
        return None
    match = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m(?:in)?)?(?:(\d+(?:\.\d+)?)s?)?", value.strip())
    parts = match.groups() if match else (None, None, None)
    total = sum(float(n or 0) * unit for n, unit in zip(parts, (3600, 60, 1), strict=True))
    if total <= 0:
        raise click.BadParameter(f"'{value}' is no time. Write it as 10m, 90s or 1h30m.")
    return total


def names(ctx: click.Context, option: click.Parameter, value: str | None) -> list[str] | None:
    """Read a list of names with commas."""
    if value is None:
        return None
    found = [name.strip() for name in value.split(",") if name.strip()]
    if not found:
        raise click.BadParameter("Name at least one, such as ials or item_knn,ials,popular.")
    return found


@click.command()
@click.argument(
    "files", metavar="[FILE|DIR]...", nargs=-1, type=click.Path(exists=True, path_type=Path)
)
@click.option("--models", callback=names, metavar="LIST", help="Which recommenders, with commas.")
@click.option(
    "--budget",
    callback=seconds,
    metavar="TIME",
    help="Look for good parameters first, for so long: 10m, 1h.",
)
@click.option("--defaults", is_flag=True, help="Forget parameters that were found before.")
@click.option(
    "--merge/--no-merge", default=None, help="One recording of all tracks of one artist and title."
)
@click.option(
    "--min-count",
    type=click.IntRange(1),
    metavar="N",
    help="Leave out tracks in fewer playlists.",
)
@click.option(
    "--albums/--no-albums", default=None, help="Learn from the albums of the library as well."
)
@click.option("--tried", is_flag=True, help="Only show what the last search has tried.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("-q", "--quiet", is_flag=True, help="Only the data, no talk.")
@pass_app
def playlists(
    app: App,
    files: tuple[Path, ...],
    models: list[str] | None,
    budget: float | None,
    defaults: bool,
    merge: bool | None,
    min_count: int | None,
    albums: bool | None,
    tried: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Learn from playlists which tracks people put together.

    Takes the playlists of the library (murecom import), or those of FILE and DIR. The earlier model
    goes on answering until the new one is whole; Ctrl-C leaves it, and a search for parameters goes
    on when it is started again.
    """
    from murecom.cli._progress import shown

    output = Output(json=as_json, quiet=quiet)
    if tried:
        return _show_tried(app, output)
    with shown(quiet, "steps") as progress:
        made = app.service.train_playlists(
            list(files),
            models=models,
            budget=budget,
            defaults=defaults,
            merge=merge,
            min_count=min_count,
            albums=albums,
            progress=progress,
        )
    output.document(made, lambda: text(made))
    for note in made.notes:
        output.say(f"Note: {note}")
    output.say(f"Kept in {made.folder}.")
    return DONE


def text(made: Trained) -> str:
    """Write what a training made, for a terminal."""
    parts = f" ({', '.join(made.parts)})" if made.parts else ""
    rows = [
        ("model", f"{made.model}{parts}"),
        ("playlists", f"{made.playlists:,}"),
        ("tracks", f"{made.tracks:,}"),
        ("entries", f"{made.entries:,}"),
        ("seconds", f"{made.seconds:.1f}"),
    ]
    for part, own in made.parameters.items():
        rows.append((part, " ".join(f"{name}={value}" for name, value in own.items())))
    if made.tried:
        rows.append(("tried", f"{len(made.tried)} settings; murecom train playlists --tried"))
    return table(rows)


def _show_tried(app: App, output: Output) -> int:
    from murecom.jobs.playlist_tuning import table as rows_of

    found = app.service.tried_parameters()
    if found is None or not found.tried:
        output.say("Nothing was tried yet. Run: murecom train playlists --budget 10m")
        return NOTHING_FOUND
    output.document(found, lambda: table(rows_of(found)), found.tried)
    return DONE
