"""`murecom radio`: a list that never ends."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING

import click

from murecom.cli import DONE, NOTHING_FOUND
from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, playlist_options, table
from murecom.cli._rules import by_option, rule_options
from murecom.cli._seeds import find_all, find_unlike, first_option, unlike_option
from murecom.types import Neighbour, Recommendation, to_json

if TYPE_CHECKING:
    from murecom.service import Limits


@click.command()
@click.argument("seed", nargs=-1, required=True)
@click.option("--length", type=click.IntRange(1), help="Stop after so many tracks.")
@click.option("--lookback", type=click.IntRange(1), help="How many of the last tracks steer.")
@click.option("--temperature", type=click.FloatRange(0), help="0 is always the nearest track.")
@click.option("--random-seed", type=int, help="Make the same choices again.")
@unlike_option
@by_option
@rule_options
@first_option
@playlist_options
@pass_app
def command(
    app: App,
    seed: tuple[str, ...],
    length: int | None,
    lookback: int | None,
    temperature: float | None,
    random_seed: int | None,
    unlike: tuple[str, ...],
    by: str,
    limits: Limits,
    first: bool,
    output: Output,
) -> int:
    """Play on from SEED for ever, or for --length tracks.

    Tracks come one by one, none twice until the library is used up. Without --length the list
    ends when you press Ctrl-C or the reading program stops.
    """
    if length is None and (output.file or output.json):
        raise click.UsageError("Give --length: an endless list has no end to write.")
    seeds, notes = find_all(app, seed, first)
    against, unknown = find_unlike(app, unlike, first)
    notes += unknown
    for note in notes:
        output.say(f"Note: {note}")
    stream = app.service.radio(
        seeds,
        lookback=lookback,
        temperature=temperature,
        random_seed=random_seed,
        unlike=against,
        by=by,
        limits=limits,
        notes=notes,
    )
    played: list[Neighbour] = []
    told = 0
    try:
        for neighbour in islice(stream, length):
            if output.file or output.json:
                played.append(neighbour)
                continue
            told += 1
            for note in stream.notes[len(notes) :]:
                output.say(f"Note: {note}")
            notes = list(stream.notes)
            if output.jsonl:
                click.echo(json.dumps(to_json(neighbour), ensure_ascii=True))
            else:
                row = (f"{told:>3}", f"{neighbour.score:.2f}", neighbour.track.name, neighbour.why)
                click.echo(table([row]), nl=False)
    except KeyboardInterrupt:
        pass  # this is how a radio is switched off
    if output.file or output.json:
        answer = Recommendation(tuple(seeds), tuple(played), stream.model, tuple(stream.notes))
        return output.recommendation(answer, f"Radio {seeds[0].name}", app)
    return DONE if told else NOTHING_FOUND
