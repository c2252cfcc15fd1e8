"""`murecom backup`: a copy of the database, taken while it is in use."""

from __future__ import annotations

from pathlib import Path

import click

from murecom.cli._app import App, pass_app


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Write over an existing file.")
@pass_app
def command(app: App, file: Path, force: bool) -> int:
    """Copy the database to FILE and check the copy.

    Models and what was taught of moods are not in it: copy the home folder if you want these, too.

    To go back, stop murecom and put the copy in place of murecom.db in the home folder.
    """
    if file.exists() and not force:
        raise click.UsageError(f"{file} exists. Choose another name, or add --force.")
    app.service.backup(file)
    click.echo(f"Wrote {file} ({file.stat().st_size:,} bytes), checked.", err=True)
    return 0
