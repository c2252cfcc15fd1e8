"""Names for parts of a library: what sets each apart, in words.

The words are those that reasons use (`playlist.heard`): what a network heard more of in this part
than elsewhere, and genres of the files that half of it shares. Frequent words tell nothing: where
everything is electronic, "electronic" names no part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from murecom.playlist.heard import INSTRUMENTS, NOT_TOGETHER, UNSAID, words
from murecom.text.fold import name_key

SHORT: Final = 2
"Words of a name; more only where two parts would be called the same."

SHARE: Final = 0.4
"Least share of a part that is of a genre which names it, among tracks whose files say one."

LIFT: Final = 1.25
"So many times as frequent as in the whole library, at least."

KNOWN: Final = 0.25
"Least share of a part whose files say a genre; below, its genres are chance."

NO_GENRES: Final = frozenset(
    (
        "",
        "other",
        "none",
        "unknown",
        "misc",
        "miscellaneous",
        "genre",
        "music",
        "default",
        "undefined",
    )
)
"Keys of genres that say nothing."

FAINT, FAINT_LEAST = 0.2, 0.05
"Deviations above the usual, and probability, of words that are used when nothing stands out more."

UNNAMED: Final = "mixed"
"Called so when nothing stands out."


def name_parts(
    members: Sequence[Sequence[int]],
    tags: NDArray[np.floating],
    tag_names: Sequence[str],
    genres: Sequence[Sequence[str]],
    titles: Sequence[str] = (),
) -> list[str]:
    """Name the parts of a library.

    Parameters
    ----------
    members : sequence of sequences of int
        Rows of each part; none is empty.
    tags : ndarray, shape (n, tags)
        Probabilities of each track; rows of NaN where none are known; (n, 0) without any.
    tag_names : sequence of str
        Names of the columns.
    genres : sequence of sequences of str
        What the files say, one per track.
    titles : sequence of str
        Of the most typical track of each part, to tell apart what words cannot.

    Returns
    -------
    list of str
        One name each, all different, such as "jazz, piano"; earlier parts get the shorter names.
    """
    heard = _heard(members, tags, tag_names)
    names: list[str] = []
    taken: set[frozenset[str]] = set()
    for rows, own in zip(members, heard, strict=True):
        said = _genres(rows, genres)
        keys = {_close(genre) for genre in said}
        every = [*said, *(word for word in own if _close(word) not in keys)]
        name = _free(every, taken)
        taken.add(frozenset(name))
        names.append(", ".join(name))
    return _told_apart(names, titles)


def _heard(
    members: Sequence[Sequence[int]], tags: NDArray[np.floating], tag_names: Sequence[str]
) -> list[list[str]]:
    """Words of each part, those that set it apart most first."""
    known = np.isfinite(tags).all(axis=1) & bool(tags.shape[1])
    if not known.any():
        return [[] for _ in members]
    mean, scale = tags[known].mean(axis=0), tags[known].std(axis=0)
    found: list[list[str]] = []
    for rows in members:
        own = [row for row in rows if known[row]]
        if not own:
            found.append([])
            continue
        means = tags[own].mean(axis=0)
        clear = list(words(means, tag_names, mean, scale))
        found.append(_with_faint(clear, means, (means - mean) / np.maximum(scale, 1e-3), tag_names))
    return found


def _with_faint(
    clear: list[str],
    means: NDArray[np.floating],
    above: NDArray[np.floating],
    tag_names: Sequence[str],
) -> list[str]:
    """Put words that stand out less behind those that stand out."""
    found = list(clear)
    for i in np.argsort(-above, kind="stable"):
        tag = tag_names[i].lower()
        text = INSTRUMENTS.get(tag, tag)
        if above[i] < FAINT or means[i] < FAINT_LEAST or tag in UNSAID or text in found:
            continue
        if not any(text in group and group & set(found) for group in NOT_TOGETHER):
            found.append(text)
    return found


def _close(word: str) -> str:
    """What two spellings of one style share: hip-hop, Hip Hop, hiphop."""
    return name_key(word).replace(" ", "")


def _genres(rows: Sequence[int], genres: Sequence[Sequence[str]]) -> list[str]:
    """Give the genre that half a part shares and the library does not, if there is one."""
    own, everywhere = _counted([genres[row] for row in rows]), _counted(genres)
    said = sum(1 for row in rows if any(name_key(g) not in NO_GENRES for g in genres[row]))
    if said < max(2, KNOWN * len(rows)):
        return []
    total = sum(1 for some in genres if any(name_key(g) not in NO_GENRES for g in some))
    for key, count in own.most_common(1):
        share = count / said
        # when a genre is all there is, it sets nothing apart
        if share >= SHARE and share >= LIFT * everywhere[key] / total:
            spellings = Counter(
                genre for row in rows for genre in genres[row] if name_key(genre) == key
            )
            return [spellings.most_common(1)[0][0].lower()]
    return []


def _counted(genres: Sequence[Sequence[str]]) -> Counter[str]:
    keys = ({name_key(genre) for genre in some} - NO_GENRES for some in genres)
    return Counter(key for some in keys for key in sorted(some))


def _free(every: Sequence[str], taken: set[frozenset[str]]) -> list[str]:
    """Take the first words, and as many as it needs to differ from names that are given."""
    for length in range(SHORT, len(every) + 1):
        if frozenset(every[:length]) not in taken:
            return list(every[:length])
    return list(every[:SHORT]) or [UNNAMED]


def _told_apart(names: Sequence[str], titles: Sequence[str]) -> list[str]:
    """Tell apart by a title, else by numbers, what words could not."""
    counts, seen = Counter(names), set[str]()
    for place, name in enumerate(names):
        unique = name
        if counts[name] > 1 and (name in seen or name == UNNAMED) and place < len(titles):
            unique = f"{name}, like “{titles[place]}”"
        number, stem = 1, unique
        while unique in seen:
            number += 1
            unique = f"{stem} ({number})"
        seen.add(unique)
        names = [*names[:place], unique, *names[place + 1 :]]
    return list(names)
