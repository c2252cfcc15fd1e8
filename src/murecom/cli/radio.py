"""`murecom radio`: a list that never ends."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import click

from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, playlist_options, table
from murecom.cli._rules import by_option, rule_options
from murecom.cli._seeds import find_all, first_option
from murecom.types import Recommendation, to_json

if TYPE_CHECKING:
    from murecom.service import Limits


@click.command()
@click.argument("seed", nargs=-1, required=True)
@click.option("--length", type=click.IntRange(1), help="Stop after so many tracks.")
@click.option("--lookback", type=click.IntRange(1), help="How many of the last tracks steer.")
@click.option("--temperature", type=click.FloatRange(0), help="0 is always the nearest track.")
@click.option("--random-seed", type=int, help="Make the same choices again.")
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
    stream = app.service.radio(
        seeds,
        lookback=lookback,
        temperature=temperature,
        random_seed=random_seed,
        by=by,
        limits=limits,
        notes=notes,
    )
    if output.file or output.json:
        tracks = tuple(islice(stream, length))
        answer = Recommendation(tuple(seeds), tracks, stream.model, tuple(stream.notes))
        output.recommendation(answer, f"Radio {seeds[0].name}", app)
        return 0 if tracks else 3
    told = 0
    for rank, neighbour in enumerate(islice(stream, length), 1):
        for note in stream.notes[told:]:
            output.say(f"Note: {note}")
        told = len(stream.notes)
        if output.jsonl:
            import json

            click.echo(json.dumps(to_json(neighbour), ensure_ascii=True))
        else:
            row = (f"{rank:>3}", f"{neighbour.score:.2f}", neighbour.track.name, neighbour.why)
            click.echo(table([row]), nl=False)
    return 0
