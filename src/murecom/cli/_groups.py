"""What `artists` and `albums` share: names to groups, answers to lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from murecom.cli import DONE, NOTHING_FOUND
from murecom.cli._app import App
from murecom.cli._output import Output, output_options, table
from murecom.cli._progress import shown
from murecom.cli._seeds import choose
from murecom.errors import Ambiguous, NotFound

if TYPE_CHECKING:
    from murecom.types import Album, Artist, GroupNeighbour


def group_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of both commands."""
    for option in (
        click.option("--first", is_flag=True, help="Take the best match when a text fits several."),
        click.option("-k", type=click.IntRange(1), help="How many (10, or all without a name)."),
    ):
        command = option(command)
    return output_options(command)


def similar_groups(
    app: App, kind: str, texts: Sequence[str], k: int | None, first: bool, output: Output
) -> int:
    """Run the command for `kind`, "artist" or "album"."""
    service, plural = app.service, f"{kind}s"
    with shown(output.quiet, "groups") as progress:
        everyone = getattr(service, plural)(progress=progress)
    if not texts:
        everyone = everyone[:k]
        output.document({plural: everyone}, lambda: _list(everyone), everyone)
        return DONE if everyone else NOTHING_FOUND
    seeds, notes = _find_all(app, kind, texts, first)
    answer = getattr(service, f"similar_{plural}")(seeds, k or 10, notes=notes)
    found = getattr(answer, plural)
    output.document(answer, lambda: _lines(found), found)
    for note in answer.notes:
        output.say(f"Note: {note}")
    return DONE if found else NOTHING_FOUND


def _find_all(
    app: App, kind: str, texts: Sequence[str], first: bool
) -> tuple[list[Artist | Album], list[str]]:
    seeds: list[Artist | Album] = []
    notes: list[str] = []
    for text in texts:
        try:
            seed = _find(app, kind, text, first)
        except NotFound as error:
            if isinstance(error, Ambiguous) or len(texts) == 1:
                raise
            notes.append(str(error))
            continue
        if seed not in seeds:
            seeds.append(seed)
    if not seeds:
        raise NotFound(f"None of the {kind}s is known: " + " ".join(notes))
    return seeds, notes


def _find(app: App, kind: str, text: str, first: bool) -> Artist | Album:
    find = getattr(app.service, f"find_{kind}")
    try:
        found: Artist | Album = find(text, first=first)
        return found
    except Ambiguous as error:
        from murecom.types import Album, Artist

        chosen: Any = choose(error)
        return (Artist if kind == "artist" else Album)(chosen.name, chosen.tracks)


def _list(groups: Sequence[Artist | Album]) -> str:
    return table([(str(group.tracks), group.name) for group in groups])


def _lines(found: Sequence[GroupNeighbour]) -> str:
    return table(
        [
            (str(rank), f"{one.score:.2f}", one.name, f"{one.tracks}", one.why)
            for rank, one in enumerate(found, 1)
        ]
    )
