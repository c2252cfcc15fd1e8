"""Numbers of things in sentences: one is not many."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """Write a number with what it counts, by default with an -s behind it for several.

    Examples
    --------
    >>> counted(1, "row"), counted(1200, "row"), counted(2, "entry", "entries")
    ('1 row', '1,200 rows', '2 entries')
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
