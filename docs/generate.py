"""Write the parts of the documentation that the code knows best. Run it by `./run docs`.

A generated part stands between `<!-- generated: NAME -->` and `<!-- end -->`; a test fails
when one is out of step.
"""

from __future__ import annotations

import re
from pathlib import Path

import click

from murecom import config
from murecom.cli import group

DOCS = Path(__file__).resolve().parent


def settings() -> str:
    """Give one table a section, one row a setting."""
    parts = []
    for name, section in config.sections():
        rows = ["| setting | default | it has to be | what it does |", "|---|---|---|---|"]
        for setting in config.describe():
            if setting.name.startswith(f"{name}."):
                default = f"`{setting.default_text}`" if setting.default_text else ""
                cells = (f"`{setting.name}`", default, setting.allowed, setting.help)
                rows.append(f"| {' | '.join(cells)} |")
        parts.append(f"### {name}\n\n{section.__doc__}\n\n" + "\n".join(rows))
    return "\n\n".join(parts)


def commands() -> str:
    """Give the help of every command, as `--help` prints it at 90 columns."""
    parts = []

    def add(command: click.Command, name: str, parent: click.Context | None) -> None:
        names = ["-h", "--help"]  # as `group` sets them, whoever asked for help before
        context = click.Context(
            command, info_name=name, parent=parent, max_content_width=90, help_option_names=names
        )
        context.terminal_width = 90
        text = command.get_help(context)
        parts.append(f"## {context.command_path}\n\n```text\n{text}\n```")
        if isinstance(command, click.Group):
            for child in command.list_commands(context):
                found = command.get_command(context, child)
                assert found is not None
                add(found, child, context)

    add(group, "murecom", None)
    return "\n\n".join(parts)


GENERATED = {"settings.md": {"settings": settings}, "commands.md": {"commands": commands}}


def page(name: str) -> str:
    """Give a page as it has to be, with its generated parts made new."""
    text = (DOCS / name).read_text(encoding="utf-8")
    for part, make in GENERATED[name].items():
        block = re.compile(rf"(<!-- generated: {part} -->\n).*?(<!-- end -->)", re.DOTALL)
        made = make().replace("\\", r"\\")
        text, count = block.subn(rf"\g<1>{made}\n\g<2>", text)
        assert count == 1, f"{name} has {count} places for {part}"
    return text


if __name__ == "__main__":
    for name in GENERATED:
        (DOCS / name).write_text(page(name), encoding="utf-8")
        print(f"docs/{name}")
