"""Search terms: what of a name goes into the index, and what of a query is looked up there.

Scripts that put gaps between words give their words. Scripts that do not (Chinese, Japanese, Thai
…, and Korean, which glues particles to words) give single characters and pairs of neighbours, so
that any part of a name is found, two-character queries included.
"""

from __future__ import annotations

import re

from murecom.text.fold import name_key

MAX_TERMS = 256
"Terms kept of one name or query: more than any name has, so that 10,000 characters cost little."

MAX_LENGTH = 48
"Characters kept of one term: more than any word needs, less than any index refuses."

# Kana, bopomofo, Han with its radicals and iteration marks; Hangul; Thai, Lao; Myanmar; Khmer.
_UNSPACED = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u302f\u3031-\u3035\u303b\u3041-\u312f\u31a0-\u31ff"
    "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
    "\u1100-\u11ff\uac00-\ud7ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
)
_RUNS = re.compile(f"([{_UNSPACED}]+)|[^\\s{_UNSPACED}]+")


def search_terms(text: str) -> list[str]:
    """List the terms under which a name is found, each once, in order of appearance.

    Words of spaced scripts, and single characters and pairs of unspaced ones. Empty for a blank
    text. A term consists of letters, digits and marks only, except that a name without any ("!!!",
    "★") is one term of its signs, each ASCII sign moved to the private use area (U+E000 + code), as
    indexes take ASCII signs for gaps.

    Examples
    --------
    >>> search_terms("Love 遗憾!")
    ['love', '遗', '遗憾', '憾']
    """
    return key_terms(name_key(text))


def key_terms(key: str) -> list[str]:
    """List the same of a name whose `fold.name_key` is known."""
    terms: dict[str, None] = {}
    for run, unspaced in _runs(key):
        if not unspaced:
            terms[run] = None
            continue
        for start in range(len(run)):
            terms[run[start]] = None
            if start + 1 < len(run):
                terms[run[start : start + 2]] = None
        if len(terms) > MAX_TERMS:
            break
    return list(terms)[:MAX_TERMS]


def query_terms(text: str) -> list[str]:
    """List the terms that all have to be found for a query, each once, in order of appearance.

    As `search_terms`, but of a run of two or more unspaced characters only the pairs: they imply
    the single ones and are far rarer.

    Examples
    --------
    >>> query_terms("bach 遗憾的 G")
    ['bach', '遗憾', '憾的', 'g']
    """
    terms: dict[str, None] = {}
    for run, unspaced in _runs(name_key(text)):
        if not unspaced or len(run) == 1:
            terms[run] = None
            continue
        terms.update(dict.fromkeys(run[start : start + 2] for start in range(len(run) - 1)))
        if len(terms) > MAX_TERMS:
            break
    return list(terms)[:MAX_TERMS]


def is_unspaced(term: str) -> bool:
    """Tell whether a term belongs to a script that writes no gaps between words."""
    match = _RUNS.match(term)
    return bool(match and match.group(1))


def _runs(key: str) -> list[tuple[str, bool]]:
    if key.isascii() and key.replace(" ", "").isalnum():  # most names, and much faster
        return [(word[:MAX_LENGTH], False) for word in key.split()]
    if not any(character.isalnum() for character in key):
        return [(_shielded(key), False)] if key else []
    return [
        (match.group(1), True) if match.group(1) else (match.group()[:MAX_LENGTH], False)
        for match in _RUNS.finditer(key)
    ]


def _shielded(signs: str) -> str:
    return "".join(chr(0xE000 + ord(s)) if s.isascii() else s for s in signs[:MAX_LENGTH])
