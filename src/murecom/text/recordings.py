"""Whether two names mean the same recording, released twice under different ids.

Streaming services give a song a new id for each album, single and remaster that it appears on.
`text.names.recording_key` puts all versions of a song together, which is right for "no song twice";
here a live version, a remix or a cover is another recording, as what people put beside it differs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from murecom.text.fold import fold, name_key
from murecom.text.names import recording_key, split_title


def take_key(title: str, artists: Sequence[str]) -> str:
    """Give a key that all releases of one recording by the same main artist share.

    Returns
    -------
    str
        ``artist|song``, then each note of the version that tells recordings apart. Empty if the
        title or the artist is unknown: many songs are called "Intro".

    Notes
    -----
    Guests in the title ("feat. …") do not count, nor do notes that speak of the release only:
    remastered, album or single version, original mix, mono, bonus track, explicit, a year.

    Examples
    --------
    >>> take_key("Yesterday - Remastered 2009", ["The Beatles"])
    'beatles|yesterday'
    >>> take_key("Yesterday - Live in Paris", ["The Beatles"])
    'beatles|yesterday|live in paris'
    """
    song = recording_key(title, artists)
    if not song or song.startswith("|"):
        return ""
    notes = {name_key(note) for note in split_title(title).versions if not _is_release(note)}
    return "|".join((song, *sorted(notes - {""})))


@cache
def _releases() -> re.Pattern[str]:
    # Compiled when first needed: nothing is done at import.
    year = r"(?:(?:19|20)\d\d)"
    word = (
        r"(?:digital(?:ly)?|re-?master(?:ed|s)?|version|album|single|original|mix|mono|stereo|"
        r"explicit|clean|edited|censored|bonus|track|deluxe|edition|anniversary|expanded|reissue|"
        rf"official|audio|video|music|lyrics?|hd|hq|\d+(?:th|st|nd|rd)|the|lp|ep|{year})"
    )
    return re.compile(rf"{word}(?:[\s/,.&-]+{word})*|原版|重制版?|专辑版|りますたー?|리마스터")


def _is_release(note: str) -> bool:
    return _releases().fullmatch(fold(note).strip(" .\"'-")) is not None
