"""`murecom mood picture`: a point of valence and arousal from the faces of a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from murecom.cli import DONE, NOTHING_FOUND
from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, output_options, table
from murecom.types import to_json

if TYPE_CHECKING:
    from murecom.mood.expression import SeenFace
    from murecom.mood.face import PictureMood
    from murecom.types import Mood

SHOWN, LEAST = 3, 0.05
"Labels of the mood and expressions of a face that are printed; --json gives all."


@click.command("picture")
@click.argument("file", type=click.Path(path_type=Path))
@output_options
@pass_app
def command(app: App, file: Path, output: Output) -> int:
    """Read a mood from the faces in the picture FILE: a point, for you to correct.

    An expression is not a feeling, and the reading is often wrong: move the point before you go on.
    Nothing is stored, nobody is recognised, and nothing leaves this machine. Ask those who are in
    the picture. Once before: murecom mood get-face-model
    """
    answer = app.service.mood_of_picture(file)
    following = _next(answer.mood)
    whole = {**to_json(answer), "next": following if answer.faces else None}
    output.document(whole, lambda: _text(answer), answer.faces)
    for note in answer.notes:
        output.say(f"Note: {note}")
    if not answer.faces:
        return NOTHING_FOUND
    output.say(f"An expression is not a feeling: correct the numbers, then run: {following}")
    return DONE


def _point(mood: Mood) -> tuple[float, float]:
    return round(mood.valence, 2) + 0.0, round(mood.arousal, 2) + 0.0  # + 0.0: no -0.00


def _next(mood: Mood) -> str:
    valence, arousal = _point(mood)
    return f"murecom mood --valence {valence:.2f} --arousal {arousal:.2f}"


def _text(answer: PictureMood) -> str:
    mood = answer.mood
    if not answer.faces:
        return "no_signal\n"
    likely = sorted(mood.probabilities.items(), key=lambda one: -one[1])[:SHOWN]
    labels = " · ".join(f"{name} {share:.2f}" for name, share in likely if share >= LEAST)
    valence, arousal = _point(mood)
    point = f"valence {valence:.2f}  arousal {arousal:.2f}"
    head = f"{labels}  {point}  confidence {mood.confidence:.2f}\n"
    return head + table([_row(number, face) for number, face in enumerate(answer.faces, 1)])


def _row(number: int, face: SeenFace) -> tuple[str, ...]:
    left, top, width, height = face.box
    where = f"{(left + width / 2):.0%} from the left, {(top + height / 2):.0%} from the top"
    best = sorted(face.expressions.items(), key=lambda one: -one[1])[:SHOWN]
    said = "  ".join(f"{name} {share:.2f}" for name, share in best if share >= LEAST)
    return (str(number), f"counts {face.weight:.0%}", said, where)
