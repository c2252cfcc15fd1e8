"""`murecom mood read`: the moods of many texts."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from murecom.cli import DONE, NOTHING_FOUND
from murecom.cli._app import App, pass_app
from murecom.text.counts import counted


@click.command("read")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "-o",
    "--output",
    "out",
    metavar="FILE.jsonl",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write there instead of to stdout; after Ctrl-C the same command goes on.",
)
@click.option("-q", "--quiet", is_flag=True, help="Only the data, no talk.")
@pass_app
def command(app: App, file: Path, out: Path | None, quiet: bool) -> int:
    """Read one text a line from FILE (- is stdin) and write one mood a line as JSON.

    Line n is the mood of line n, empty lines included: label, probabilities, valence, arousal,
    confidence, language, classes. Where nothing can be read the label is no_signal.
    """
    from murecom.cli._progress import shown
    from murecom.jobs.mood_read import check_texts

    is_stdin = str(file) == "-"
    if not is_stdin:
        check_texts(file)
    if out is not None:
        if not out.absolute().parent.is_dir():
            raise click.BadParameter(f"There is no folder {out.parent}. Make it first.")
        if not is_stdin and out.is_file() and out.samefile(file):
            raise click.BadParameter(f"{out} is the file that is read. Name another one.")
    # on a terminal the data itself is seen
    with shown(quiet or (out is None and sys.stdout.isatty()), unit="kB") as progress:
        report = app.service.read_moods(
            sys.stdin.buffer if is_stdin else file, sys.stdout if out is None else out, progress
        )
    if not quiet:
        resumed = f", {report.resumed:,} of them before" if report.resumed else ""
        largest = ", ".join(f"{name} {count:,}" for name, count in report.labels.most_common(4))
        click.echo(f"Read {counted(report.lines, 'text')}{resumed}: {largest or 'none'}.", err=True)
    return DONE if report.lines else NOTHING_FOUND
