"""`murecom mood explain`: what pulled a text to its mood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from murecom.cli import DONE, NOTHING_FOUND
from murecom.cli._app import App, pass_app
from murecom.cli._mood_playlist import line
from murecom.cli._output import Output, output_options, printable, table

if TYPE_CHECKING:
    from murecom.mood.explain import Explanation


@click.command("explain")
@click.argument("text", nargs=-1, required=True)
@output_options
@pass_app
def command(app: App, text: tuple[str, ...], output: Output) -> int:
    """Say how TEXT is read, and which phrases, words and signs pulled it there."""
    answer = app.service.explain_mood(" ".join(text))
    output.document(answer, lambda: _text(answer), answer.phrases)
    return NOTHING_FOUND if answer.mood.label == "no_signal" else DONE


def _text(answer: Explanation) -> str:
    mood = answer.mood
    if mood.label == "no_signal":
        return "no signal: nothing in this text can be read.\n"
    lines = [line(mood), f"confidence {mood.confidence:.2f}  language {mood.language or 'unknown'}"]
    if answer.found:
        rows = [
            (
                f"  {printable(one.text)}",
                one.name,
                f"{one.weight:.1f}",
                "turned by a negation" if one.is_negated else "",
            )
            for one in answer.found
        ]
        lines += ["", "words and signs in it:", table(rows).rstrip("\n")]
    if answer.phrases:
        near = [(f"  {p.similarity:.2f}", p.name, p.phrase) for p in answer.phrases]
        lines += ["", "phrases near it:", table(near).rstrip("\n")]
    if answer.voices:
        lines += ["", f"also asked: {', '.join(answer.voices)}"]
    return "\n".join(lines) + "\n"
