"""Descriptors: readable numbers of a track with their units (tempo in BPM, loudness in LUFS …)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from murecom.errors import BadInput
from murecom.store import schema
from murecom.store.base import Backend
from murecom.store.database import Database, Statement
from murecom.store.rows import asked, clean, inner_id, number_or_none
from murecom.types import TrackId


class Descriptors:
    """The descriptors of a store; use it as ``store.descriptors``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(
        self,
        track_id: TrackId,
        values: Mapping[str, tuple[float, str]],
        instead_of: Iterable[str] = (),
    ) -> None:
        """Set descriptors of a track by name; those not named stay as they are.

        Parameters
        ----------
        track_id : TrackId
            A track of the store.
        values : mapping of str to (float, str)
            Value and unit by name.
        instead_of : iterable of str
            Names that are forgotten first: what a new measurement no longer tells is not left over
            from an old one.

        Raises
        ------
        NotFound
            No such track.
        BadInput
            A value is not finite.
        """
        for name, (value, _) in values.items():
            if number_or_none(value) is None:
                raise BadInput(f"Descriptor '{name}' is {value}. Leave unknown ones out.")
        with self._database.write() as work:
            pk = inner_id(work, track_id)
            work.many(_FORGET, [{"of_track": pk, "of_name": clean(name)} for name in instead_of])
            work.many(
                PUT_DESCRIPTOR,
                [
                    {"track": pk, "name": clean(name), "value": float(value), "unit": clean(unit)}
                    for name, (value, unit) in values.items()
                ],
            )

    def get(self, ids: Iterable[TrackId]) -> dict[TrackId, dict[str, tuple[float, str]]]:
        """Give name → (value, unit) for the tracks that have any descriptor."""
        found: dict[TrackId, dict[str, tuple[float, str]]] = {}
        with self._database.read() as connection:
            for batch in asked(ids):
                loaded = load_descriptors(connection, batch)
                found.update((TrackId(track_id), values) for track_id, values in loaded.items())
        return found


def load_descriptors(
    connection: sa.Connection, ids: Sequence[str]
) -> dict[str, dict[str, tuple[float, str]]]:
    """Load the descriptors of at most a batch of tracks."""
    descriptor, track = schema.descriptor.c, schema.track.c
    query = (
        sa.select(track.id, descriptor.name, descriptor.value, descriptor.unit)
        .join_from(schema.descriptor, schema.track)
        .where(track.id.in_(ids))
        .order_by(descriptor.track, descriptor.name)
    )
    found: defaultdict[str, dict[str, tuple[float, str]]] = defaultdict(dict)
    for track_id, name, value, unit in connection.execute(query):
        found[track_id][name] = (value, unit)
    return found


def _upsert(backend: Backend) -> Any:
    statement = backend.insert(schema.descriptor)
    return statement.on_conflict_do_update(
        index_elements=["track", "name"],
        set_={"value": statement.excluded.value, "unit": statement.excluded.unit},
    )


PUT_DESCRIPTOR = Statement(_upsert)
_FORGET = Statement(
    lambda _: sa.delete(schema.descriptor).where(
        schema.descriptor.c.track == sa.bindparam("of_track"),
        schema.descriptor.c.name == sa.bindparam("of_name"),
    )
)
