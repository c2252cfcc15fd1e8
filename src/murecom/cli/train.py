"""`murecom train`: learn from one's own folders."""

from __future__ import annotations

from pathlib import Path

import click

from murecom.cli import DONE, PARTLY_FAILED
from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, printable
from murecom.cli._train_playlists import playlists

NAMED = 20
"At most so many files that were left out are named; --json names all."


@click.group()
def command() -> None:
    """Learn from your own folders and playlists."""


command.add_command(playlists)


@command.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--model",
    type=click.Choice(["probe", "small", "original"]),
    default="probe",
    show_default=True,
    help="A classifier on MusiCNN's vectors, a network from scratch, or the original's network.",
)
@click.option(
    "--split",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A list with lines id,part (train, valid or test) instead of folds.",
)
@click.option(
    "--folds",
    type=click.IntRange(2),
    default=5,
    show_default=True,
    metavar="N",
    help="Parts, each of which is tested once.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Of all that is random."
)
@click.option("--epochs", type=click.IntRange(1), help="At most, for each fold of a network.")
@click.option("--restart", is_flag=True, help="Forget what an interrupted training has done.")
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Where the result goes (default: models/genres-MODEL in home).",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("-q", "--quiet", is_flag=True, help="Only the data, no talk.")
@pass_app
def genres(
    app: App,
    folder: Path,
    model: str,
    split: Path | None,
    folds: int,
    seed: int,
    epochs: int | None,
    restart: bool,
    target: Path | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Learn to tell genres apart from DIR, which holds a folder of clips for each genre.

    Says how well it does on clips that it has not heard. Stop with Ctrl-C whenever you like: the
    same command goes on.
    """
    from murecom.cli._progress import shown

    if model == "probe" and (epochs is not None or restart):
        raise click.UsageError("--epochs and --restart are for --model small and original.")
    output = Output(json=as_json, quiet=quiet)
    with shown(quiet, "steps") as progress:
        made = app.service.train_genres(
            folder,
            model,
            split=split,
            folds=folds,
            seed=seed,
            epochs=epochs,
            output=target,
            restart=restart,
            progress=progress,
        )
    output.document(made, lambda: made.text + "\n")
    for problem in made.problems[:NAMED]:
        output.say(f"Left out {printable(problem.path)}: {problem.reason}")
    if len(made.problems) > NAMED:
        output.say(f"… and {len(made.problems) - NAMED:,} more: --json names them all.")
    for note in made.notes:
        output.say(f"Note: {note}")
    output.say(f"Kept in {made.folder}.")
    return PARTLY_FAILED if made.problems else DONE
