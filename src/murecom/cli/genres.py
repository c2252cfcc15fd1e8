"""`murecom genres`: what a trained probe says of the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from murecom.cli import DONE, NOTHING_FOUND
from murecom.cli._app import App, pass_app
from murecom.cli._output import JSON_SUFFIXES, Output, playlist_options, table
from murecom.cli._seeds import find_all, first_option

if TYPE_CHECKING:
    from murecom.service.genres import GenreSummary, TrackGenres
    from murecom.types import Recommendation

SHOWN = 3
"Genres of a track that are printed; --json gives all."


@click.command()
@click.argument("track", nargs=-1)
@click.option("--list", "genre", metavar="GENRE", help="Tracks most surely of GENRE, surest first.")
@click.option("--disagree", is_flag=True, help="Tracks whose genre tag and sound do not fit.")
@click.option("--write", is_flag=True, help="Keep the labels as tags; rules then count them.")
@click.option("--forget", is_flag=True, help="Delete the labels that --write has kept.")
@click.option(
    "--least",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    metavar="P",
    help="Probability that a genre needs; below, a track is unsure.",
)
@click.option("-k", type=click.IntRange(1), help="At most so many tracks (default: all).")
@first_option
@playlist_options
@pass_app
def command(
    app: App,
    track: tuple[str, ...],
    genre: str | None,
    disagree: bool,
    write: bool,
    forget: bool,
    least: float,
    k: int | None,
    first: bool,
    output: Output,
) -> int:
    """Say of which genres the library is, or each TRACK, by how they sound.

    The genres are those of the folders that a probe was trained on: murecom train genres DIR.
    A track that sounds like none of them is unsure. Music files are never changed.
    """
    asked = [bool(track), genre is not None, disagree, write, forget]
    if sum(asked) > 1:
        raise click.UsageError("Name TRACKs or one of --list, --disagree, --write, --forget.")
    lists = genre is not None or disagree
    if output.file and output.file.suffix.lower() not in JSON_SUFFIXES and not lists:
        raise click.UsageError("Only --list and --disagree give a playlist; use a .json file.")
    if k is not None and not lists:
        raise click.UsageError("-k belongs to --list and --disagree.")
    if forget:
        count = app.service.forget_genres()
        output.document({"forgotten": count}, lambda: f"Deleted {count:,} labels.\n")
        return DONE
    if genre is not None:
        answer = app.service.tracks_of_genre(genre, k, least)
        return _list(app, answer, f"Genre {genre}", f"No track is that surely {genre}.", output)
    if disagree:
        answer = app.service.genre_disagreements(k, least)
        return _list(app, answer, "Genres to check", "No genre tag is denied.", output)
    if track:
        return _tracks(app, track, least, first, output)
    return _summary(app, least, write, output)


def _summary(app: App, least: float, write: bool, output: Output) -> int:
    from murecom.cli._progress import shown

    with shown(output.quiet or not write) as progress:
        summary = app.service.genres(least, write=write, progress=progress)
    output.document(summary, lambda: _summary_text(summary), summary.genres)
    if summary.unheard:
        output.say(
            f"Tracks without the vectors that the probe reads: {summary.unheard:,}. "
            "Run: murecom scan"
        )
    if summary.written is not None:
        tracks = "track" if summary.written == 1 else "tracks"
        kept = f"Kept the labels of {summary.written:,} {tracks}."
        output.say(kept if summary.written else "All labels of this probe were kept before.")
    return DONE


def _summary_text(summary: GenreSummary) -> str:
    rows = [(row.genre, f"{row.tracks:,}", f"{row.share:.1%}") for row in summary.genres]
    share = summary.unsure / max(summary.tracks, 1)
    rows.append(("unsure", f"{summary.unsure:,}", f"{share:.1%}"))
    return table(rows)


def _tracks(app: App, texts: tuple[str, ...], least: float, first: bool, output: Output) -> int:
    tracks, notes = find_all(app, texts, first)
    found = app.service.genres_of(tracks, least)
    output.document(found, lambda: _tracks_text(found), found)
    for note in notes:
        output.say(f"Note: {note}")
    return DONE


def _tracks_text(found: list[TrackGenres]) -> str:
    rows = []
    for one in found:
        likely = [f"{genre} {p:.2f}" for genre, p in one.genres[:SHOWN] if p >= 0.005]
        rest = 1 - one.evidence
        likely += [f"none of these {rest:.2f}"] if rest >= 0.05 else []
        tagged = f"tagged {', '.join(one.own)}" if one.own else ""
        rows.append((one.genre or "unsure", one.track.name, "  ".join(likely), tagged))
    return table(rows)


def _list(app: App, answer: Recommendation, name: str, none: str, output: Output) -> int:
    code = output.recommendation(answer, name, app)
    if not answer.tracks:
        output.say(none)
        return NOTHING_FOUND
    return code
