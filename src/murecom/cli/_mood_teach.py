"""`murecom mood teach`: labelled sentences of the user's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from murecom.cli import DONE, NOTHING_FOUND, PARTLY_FAILED
from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, output_options, printable, table
from murecom.errors import NotFound, Unreachable

if TYPE_CHECKING:
    from murecom.jobs.mood_teach import TeachReport

NAMED = 20
"At most so many labels or rows are named; --json names all."


@click.command("teach")
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--map",
    "map_file",
    metavar="FILE.json",
    type=click.Path(dir_okay=False, path_type=Path),
    help='What labels of your own mean: {"meh": "neutral"}.',
)
@click.option(
    "--label-map",
    "pairs",
    metavar="NAME=LABEL",
    multiple=True,
    help="The same for one label; may be repeated.",
)
@click.option("--forget", is_flag=True, help="Delete all that was taught.")
@click.option("-n", "--dry-run", is_flag=True, help="Read and count; teach nothing.")
@output_options
@pass_app
def command(
    app: App,
    file: Path | None,
    map_file: Path | None,
    pairs: tuple[str, ...],
    forget: bool,
    dry_run: bool,
    output: Output,
) -> int:
    """Teach murecom how you call the mood of sentences: FILE has columns text and label.

    FILE is CSV (commas, semicolons or tabs), JSON lines or a JSON list. Labels are anger, disgust,
    fear, joy, love, calm, sadness, surprise, neutral, codes such as PA or NB, or what people call
    them in English, Chinese and Japanese. A second file adds to the first; the last label of a
    sentence counts. The sentences stay in the home folder as plain text until --forget. Without
    FILE what was taught before is learned anew.
    """
    from murecom.cli._progress import shown

    if forget:
        if file is not None or map_file or pairs or dry_run:
            raise click.UsageError("--forget stands alone: it deletes all that was taught.")
        gone = app.service.forget_taught_moods()
        output.document({"forgotten": gone}, lambda: f"Forgot {gone:,} sentences.\n")
        return DONE if gone else NOTHING_FOUND
    names = _names(map_file, pairs)
    with shown(output.quiet, unit="sentences") as progress:
        report = app.service.teach_mood(file, names=names, dry_run=dry_run, progress=progress)
    output.document(report, lambda: _text(report, dry_run), report.unknown)
    for unknown in report.unknown[:NAMED]:
        hint = f"; is it '{unknown.nearest}'?" if unknown.nearest else ""
        name = printable(unknown.name)
        output.say(
            f"Left out {unknown.rows:,} of the unknown label '{name}'{hint} "
            f"Say what it means: --label-map '{name}=joy'"
        )
    if len(report.unknown) > NAMED:
        output.say(f"… and {len(report.unknown) - NAMED:,} more labels: --json names them all.")
    for row in report.refused[:NAMED]:
        output.say(f"Left out line {row.line:,}: {row.reason}.")
    if len(report.refused) > NAMED:
        output.say(f"… and {len(report.refused) - NAMED:,} more lines: --json names them all.")
    for note in report.notes:
        output.say(f"Note: {note}")
    return PARTLY_FAILED if report.unknown or report.refused else DONE


def _names(file: Path | None, pairs: tuple[str, ...]) -> dict[str, str]:
    """Put together what the user's own labels mean; those given singly win."""
    names: dict[str, str] = {}
    if file is not None:
        try:
            found = json.loads(file.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            raise NotFound(
                f'There is no file {file}. Name a JSON file such as {{"meh": "neutral"}}.'
            ) from None
        except OSError as error:
            raise Unreachable(
                f"{file} cannot be read ({error.strerror}). Check the path and permissions."
            ) from error
        except (ValueError, RecursionError) as error:
            raise click.BadParameter(f"{file} is no JSON ({error}). Correct it.") from error
        if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
            raise click.BadParameter(f'{file} must hold an object such as {{"meh": "neutral"}}.')
        names |= found
    for pair in pairs:
        name, sign, label = pair.rpartition("=")
        if not sign or not name.strip():
            raise click.BadParameter(
                f"'{pair}' is not of the form NAME=LABEL, such as meh=neutral."
            )
        names[name] = label
    return names


def _text(report: TeachReport, dry_run: bool) -> str:
    verb = "Would teach" if dry_run else "Taught"
    rows = [(label, f"{count:,}") for label, count in report.labels.items()]
    counts = [f"added {report.added:,}", f"changed {report.changed:,}", f"known {report.known:,}"]
    told = f"{verb} {report.sentences:,} sentences: {'  '.join(counts)}\n" + table(rows)
    figures = report.figures
    if report.is_fitted and "macro_f1" in figures:
        told += (
            f"On sentences kept back: macro-F1 {figures['macro_f1']:.3f}, right "
            f"{figures['accuracy']:.0%}"
        )
        if "combined_macro_f1" in figures:
            told += (
                f"; with what murecom knows already {figures['combined_macro_f1']:.3f}, "
                f"{figures['combined_accuracy']:.0%}; that alone "
                f"{figures['untaught_macro_f1']:.3f}, {figures['untaught_accuracy']:.0%}"
            )
        told += ".\n"
    return told
