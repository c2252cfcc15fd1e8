"""What a genre tag means to a probe: "Indie Rock" is rock, "Hip-Hop/Rap" is hiphop."""

from __future__ import annotations

from collections.abc import Sequence

from murecom.text.fold import name_key


def meant(tag: str, genres: Sequence[str]) -> frozenset[int]:
    """Tell which genres of a probe a tag speaks of.

    Parameters
    ----------
    tag : str
        As somebody wrote it; case, accents, punctuation and word gaps do not count.
    genres : sequence of str
        Names of the probe's columns.

    Returns
    -------
    frozenset of int
        Columns whose name is the tag or a run of words of it, singular or plural; empty when the
        tag speaks of none of them. "Rock" does not mean a genre "indie rock": it leaves it open,
        so nothing can be said against it.

    Examples
    --------
    >>> sorted(meant("Hip-Hop/Rap", ("classical", "hiphop", "rock")))
    [1]
    """
    runs = _runs(tag)
    return frozenset(c for c, genre in enumerate(genres) if _whole(genre) in runs)


def covered(tag: str, genres: Sequence[str]) -> frozenset[int]:
    """Tell which genres a tag may speak of: those it means, and kinds of what it names."""
    own = _whole(tag)
    return meant(tag, genres) | {c for c, genre in enumerate(genres) if own in _runs(genre)}


def _whole(text: str) -> str:
    return "".join(_words(text))


def _runs(text: str) -> set[str]:
    """Give every run of words of a text, joined; none for a text without words."""
    words = _words(text)
    ends = range(1, len(words) + 1)
    return {"".join(words[start:end]) for end in ends for start in range(end)}


def _words(text: str) -> list[str]:
    return [_singular(word) for word in name_key(text).split()]


def _singular(word: str) -> str:
    """Drop the s of a plural, but not that of "blues" or "bass"."""
    return word[:-1] if len(word) > 4 and word.endswith("s") and word[-2] not in "sue" else word
