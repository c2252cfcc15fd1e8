"""From what people call an artist or an album to the one that is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from murecom.errors import Ambiguous, BadInput, NotFound
from murecom.library.groups import Group
from murecom.service.seeds import CHOICES
from murecom.text.fold import name_key


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """One artist or album that an ambiguous text may mean; `number` is its place in the index."""

    number: int
    name: str
    tracks: int

    def __str__(self) -> str:
        return f"{self.name}  ({self.tracks} {'track' if self.tracks == 1 else 'tracks'})"


def find_group(groups: Sequence[Group], text: str, kind: str, first: bool = False) -> int:
    """Find the one group that a text means.

    Parameters
    ----------
    groups : sequence of Group
        Artists or albums.
    text : str
        The whole name, or words of it in any order; case, accents and punctuation do not matter.
    kind : str
        "artist" or "album", for messages.
    first : bool
        Take the one with the most tracks when several fit.

    Returns
    -------
    int
        Its place in `groups`.

    Raises
    ------
    BadInput
        The text has no letter, digit or sign.
    NotFound
        None has these words; the message names what is spelt alike.
    Ambiguous
        Several fit and none is called exactly so; `choices` holds the largest, as `GroupChoice`.
    """
    key = name_key(text)
    if not key:
        raise BadInput(f"An empty text names no {kind}. Give a name.")
    keys = [group.key.replace("\n", " ") for group in groups]
    titles = [group.key.rpartition("\n")[2] for group in groups]
    exact = [n for n, own in enumerate(keys) if key in (own, titles[n])]
    if len(exact) == 1:
        return exact[0]
    words = key.split()
    fitting = exact or [n for n, own in enumerate(keys) if all(word in own for word in words)]
    if not fitting:
        near = get_close_matches(key, keys, n=1, cutoff=0.75)
        hint = f" Did you mean '{groups[keys.index(near[0])].name}'?" if near else ""
        raise NotFound(f"No {kind} is known as '{text}'.{hint} List them with: murecom {kind}s")
    # of several, those with the words at their beginning and with more tracks first
    fitting.sort(key=lambda n: (not titles[n].startswith(key), -len(groups[n].rows), keys[n]))
    if first or len(fitting) == 1:
        return fitting[0]
    choices = tuple(GroupChoice(n, groups[n].name, len(groups[n].rows)) for n in fitting[:CHOICES])
    raise Ambiguous(f"'{text}' fits several {kind}s. Give the whole name, or add --first.", choices)
