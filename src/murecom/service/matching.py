"""Which track a title and artists mean, and which tracks of playlists are which files."""

from __future__ import annotations

from collections.abc import Sequence

from murecom.errors import BadInput
from murecom.jobs.lock import only_one
from murecom.jobs.matching import by_name
from murecom.jobs.twins import MatchReport, find_twins
from murecom.service.opened import Opened
from murecom.types import Progress, Track, TrackId, no_progress


class Matching(Opened):
    """Tracks that are the same recording."""

    def match(
        self, title: str, artists: Sequence[str] = (), duration: float | None = None
    ) -> Track | None:
        """Find the track that somebody else calls by these names.

        Parameters
        ----------
        title : str
            As written there, with notes such as "- Remastered 2011".
        artists : sequence of str
            In any order; without them the title alone must be the same.
        duration : float, optional
            In seconds; keeps versions of different lengths apart.

        Returns
        -------
        Track or None
            One with a file if there are several; None if none is the same recording.

        Raises
        ------
        BadInput
            The title is blank.
        """
        if not title.strip():
            raise BadInput("A track is matched by its title. Give one.")
        return by_name(self.store, Track(TrackId("text:"), title, tuple(artists), None, duration))

    def find_twins(self, again: bool = False, progress: Progress = no_progress) -> MatchReport:
        """Find out which tracks of playlists are which files; see `jobs.twins.find_twins`."""
        with only_one(self.home, "match"):
            return find_twins(self.store, again=again, progress=progress)
