"""`murecom doctor`: what is missing, and what does not work."""

from __future__ import annotations

import click

from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, output_options
from murecom.errors import BadInput


@click.command()
@output_options
@pass_app
def command(app: App, output: Output) -> int:
    """Check the installation, the home folder, the database and the music folders."""
    try:
        checks = app.service.checkup()
    except BadInput as error:
        from murecom.service import Check

        checks = [Check("bad", "settings", str(error))]
    marks = {"ok": "ok   ", "note": "note ", "bad": "BAD  "}
    output.document(
        checks,
        lambda: "".join(f"{marks[c.state]} {c.what}: {c.text}\n" for c in checks),
        checks,
    )
    return 1 if any(c.state == "bad" for c in checks) else 0
