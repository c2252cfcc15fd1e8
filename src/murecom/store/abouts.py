"""What files say of tracks beside their names: many descriptors and tags at once."""

from __future__ import annotations

from collections.abc import Iterable

from murecom.errors import BadInput
from murecom.store.bulk_tracks import put_unknown
from murecom.store.database import Database, Work
from murecom.store.descriptors import PUT_DESCRIPTOR
from murecom.store.rows import batches, clean, number_or_none
from murecom.store.tags import replace_tags
from murecom.types import About

BATCH = 5000
"Tracks of a transaction when many are put."


class Abouts:
    """What files say of tracks; use it as ``store.abouts``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_many(self, abouts: Iterable[About], *, source: str) -> int:
        """Set descriptors and tags of many tracks; those not named stay as they are.

        Parameters
        ----------
        abouts : iterable of About
            Tracks that the store does not know are added. Names of descriptors say where they come
            from ("spotify_energy"), so that none takes the place of what was measured here.
        source : str
            Source of the tags; they replace those of the same keys that it gave before.

        Returns
        -------
        int
            How many tracks were new.

        Raises
        ------
        BadInput
            A track's id is not of the form ``source:source_id``, a value is not finite.
        """
        tracks = 0
        for batch in batches(abouts, BATCH):
            with self._database.write() as work:
                tracks += _put(work, batch, clean(source))
        return tracks


def _put(work: Work, abouts: list[About], source: str) -> int:
    for about in abouts:
        for name, (value, _) in about.descriptors.items():
            if number_or_none(value) is None:
                raise BadInput(f"Descriptor '{name}' is {value}. Leave unknown ones out.")
    tracks = put_unknown(work, (about.track for about in abouts)).tracks
    work.many(
        PUT_DESCRIPTOR,
        [
            {
                "track": work.tracks[about.track.id],
                "name": clean(name),
                "value": float(value),
                "unit": clean(unit),
            }
            for about in abouts
            for name, (value, unit) in about.descriptors.items()
        ],
    )
    for about in abouts:
        if about.tags:
            rows = [(key, value, 1.0, source) for key, value in about.tags]
            replace_tags(work, about.track.id, rows)
    return tracks
