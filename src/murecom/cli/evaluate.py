"""`murecom evaluate`: how good recommenders are."""

from __future__ import annotations

from pathlib import Path

import click

from murecom.cli import DONE, PARTLY_FAILED
from murecom.cli._app import App, pass_app
from murecom.cli._output import Output

SCENARIOS = ("title", "first1", "first5", "first10", "first25", "random25", "next")


@click.group()
def command() -> None:
    """Say how good recommenders are, on playlists that they have not seen."""


def _names(ctx: click.Context, option: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Split a list with commas; nothing and doubles are left out."""
    names = (name.strip() for name in (value or "").split(","))
    return tuple(dict.fromkeys(name for name in names if name))


@command.command()
@click.argument("file", metavar="[FILE|DIR]…", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--compare",
    metavar="NAMES",
    callback=_names,
    help="Recommenders to fit and compare, such as ials,item_knn (default: the trained model).",
)
@click.option(
    "--scenarios",
    metavar="NAMES",
    callback=_names,
    help=f"Some of {','.join(SCENARIOS)} (default: all).",
)
@click.option("--novelty-sweep", is_flag=True, help="Turn the novelty dial: its price, as a curve.")
@click.option("--keep-unseen", is_flag=True, help="Count tracks that no other playlist holds, too.")
@click.option("--no-titles", is_flag=True, help="Show seeds without the title of their playlist.")
@click.option("--validation", is_flag=True, help="Ask about the part that is for tuning.")
@click.option(
    "--lists", type=click.IntRange(1), default=2000, show_default=True, help="Test at most so many."
)
@click.option("--restart", is_flag=True, help="Measure again what was measured before.")
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Also write report.txt, report.json and pictures into FOLDER.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("-q", "--quiet", is_flag=True, help="Only the data, no talk.")
@pass_app
def playlists(
    app: App,
    file: tuple[Path, ...],
    compare: tuple[str, ...],
    scenarios: tuple[str, ...],
    novelty_sweep: bool,
    keep_unseen: bool,
    no_titles: bool,
    validation: bool,
    lists: int,
    restart: bool,
    target: Path | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Hide a sixth of the playlists, and see what recommenders find of them.

    Playlists come from the database, or from the files named. Recommenders learn anew from the
    others; the trained model stays as it is. Stop with Ctrl-C whenever you like: the same command
    goes on, and shows at once what was measured before.
    """
    from murecom.cli._progress import shown

    output = Output(json=as_json, quiet=quiet)
    with shown(quiet, "steps") as progress:
        made = app.service.evaluate_playlists(
            file,
            compare,
            scenarios=scenarios,
            on="validation" if validation else "test",
            titles=not no_titles,
            keep_unseen=keep_unseen,
            lists=lists,
            novelty_sweep=novelty_sweep,
            output=target,
            restart=restart,
            progress=progress,
        )
    output.document(made.result, lambda: made.text)
    for note in made.notes:
        output.say(f"Note: {note}")
    for path in made.files:
        output.say(f"Wrote {path}.")
    return PARTLY_FAILED if made.failures else DONE
