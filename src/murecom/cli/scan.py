"""`murecom scan`: music folders in."""

from __future__ import annotations

import time
from pathlib import Path

import click

from murecom.cli import DONE, PARTLY_FAILED
from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, output_options, printable, table
from murecom.errors import NotFound, NotReady, Unreachable

ALWAYS = ("found", "added", "unchanged", "failed")
IF_ANY = (
    "changed", "moved", "returned", "copies", "short", "silent", "gone", "described", "lyrics",
)  # fmt: skip
"Counts of a scan: those always told, and those told when they are not zero."

FAST = 3
"Windows with `--fast`: two thirds of the time, and MAP .02 lower on whole tracks."

NAMED = 20
"At most so many files and folders are named after a scan that `--failed` does not list."


@click.command()
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path))
@click.option("--workers", type=click.IntRange(0), help="Processes; 0 is one a processor.")
@click.option("--fast", is_flag=True, help="Listen to three pieces of a track instead of five.")
@click.option("--descriptors", is_flag=True, help="Also measure tempo, key and loudness.")
@click.option("--failed", is_flag=True, help="List the files that failed, with reasons.")
@click.option("--retry", is_flag=True, help="Try failed files again.")
@click.option("--forget", is_flag=True, help="Stop scanning FOLDERS; what is known is kept.")
@click.option("--watch", is_flag=True, help="Stay and scan again when files change.")
@click.option(
    "--interval",
    type=click.FloatRange(1),
    default=30.0,
    show_default=True,
    help="Seconds between looks with --watch.",
)
@click.option("-n", "--dry-run", is_flag=True, help="Say what would be done; write nothing.")
@output_options
@pass_app
def command(
    app: App,
    folders: tuple[Path, ...],
    workers: int | None,
    fast: bool,
    descriptors: bool,
    failed: bool,
    retry: bool,
    forget: bool,
    watch: bool,
    interval: float,
    dry_run: bool,
    output: Output,
) -> int:
    """Read FOLDERS of music into the library.

    New and changed files are analysed, moved files recognised, deleted ones marked. Stop with
    Ctrl-C whenever you like: the next scan goes on. Without FOLDERS the last ones are scanned.
    """
    if failed:
        return _list_failed(app, output)
    if forget:
        if not folders:
            raise click.UsageError("Name the FOLDERS to forget; murecom status lists them.")
        count = app.service.forget(folders)
        output.say(f"Forgot {count:,} files; scanning the folder again brings them back.")
        return DONE
    if workers is not None:
        app.flags["library.workers"] = workers
    if fast:
        app.flags["sound.windows"] = FAST
    if dry_run:
        return _dry_run(app, folders, retry, output)
    code = _scan_once(app, folders, retry, descriptors, output)
    if watch:
        output.say(f"Watching for changes every {interval:.0f} s; Ctrl-C ends.")
    trouble = ""
    while watch:
        time.sleep(interval)
        try:
            code = _scan_once(app, folders, False, descriptors, output, only_news=True)
            trouble = ""
        except (NotFound, NotReady, Unreachable) as error:
            # a disk that is away, another scan, a full disk: all pass, so the watch goes on
            if str(error) != trouble:
                trouble = str(error)
                output.say(f"{trouble} Still watching.")
    return code


def _scan_once(
    app: App,
    folders: tuple[Path, ...],
    retry: bool,
    descriptors: bool,
    output: Output,
    only_news: bool = False,
) -> int:
    from murecom.cli._progress import shown

    with shown(output.quiet or only_news) as progress:
        report = app.service.scan(folders, retry=retry, descriptors=descriptors, progress=progress)
    code = PARTLY_FAILED if report.failed else DONE
    if only_news and not report.is_news:
        return code
    counts = {name: getattr(report, name) for name in (*ALWAYS, *IF_ANY)}
    document = counts | {
        "seconds": round(report.seconds, 3),
        "failures": [{"path": path, "reason": reason} for path, reason in report.failures],
    }

    listed = dict(app.service.failures()) if report.failed else {}

    def text() -> str:
        parts = [f"{name} {counts[name]:,}" for name in ALWAYS[1:]]
        parts += [f"{name} {counts[name]:,}" for name in IF_ANY if counts[name]]
        hint = " (murecom scan --failed lists them)" if listed else ""
        lines = [f"Scanned {report.found:,} files in {report.seconds:.1f} s: " + "  ".join(parts)]
        return lines[0] + hint + "\n"

    output.document(document, text, document["failures"])
    unlisted = [(path, reason) for path, reason in report.failures if path not in listed]
    for path, reason in unlisted[:NAMED]:
        output.say(f"{printable(path)}: {reason}")
    if len(unlisted) > NAMED:
        output.say(f"… and {len(unlisted) - NAMED:,} more: murecom scan --json names them all.")
    if not report.found and not report.failed:
        output.say("No music was found there. Known kinds: mp3 flac ogg opus wav aiff.")
    return code


def _dry_run(app: App, folders: tuple[Path, ...], retry: bool, output: Output) -> int:
    plan = app.service.plan_scan(folders, retry=retry)
    counts = {
        "new": len(plan.new),
        "changed": len(plan.changed),
        "returned": len(plan.returned),
        "again": len(plan.again),
        "unchanged": plan.unchanged,
        "gone": len(plan.gone),
        "unreadable": len(plan.unreadable),
        "lyrics": len(plan.words),
    }
    output.document(
        counts, lambda: table([(name, f"{count:,}") for name, count in counts.items()]), [counts]
    )
    return DONE


def _list_failed(app: App, output: Output) -> int:
    failures = [{"path": path, "reason": reason} for path, reason in app.service.failures()]
    output.document(
        failures, lambda: table([(row["path"], row["reason"]) for row in failures]), failures
    )
    if not failures:
        output.say("No file failed.")
    return DONE
