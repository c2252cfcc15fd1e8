"""Words of Chinese text, where nobody writes the gaps; the only door to rjieba."""

from __future__ import annotations

from functools import cache
from typing import Any

from murecom.errors import MissingExtra


def words(text: str) -> list[str]:
    """Cut a text into its words, in order.

    Returns
    -------
    list of str
        As they stand in the text; signs and white space are left out. Spaced scripts are cut at
        their gaps. Empty for a text without letters and digits.

    Raises
    ------
    MissingExtra
        rjieba is not installed.

    Notes
    -----
    The dictionary of jieba, by its port to Rust: about 7 million characters a second.

    Examples
    --------
    >>> words("我今天真的很高兴！")
    ['我', '今天', '真的', '很', '高兴']
    """
    # half a surrogate pair stands for a byte that is no text, and Rust takes none
    clean = text.encode("utf-8", "replace").decode("utf-8")
    found = (word.strip() for word in _cutter().cut(clean))
    return [word for word in found if any(character.isalnum() for character in word)]


@cache
def _cutter() -> Any:
    try:
        import rjieba
    except ImportError as error:
        raise MissingExtra("mood", "Cutting Chinese text into words") from error
    return rjieba
