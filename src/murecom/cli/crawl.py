"""`murecom crawl`: playlists and what is known of tracks, from services, into the library."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from murecom.cli import DONE, FAILED, NOTHING_FOUND, PARTLY_FAILED
from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, output_options, printable, table
from murecom.errors import Unsupported
from murecom.text.counts import counted

if TYPE_CHECKING:
    from murecom.jobs.crawl_estimate import Estimate
    from murecom.jobs.crawl_report import CrawlOptions, CrawlReport

NAMED = 10
"Tasks that failed and are named; --json has them all."


@click.command()
@click.argument("source", required=False)
@click.option(
    "--seed", "seeds", multiple=True, metavar="WORD", help="Begin with this word or category."
)
@click.option("--own", is_flag=True, help="Begin with your own playlists there.")
@click.option(
    "--playlists",
    type=click.IntRange(0),
    metavar="N",
    help="Stop after so many new playlists (default: 1000; 0: when there are no more).",
)
@click.option("--calls", type=click.IntRange(1), metavar="N", help="Stop after so many calls.")
@click.option(
    "--with",
    "kinds",
    multiple=True,
    metavar="KINDS",
    help="Ask about your tracks: lyrics, comments, tags, similar; several with commas.",
)
@click.option("--again", is_flag=True, help="Read changed playlists again, retry what failed.")
@click.option(
    "--trainable/--not-trainable",
    default=None,
    help="Say whether models may learn from these playlists (default: the source decides).",
)
@click.option("-n", "--dry-run", is_flag=True, help="Say what it will cost; ask nobody.")
@click.option("--status", is_flag=True, help="Show how far it has come.")
@click.option("--login", is_flag=True, help="Let murecom ask for you; opens a browser.")
@click.option("--paste", is_flag=True, help="With --login: the browser is on another machine.")
@click.option("--logout", is_flag=True, help="Forget your log-in.")
@output_options
@pass_app
def command(
    app: App,
    source: str | None,
    seeds: tuple[str, ...],
    own: bool,
    playlists: int | None,
    calls: int | None,
    kinds: tuple[str, ...],
    again: bool,
    trainable: bool | None,
    dry_run: bool,
    status: bool,
    login: bool,
    paste: bool,
    logout: bool,
    output: Output,
) -> int:
    """Collect playlists, and what is known of tracks, from SOURCE.

    A crawl begins with words (--seed), finds playlists by them, and goes on with the words of their
    names. Stop with Ctrl-C whenever you like: the same command goes on. Without SOURCE the sources
    are listed, with what they allow.
    """
    if source is None:
        return _sources(app, output)
    if login + logout + status + dry_run > 1:
        raise click.UsageError("Only one of --login, --logout, --status and --dry-run at a time.")
    if not all(word.strip() for word in seeds):
        raise click.UsageError("A --seed is a word or a category; an empty one finds nothing.")
    if paste and not login:
        raise click.UsageError("--paste belongs to --login.")
    if logout:
        was_there = app.service.crawl_logout(source)
        output.say(
            f"Logged out of {source}." if was_there else f"Nobody was logged in to {source}."
        )
        return DONE
    if login:
        asked = _pasted if paste else None
        app.service.crawl_login(source, lambda line: click.echo(line, err=True), paste=asked)
        output.say(f"Logged in. Next: murecom crawl {source} --own")
        return DONE
    if status:
        return _status(app, source, output)
    from murecom.jobs.crawl_report import MOST, CrawlOptions

    options = CrawlOptions(
        seeds=seeds,
        own=own,
        playlists=MOST if playlists is None else playlists,
        is_bounded=playlists is not None,
        calls=calls,
        kinds=tuple(
            dict.fromkeys(k.strip() for text in kinds for k in text.split(",") if k.strip())
        ),
        again=again,
        trainable=trainable,
        workers=app.service.settings.crawl.workers,
    )
    if dry_run:
        return _estimate(app, source, options, output)
    return _crawl(app, source, options, output)


def _crawl(app: App, source: str, options: CrawlOptions, output: Output) -> int:
    from murecom.cli._progress import shown

    terms = {found.name: found.terms for found in app.service.crawl_sources()}
    if source in terms:
        output.say(terms[source])
    unit = "playlists" if options.walks else "calls"
    with _as_usage(), shown(output.quiet, unit=unit) as progress:
        report = app.service.crawl(source, options, progress=progress, tell=output.say)
    document = asdict(report) | {
        "seconds": round(report.seconds, 3),
        "failures": [{"kind": k, "key": key, "reason": r} for k, key, r in report.failures],
    }
    output.document(document, lambda: _told(report, options), document["failures"])
    for kind, key, reason in report.failures[:NAMED]:
        output.say(f"{kind} {printable(key)}: {printable(reason)}")
    if len(report.failures) > NAMED:
        output.say(f"… and {len(report.failures) - NAMED:,} more: --json names them all.")
    if report.refused_file:
        output.say(f"Refused entries are listed in {printable(report.refused_file)}.")
    if report.stopped:
        output.say(f"Stopped early by {report.source}: {report.stopped}")
    if report.paused_until is not None:
        if "resume after" not in (report.stopped or ""):
            output.say(f"Resume after {_clock(report.paused_until)}: the same command goes on.")
        return PARTLY_FAILED
    if report.stopped:
        return FAILED
    output.say(_next(report, options))
    if report.failed or report.declined or report.refused:
        return PARTLY_FAILED
    is_empty = not (report.found or report.unchanged or report.texts or report.tags)
    return NOTHING_FOUND if is_empty and report.calls else DONE


@contextmanager
def _as_usage() -> Iterator[None]:
    """Make it an error of usage to ask for what the source does not have."""
    try:
        yield
    except Unsupported as error:
        raise click.UsageError(str(error)) from error


_IF_ANY = {
    "replaced": "replaced", "unchanged": "unchanged", "marked": "marked", "closed": "closed",
    "gone": "gone",
    "declined": "declined", "failed": "failed", "refused": "refused entries",
    "texts": "texts", "tags": "tags",
}  # fmt: skip


def _told(report: CrawlReport, options: CrawlOptions) -> str:
    told = []
    if options.walks:
        told = [
            f"added {report.added:,}",
            f"entries {report.entries:,}",
            f"new tracks {report.tracks:,}",
        ]
        if report.words:
            told.append(f"words {report.words:,}")
    told += [
        f"{name} {getattr(report, field):,}"
        for field, name in _IF_ANY.items()
        if getattr(report, field)
    ]
    made = f"{counted(report.calls, 'call')} to {report.source} in {_duration(report.seconds)}"
    return f"{made}: {'  '.join(told) or 'nothing new'}\n"


def _next(report: CrawlReport, options: CrawlOptions) -> str:
    if report.closed and not report.added:
        return (
            "All playlists that were found are closed: only their names are known. "
            "docs/sources.md tells what this source opens to whom."
        )
    learn = "Next: murecom train playlists"
    if not report.trainable:
        learn = "Models do not learn from these playlists: docs/sources.md tells why."
    if report.waiting:
        waiting = f"{report.waiting:,} {'task is' if report.waiting == 1 else 'tasks are'} waiting"
        return f"{waiting}: the same command goes on. {learn}"
    if options.walks and report.found:
        return f"Nothing is left to ask for. {learn}"
    return f"Nothing is left to ask for. See: murecom crawl {report.source} --status"


def _estimate(app: App, source: str, options: CrawlOptions, output: Output) -> int:
    with _as_usage():
        found = app.service.crawl_estimate(source, options)
    output.document(found, lambda: estimate_line(found), [asdict(found)])
    return DONE


def estimate_line(found: Estimate) -> str:
    """Say in a line what a crawl will need."""
    what = []
    if found.playlists is None:
        what.append("All playlists")
    elif found.playlists:
        what.append(counted(found.playlists, "playlist"))
    if found.named_only:
        what[-1] += " by name only"
    if found.tracks:
        what.append(counted(found.tracks, "track"))
    head = " and ".join(what) or "Nothing to ask for"
    rate = f"{found.rate:g}/s"
    if found.calls is None or found.seconds is None:
        return (
            f"{head}: how many calls that takes is not known, at most {rate}. Bound it: --calls\n"
        )
    calls = f"about {counted(found.calls, 'call')}, about {_duration(found.seconds)} at {rate}"
    basis = "as earlier crawls went" if found.known else "with lists of usual length"
    return f"{head}: {calls}, {basis}.\n"


def _status(app: App, source: str, output: Output) -> int:
    found = app.service.crawl_status(source)

    def text() -> str:
        if not found.tasks:
            return f"Nothing was asked of {source} yet. Begin: murecom crawl {source} --seed WORD\n"
        rows = [
            (kind, ", ".join(f"{n:,} {state}" for state, n in states.items()))
            for kind, states in found.tasks.items()
        ]
        words = found.words
        if words["seen"]:
            told = f"{words['seen']:,} seen, {words['asked']:,} asked for, which found "
            rows.append(("words", told + counted(words["playlists"], "playlist")))
        return table(rows)

    output.document(found, text, [asdict(found)])
    for kind, key, reason in found.failures[:NAMED]:
        output.say(f"{kind} {printable(key)}: {printable(reason)}")
    if found.failures:
        output.say(f"Try these again: murecom crawl {source} --again")
    return DONE


def _sources(app: App, output: Output) -> int:
    found = app.service.crawl_sources()
    output.document(
        found,
        lambda: table([(s.name, ", ".join(s.kinds)) for s in found]),
        [asdict(s) for s in found],
    )
    for one in found:
        output.say(f"{one.name}: {one.terms}")
    output.say("Next: murecom crawl SOURCE --seed WORD")
    return DONE


def _pasted() -> str:
    return str(click.prompt("Paste the address at which the browser ended", err=True))


def _clock(moment: float) -> str:
    """Write a time of day, never too early; with the day if it is another one."""
    then = time.localtime(moment + 59)
    is_today = time.strftime("%F", then) == time.strftime("%F")
    return time.strftime("%H:%M" if is_today else "%F %H:%M", then)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
