"""The group `mood`: a first argument that is no sub-command is text for `mood playlist`.

Each file `_mood_NAME.py` but this one is a sub-command and holds it as `command`.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import click

DEFAULT = "playlist"
"The sub-command that takes text."

_OPTION = re.compile(r"--?[A-Za-z]")


class MoodGroup(click.Group):
    """Finds its sub-commands among the files of this folder; anything else is text."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the files that hold a sub-command."""
        here = Path(__file__)
        names = [p.stem.removeprefix("_mood_") for p in here.parent.glob("_mood_*.py") if p != here]
        return sorted(name.replace("_", "-") for name in names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the sub-command of that name; None when there is none."""
        if cmd_name not in self.list_commands(ctx):
            return None
        file = f"murecom.cli._mood_{cmd_name.replace('-', '_')}"
        command = import_module(file).command
        assert isinstance(command, click.Command)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the sub-command in front where there is none: text, or options such as --valence."""
        first = args[0] if args else "--help"
        if first not in (*self.list_commands(ctx), *ctx.help_option_names):
            if first.startswith("-") and first != "--" and not _OPTION.match(first):
                args = [*args[1:], "--", first]  # a face such as -_-
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)
