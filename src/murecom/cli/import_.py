"""`murecom import`: playlists and what somebody heard, from files into the library."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from murecom.cli import DONE, FAILED, PARTLY_FAILED
from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, output_options, printable
from murecom.text.counts import counted

NAMED_OTHERS = 5
"Other files in a folder that are named; --json has them all."

NAMED = 20
"Files that could not be used and are named; --json has them all."


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option(
    "--trainable/--not-trainable",
    default=None,
    help="Say whether models may learn from these playlists (default: their source decides).",
)
@click.option("--again", is_flag=True, help="Read files again that have not changed.")
@click.option("-n", "--dry-run", is_flag=True, help="Read and count; write nothing.")
@output_options
@pass_app
def command(
    app: App,
    files: tuple[Path, ...],
    trainable: bool | None,
    again: bool,
    dry_run: bool,
    output: Output,
) -> int:
    """Bring playlists and listening history from FILEs, or folders, into the library.

    Known are "Download your data" of Spotify (as zip or unpacked), Exportify, exports of Last.fm
    and ListenBrainz, tables with playlist and title, M3U, XSPF, JSPF, JSON lines, slices of the
    Million Playlist Dataset and dumps of NetEase; text files also packed with gzip. What comes
    again replaces what was before. Stop with Ctrl-C whenever you like: the same command goes on.
    Rows that cannot be used are counted, and named in a report.
    """
    from murecom.cli._progress import shown

    with shown(output.quiet, unit="kB") as progress:
        report = app.service.import_(
            files, trainable=trainable, again=again, dry_run=dry_run, progress=progress
        )
    document = asdict(report) | {
        "seconds": round(report.seconds, 3),
        "failures": [{"path": path, "reason": reason} for path, reason in report.failures],
    }

    def text() -> str:
        verb = "Would import" if dry_run else "Imported"
        files_read = f"{report.files:,} file" + ("" if report.files == 1 else "s")
        told = []
        if report.playlists or not (report.listens or report.abouts):
            told += [f"playlists {report.playlists:,}", f"entries {report.entries:,}"]
            if not dry_run:
                told[1:1] = [f"added {report.added:,}", f"replaced {report.replaced:,}"]
        if report.listens:
            told.append(f"listens {report.listens:,}")
            if not dry_run:
                told.append(f"new listens {report.new_listens:,}")
        if report.abouts:
            told.append(f"described tracks {report.abouts:,}")
        if not dry_run:
            told.append(f"new tracks {report.tracks:,}")
        counts = ((called, getattr(report, name)) for name, called in _IF_ANY.items())
        told += [f"{called} {count:,}" for called, count in counts if count]
        return f"{verb} {files_read} in {report.seconds:.1f} s: {'  '.join(told)}\n"

    if report.other_files:
        some = ", ".join(printable(name) for name in report.other_files[:NAMED_OTHERS])
        more = " …" if len(report.other_files) > NAMED_OTHERS else ""
        output.say(f"Note: nothing to import in {some}{more}. Name a file itself to hear why.")
    if report.both_histories:
        output.say(
            "Note: Spotify's account history and its extended history tell of the same listens "
            "with other times, so those count twice. Run murecom forget history, and import one."
        )
    if report.overwritten:
        some = counted(report.overwritten, "playlist has", "playlists have")
        output.say(
            f"Note: {some} the id of one from another file and took its place. "
            "To keep both, give one of them another id in its file."
        )
    if report.withheld:
        some = counted(report.withheld, "playlist comes", "playlists come")
        output.say(
            f"Note: {some} from a service whose terms forbid learning from it: kept, shown and "
            "continued, but no model learns from it. If you hold other rights: --trainable"
        )
    output.document(document, text, document["failures"])
    for path, reason in report.failures[:NAMED]:
        output.say(f"{printable(path)}: {reason}")
    if len(report.failures) > NAMED:
        output.say(f"… and {len(report.failures) - NAMED:,} more: --json names them all.")
    if report.refused_file:
        output.say(f"Refused rows are listed in {printable(report.refused_file)}.")
    if report.failed and not report.files and not report.unchanged:
        return FAILED
    return PARTLY_FAILED if report.failed or report.refused else DONE


_IF_ANY = {
    "unchanged": "unchanged files",
    "passed": "other files",
    "refused": "refused rows",
    "differing": "ids with other names",
    "failed": "failed files",
}
