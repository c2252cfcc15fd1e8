"""Like this, but not like that: seeds that an answer keeps away from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from murecom.errors import BadInput, NotFound
from murecom.recommend.base import Request
from murecom.types import Track

if TYPE_CHECKING:
    from murecom.service.answers import Start


def keep_away(
    start: Start, unlike: Sequence[Track], start_from: Callable[[Sequence[Track]], Start]
) -> Start:
    """Give the same start, with tracks that the answer shall not be like.

    Parameters
    ----------
    start : Start
        What the answer shall be like.
    unlike : sequence of Track
        None leaves `start` as it is; a track outside the library needs a path.
    start_from : callable
        Sorts and analyses them, as it did the seeds.

    Raises
    ------
    BadInput
        A track is wanted and not wanted.
    """
    if not unlike:
        return start
    both = {track.id for track in unlike} & {seed.id for seed in start.seeds}
    if both:
        name = next(track.name for track in unlike if track.id in both)
        raise BadInput(f"{name} is both wanted and not wanted. Name it once.")
    try:
        against = start_from(unlike)
    except NotFound as error:
        return replace(start, notes=(*start.notes, f"Nothing to keep away from: {error}"))
    away = "Away from: " + ", ".join(track.name for track in against.seeds) + "."
    return replace(start, unlike=against, notes=(*start.notes, away, *against.notes))


def against(wanted: Request, unlike: Request) -> Request:
    """Give one request of two: the seeds of the second weigh -1, those of the first keep theirs."""
    inside, outside = len(wanted.items), _outside(wanted)
    own = list(wanted.weights or [1.0] * (inside + outside))
    weights = own[:inside] + [-1.0] * len(unlike.items)
    weights += own[inside:] + [-1.0] * _outside(unlike)
    keys = {*wanted.vectors, *unlike.vectors}
    return replace(
        wanted,
        items=[*wanted.items, *unlike.items],
        weights=weights,
        vectors={
            key: np.concatenate([r.vectors[key] for r in (wanted, unlike) if key in r.vectors])
            for key in keys
        },
        windows={
            key: [one for r in (wanted, unlike) for one in r.windows.get(key, ())]
            for key in {*wanted.windows, *unlike.windows}
        },
    )


def _outside(request: Request) -> int:
    return max((len(matrix) for matrix in request.vectors.values()), default=0)
