"""`murecom mood explain`: what pulled a text to its mood."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from murecom.cli import DONE, NOTHING_FOUND
from murecom.cli._app import App, pass_app
from murecom.cli._mood_playlist import line
from murecom.cli._output import Output, output_options, printable, table

if TYPE_CHECKING:
    from murecom.mood.explain import Explanation


_OPTION = re.compile(r"--?[A-Za-z]")


class Faces(click.Command):
    """Takes what begins with a dash and is no option, such as -_-, as text."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the options before the text where there is such a face."""
        end = args.index("--") if "--" in args else len(args)
        options: list[str] = []
        words: list[str] = []
        for place, one in enumerate(args[:end]):
            is_value = place > 0 and args[place - 1] in ("-o", "--output")
            (options if is_value or _OPTION.match(one) else words).append(one)
        if any(word.startswith("-") for word in words):
            args = [*options, "--", *words, *args[end + 1 :]]
        return super().parse_args(ctx, args)


@click.command("explain", cls=Faces)
@click.argument("text", nargs=-1, required=True)
@output_options
@pass_app
def command(app: App, text: tuple[str, ...], output: Output) -> int:
    """Say how TEXT is read, and which phrases, words and signs pulled it there."""
    answer = app.service.explain_mood(" ".join(text))
    output.document(answer, lambda: _text(answer), answer.phrases)
    if note := app.service.taught_moods_note():
        output.say(f"Note: {note}")
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
