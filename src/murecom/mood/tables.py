"""The texts that the mood part ships, as they stand in `mood/data`: rows of a class and a text."""

from __future__ import annotations

from functools import cache
from importlib import resources

LANGUAGES = ("zh", "en", "ja")
"Languages with phrases and words of their own; of others the encoder knows what it knows."


@cache
def read_table(name: str) -> tuple[tuple[str, str], ...]:
    """Read `mood/data/<name>.tsv`: (code of `labels.CODES`, text) by row, in the file's order."""
    folder = resources.files("murecom.mood") / "data"
    body = folder.joinpath(*f"{name}.tsv".split("/")).read_text("utf-8")
    rows = (line.partition("\t") for line in body.splitlines() if line)
    return tuple((code, text) for code, _, text in rows)


def phrases() -> list[tuple[str, str, str]]:
    """List all phrases: (language, code, text)."""
    return [
        (language, code, text)
        for language in LANGUAGES
        for code, text in read_table(f"phrases/{language}")
    ]
