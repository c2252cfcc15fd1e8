"""The command `murecom`: one file a command, found by its file name.

A command module holds a click command named `command` and imports what it needs when it runs, so
that `murecom --help` stays quick.
"""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

import click

from murecom import __version__
from murecom.engine.threads import keep_to_one
from murecom.errors import Ambiguous, MurecomError, NotFound, Unreachable

DONE, FAILED, USAGE, NOTHING_FOUND, PARTLY_FAILED, INTERRUPTED = 0, 1, 2, 3, 4, 130


class Commands(click.Group):
    """Finds its commands among the files of this folder."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the files of this folder that hold a command."""
        names = [path.stem for path in Path(__file__).parent.glob("*.py")]
        return sorted(name.strip("_") for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name; None when there is none."""
        if cmd_name not in self.list_commands(ctx):
            return None
        file = cmd_name if (Path(__file__).parent / f"{cmd_name}.py").exists() else f"{cmd_name}_"
        command = import_module(f"murecom.cli.{file}").command
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader that had enough (head, a pager) is no error.

        Caught here because click itself would make it exit code 1.
        """
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _give_up(sys.stdout)
            return DONE
        return result

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command when there is none of that name."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.list_commands(ctx), n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"No such command '{args[0]}'.{hint}", ctx) from None


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: murecom scan ~/Music",
)
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the database and the models (default: MURECOM_HOME, else your data folder).",
)
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@click.version_option(__version__, prog_name="murecom")
@click.pass_context
def group(ctx: click.Context, home: Path | None, debug: bool) -> None:
    """Recommend music from how it sounds and from how people put it together.

    Point murecom at a music folder once, then ask for similar tracks, endless radio, a path from
    one song to another, or a playlist file for your player. Import playlists and train on them, and
    it continues your lists from what others put together.
    """
    from murecom.cli._app import App

    ctx.obj = App(home=home, debug=debug)


def main(argv: list[str] | None = None) -> None:
    """Run the command line and exit; the only place that turns errors into exit codes."""
    sys.exit(run(argv))


def run(argv: list[str] | None = None) -> int:
    """Run the command line and give its exit code: 0, 1, 2, 3, 4, or 130 after Ctrl-C."""
    arguments = sys.argv[1:] if argv is None else argv
    keep_to_one()
    # a stream that the caller closed is None; its stand-in lives as long as the process
    sys.stdout = sys.stdout or Path(os.devnull).open("w")  # noqa: SIM115
    sys.stderr = sys.stderr or Path(os.devnull).open("w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        # file names may hold bytes that no encoding knows
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="surrogateescape" if stream is sys.stdout else "replace")
    try:
        code = group.main(args=arguments, prog_name="murecom", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. What was finished is kept; the same command goes on.", err=True)
        return INTERRUPTED
    except MurecomError as error:
        if "--debug" in arguments:
            raise
        return show(error)
    except OSError as error:
        if "--debug" in arguments or error.errno != errno.ENOSPC:
            raise
        _give_up(sys.stdout)
        return show(Unreachable(f"{error.strerror}. Make room, then run the same command again."))
    return code if isinstance(code, int) else DONE


def _give_up(stream: TextIO) -> None:
    """Let what is still to be written go nowhere, so that the interpreter ends quietly."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def show(error: MurecomError) -> int:
    """Print an error (and the choices it offers) on stderr and give its exit code."""
    click.echo(f"Error: {error}", err=True)
    if isinstance(error, Ambiguous):
        for number, choice in enumerate(error.choices, 1):
            click.echo(f"  {number}  {choice}", err=True)
        return USAGE
    return NOTHING_FOUND if isinstance(error, NotFound) else FAILED
