"""`murecom mood import-lexicon`: a lexicon that the user holds."""

from __future__ import annotations

from pathlib import Path

import click

from murecom.cli import DONE, PARTLY_FAILED
from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, output_options, printable

NAMED = 10
"At most so many odd rows of a kind are named; --json names all."


@click.command("import-lexicon")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("-n", "--dry-run", is_flag=True, help="Read and count; write nothing.")
@output_options
@pass_app
def command(app: App, file: Path, dry_run: bool, output: Output) -> int:
    """Read the DUTIR emotion ontology from FILE, a CSV that you hold.

    It becomes one more voice when moods are read from Chinese words, as the original had it. The
    list is for academic use and does not come with murecom. Rows that are not as they should be are
    mended or left out, and named.
    """
    report = app.service.import_mood_lexicon(file, dry_run=dry_run)

    def text() -> str:
        verb = "Would keep" if dry_run else "Kept"
        told = f"{verb} {report.words:,} words: rows {report.rows:,}  senses {report.senses:,}"
        return f"{told}  auxiliary {report.auxiliary:,}  refused {report.refused:,}\n"

    output.document(report, text, report.oddities)
    for what, count in report.odd.items():
        rows = [odd for odd in report.oddities if odd.what == what]
        some = ", ".join(
            f"{printable(odd.word)} ({printable(odd.value)}) in line {odd.line}"
            for odd in rows[:NAMED]
        )
        done = "mended or passed over" if rows[0].kept else "refused"
        more = f" and {count - NAMED:,} more" if count > NAMED else ""
        output.say(f"{what}: {count:,} {done}: {some}{more}")
    return PARTLY_FAILED if report.refused else DONE
