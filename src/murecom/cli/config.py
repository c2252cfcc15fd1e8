"""`murecom config`: the settings and where each comes from."""

from __future__ import annotations

import re
from pathlib import Path

import click

from murecom.cli._app import App, pass_app
from murecom.cli._output import Output, output_options, table


@click.group()
def command() -> None:
    """Show the settings, or write a commented example."""


@command.command()
@click.option("--origin", is_flag=True, help="Also tell where each value comes from.")
@output_options
@pass_app
def show(app: App, origin: bool, output: Output) -> int:
    """List every setting with its value."""
    from murecom import config

    settings = config.load(home=app.home, flags=app.flags)
    origins = config.origins(settings)
    values = config.flat(settings)
    if values["store.url"]:
        # the address of a database may hold a password
        values["store.url"] = re.sub(r"://([^:@/]*):[^@/]*@", r"://\1:***@", values["store.url"])
    for setting in config.describe():
        if setting.is_secret and values[setting.name]:
            values[setting.name] = "***"
    rows = [{"key": key, "value": value, "origin": origins[key]} for key, value in values.items()]
    if not origin:
        rows = [{"key": row["key"], "value": row["value"]} for row in rows]
    output.document(
        rows, lambda: table([tuple(_shown(v) for v in row.values()) for row in rows]), rows
    )
    return 0


@command.command()
@click.argument("file", default="murecom.toml", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Write over an existing file.")
def init(file: Path, force: bool) -> int:
    """Write a commented settings FILE with the defaults."""
    from murecom import config

    if file.exists() and not force:
        raise click.UsageError(f"{file} exists. Choose another name, or add --force.")
    config.write_example(file)
    click.echo(f"Wrote {file}.", err=True)
    return 0


def _shown(value: object) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        return " ".join(map(str, value)) or "(none)"
    if isinstance(value, bool):
        return str(value).lower()
    return "(not set)" if value is None else str(value)
