"""`murecom mood TEXT`: a playlist of a mood, or a journey from one mood to another."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING, Any

import click

from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, playlist_options
from murecom.cli._rules import by_option, rule_options

if TYPE_CHECKING:
    from murecom.service import Limits
    from murecom.types import Mood

SHOWN = 3
"Names that the first line has at most."

LEAST = 0.05
"What has a smaller share is not named."

_NUMBER = r"([+-]?(?:\d+\.?\d*|\.\d+))"
_POINT = re.compile(rf"\s*{_NUMBER}\s*[,;、]\s*{_NUMBER}\s*")
"After NFKC, which makes ， ； － and digits of full width plain ones."


class _Axis(click.FloatRange):
    """A number from -1 to 1; "nan" is none, though it is not larger than 1."""

    def __init__(self) -> None:
        super().__init__(-1, 1)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value} is no number. Give one from -1 to 1.", param, ctx)
        return number


def _journey(
    ctx: click.Context, option: click.Parameter, value: str | None
) -> str | tuple[float, float] | None:
    """Read a point such as 0.5,-0.2; any other text is words."""
    if value is None:
        return None
    if not value.strip():
        raise click.BadParameter("Name the mood to arrive at, in words or as 0.5,-0.2.")
    point = _POINT.fullmatch(unicodedata.normalize("NFKC", value).replace("\u2212", "-"))
    if point is None:
        return value
    valence, arousal = (float(number) for number in point.groups())
    if max(abs(valence), abs(arousal)) > 1:
        raise click.BadParameter("Valence and arousal go from -1 to 1. Correct the point.")
    return valence, arousal


@click.command()
@click.argument("text", nargs=-1)
@click.option("--valence", type=_Axis(), help="Unpleasant (-1) to pleasant (1); beats TEXT.")
@click.option("--arousal", type=_Axis(), help="Quiet (-1) to excited (1); beats TEXT.")
@click.option("--length", type=click.IntRange(1), default=20, show_default=True, help="Tracks.")
@click.option(
    "--journey",
    callback=_journey,
    metavar="TEXT|V,A",
    help="Lead to another mood: words, or valence and arousal.",
)
@click.option(
    "--way",
    type=click.Choice(["walk", "straight"]),
    default="walk",
    show_default=True,
    help="Of a journey: evenly all the way, or there in three tracks, and then stay.",
)
@click.option(
    "--first-songs",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    metavar="N",
    help="Tracks chosen by mood alone; the rest goes on from them.",
)
@click.option("--time-of-day", is_flag=True, help="Lean towards what the hour suggests.")
@click.option(
    "--hour", type=click.IntRange(0, 23), help="The hour for --time-of-day instead of now."
)
@by_option
@click.option(
    "--novelty", type=click.FloatRange(0, 1), help="Away from what is in many playlists: 0 to 1."
)
@rule_options
@playlist_options
@pass_app
def command(
    app: App,
    text: tuple[str, ...],
    valence: float | None,
    arousal: float | None,
    length: int,
    journey: str | tuple[float, float] | None,
    way: str,
    first_songs: int,
    time_of_day: bool,
    hour: int | None,
    by: str,
    novelty: float | None,
    limits: Limits,
    output: Output,
) -> int:
    """Make a playlist of how TEXT feels, or of a point given by --valence and --arousal.

    The first songs are those nearest in mood; what goes with them by sound and by playlists
    follows, near the mood. Text that is the name of a sub-command goes behind `mood playlist`.
    """
    words = " ".join(text).strip()
    if not words and valence is None and arousal is None:
        raise click.UsageError("Say in words how it should feel, or give --valence and --arousal.")
    answer = app.service.mood(
        words,
        point=None if valence is None and arousal is None else (valence, arousal),
        length=length,
        journey=journey,
        way=way,
        first_songs=first_songs,
        by=by,
        novelty=novelty,
        limits=limits,
        time_of_day=time_of_day if hour is None else hour,
    )
    lines = [line(answer.mood)]
    if answer.journey is not None:
        lines.append(f"to {line(answer.journey)}")
    is_file = output.file is not None and output.file.suffix.lower() not in (".json", ".jsonl")
    if is_file:
        for told in lines:
            output.say(told)
    elif not (output.json or output.jsonl or output.file):
        click.echo("\n".join(lines))
    name = words or f"valence {answer.mood.valence:.2f}, arousal {answer.mood.arousal:.2f}"
    return output.recommendation(answer, f"Mood: {_short(name)}", app)


def line(mood: Mood) -> str:
    """Write a mood: its largest shares, or what it is near to or like, and its point."""
    from murecom.service.mood_reasons import describe

    largest = sorted(mood.probabilities.items(), key=lambda one: -one[1])[:SHOWN]
    told = " · ".join(f"{name} {share:.2f}" for name, share in largest if share >= LEAST)
    point = f"valence {mood.valence:z.2f}  arousal {mood.arousal:z.2f}"
    if not told:
        is_felt = mood.label not in ("neutral", "no_signal")
        told = f"near {mood.label}" if is_felt else describe(mood.valence, mood.arousal)
    return f"{told}   {point}"


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:59]}…"
