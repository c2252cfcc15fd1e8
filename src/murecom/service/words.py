"""The words of tracks."""

from __future__ import annotations

import os

from murecom.library.lyrics import Line, Lyrics
from murecom.library.lyrics_files import read_lyrics
from murecom.service.opened import Opened
from murecom.store import NO_WORDS
from murecom.types import Track


class Words(Opened):
    """What is sung in the tracks."""

    def lyrics(self, track: Track) -> Lyrics:
        """Give the words of a track, with times and translations where the source has them.

        They are read anew from its file and from what lies beside it; when the file is out of
        reach, or says nothing, those in the library count, which have neither times nor
        translations. A track without words gives no lines; `notes` name what could not be read.
        """
        found = Lyrics()
        if track.path and os.path.isfile(track.path):
            found = read_lyrics(track.path)
        if found.has_words or found.is_instrumental:
            return found
        for text in self.store.texts.get([track.id], "lyrics").get(track.id, ()):
            lines = tuple(Line(row) for row in text.body.splitlines())
            return Lyrics(
                lines=lines,
                is_instrumental=text.lang == NO_WORDS,
                language=None if text.lang == NO_WORDS else text.lang,  # type: ignore[arg-type]
                source=text.source,
                notes=found.notes,
            )
        return found
