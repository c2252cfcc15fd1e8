"""One way to print: the same `--json`, `--jsonl`, `-o FILE`, `-q` on every command that answers.

Data goes to stdout, talk to stderr. On a terminal lines are cut to its width; in a pipe they are
whole. `-o FILE` takes its format from the suffix.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any

import click

from murecom.cli import DONE, NOTHING_FOUND, PARTLY_FAILED
from murecom.types import Neighbour, Playlist, Recommendation, Track, to_json

JSON_SUFFIXES = (".json", ".jsonl")


@dataclass(frozen=True, slots=True)
class Output:
    """Where an answer goes and how it looks."""

    json: bool = False
    jsonl: bool = False
    file: Path | None = None
    quiet: bool = False
    path_style: str | None = None

    def say(self, text: str) -> None:
        """Print talk on stderr unless quiet."""
        if not self.quiet:
            click.echo(text, err=True)

    def document(self, value: Any, text: Callable[[], str], rows: Iterable[Any] = ()) -> None:
        """Print a value as one JSON document, as its rows in JSON lines, or as text."""
        suffix = self.file.suffix.lower() if self.file else ""
        if self.jsonl or suffix == ".jsonl":
            self._write("".join(_dumps(row) + "\n" for row in rows))
        elif self.json or suffix == ".json":
            self._write(_dumps(value, indent=2) + "\n")
        else:
            self._write(text())

    def recommendation(self, answer: Recommendation, name: str, app: Any) -> int:
        """Print an answer, or write it as a playlist when `-o` names a playlist format.

        Gives the exit code: whether there were tracks, and whether all could be written.
        """
        shown, code = self, DONE if answer.tracks else NOTHING_FOUND
        if self.file and self.file.suffix.lower() not in JSON_SUFFIXES:
            playlist = Playlist(name=name, tracks=tuple(n.track for n in answer.tracks))
            code = write_playlist(app, playlist, self) or code
            shown = replace(self, file=None)
        if not self.file or shown.file or self.json or self.jsonl:
            shown.document(answer, lambda: neighbour_lines(answer.tracks), answer.tracks)
        for note in answer.notes:
            self.say(f"Note: {note}")
        return code

    def _write(self, text: str) -> None:
        if self.file is None:
            sys.stdout.write(text)
            sys.stdout.flush()
            return
        temporary = self.file.with_name(self.file.name + ".part")
        try:
            temporary.write_text(text, encoding="utf-8", errors="surrogateescape")
            os.replace(temporary, self.file)
        except OSError as error:
            raise click.FileError(str(self.file), hint=error.strerror) from error


def output_options(command: Callable[..., Any], *, playlists: bool = False) -> Callable[..., Any]:
    """Add the output options; the command receives them as one `output` argument.

    `playlists` says that `-o` may also name a playlist format.
    """

    @wraps(command)
    def wrapper(
        *args: Any, as_json: bool, jsonl: bool, output_file: Path | None, quiet: bool, **kw: Any
    ) -> Any:
        style = kw.pop("path_style", None)
        return command(*args, output=Output(as_json, jsonl, output_file, quiet, style), **kw)

    for option in (
        click.option("-q", "--quiet", is_flag=True, help="Only the data, no talk."),
        click.option(
            "-o",
            "--output",
            "output_file",
            metavar="FILE",
            type=click.Path(dir_okay=False, path_type=Path),
            callback=_check_playlist if playlists else _check_document,
            help="Write to FILE; the suffix tells the format.",
        ),
        click.option("--jsonl", is_flag=True, help="One JSON object a line."),
        click.option("--json", "as_json", is_flag=True, help="One JSON document."),
    ):
        wrapper = option(wrapper)
    return wrapper


path_style_option = click.option(
    "--path-style",
    type=click.Choice(["playlist", "root", "absolute"]),
    help="Paths in M3U files: relative to the playlist, to the music folder (MPD), or whole.",
)


def playlist_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the output options and those for writing playlists."""
    return output_options(path_style_option(command), playlists=True)


def writable_playlist(
    ctx: click.Context, option: click.Parameter, file: Path | None
) -> Path | None:
    """Refuse a file that no playlist format writes, as a wrong use of the command."""
    from murecom.formats import writable_suffixes

    return _checked(file, writable_suffixes())


def _check_document(ctx: click.Context, option: click.Parameter, file: Path | None) -> Path | None:
    return _checked(file, JSON_SUFFIXES)


def _check_playlist(ctx: click.Context, option: click.Parameter, file: Path | None) -> Path | None:
    if file is None:
        return None
    from murecom.formats import writable_suffixes

    return _checked(file, (*writable_suffixes(), *JSON_SUFFIXES))


def _checked(file: Path | None, suffixes: Sequence[str]) -> Path | None:
    """Refuse a file that could not be written, before the work is done."""
    if file is None:
        return None
    if file.suffix.lower() not in suffixes:
        raise click.BadParameter(f"{file} must end in one of {', '.join(suffixes)}.")
    if not file.absolute().parent.is_dir():
        raise click.BadParameter(f"There is no folder {file.parent}. Make it first.")
    return file


def write_playlist(app: Any, playlist: Playlist, output: Output) -> int:
    """Write a playlist file and tell on stderr what could not go into it; give the exit code."""
    assert output.file is not None
    report = app.service.write_playlist(playlist, output.file, style=output.path_style)
    for track, reason in report.skipped:
        output.say(f"Left out {track.name}: {reason}")
    output.say(f"Wrote {output.file} ({report.written} tracks).")
    return PARTLY_FAILED if report.skipped else DONE


def neighbour_lines(neighbours: Sequence[Neighbour]) -> str:
    """Lay out neighbours as numbered lines: rank, score, track, why."""
    return table(
        [(str(rank), f"{n.score:.2f}", n.track.name, n.why) for rank, n in enumerate(neighbours, 1)]
    )


def track_lines(tracks: Sequence[Track]) -> str:
    """Lay out tracks as numbered lines: rank, track, album, length."""
    return table(
        [(str(rank), t.name, t.album or "", clock(t.duration)) for rank, t in enumerate(tracks, 1)]
    )


def clock(seconds: float | None) -> str:
    """Write a duration as minutes and seconds; unknown gives an empty text."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def table(rows: Sequence[tuple[str, ...]]) -> str:
    """Align rows in columns, two spaces apart; the last column ends the line where it ends.

    On a terminal the longest columns give way until a line fits. No rows give an empty text.
    """
    from rich.cells import cell_len, set_cell_size

    if not rows:
        return ""
    clean = [tuple(printable(cell) for cell in row) for row in rows]
    widths = [max(cell_len(row[i]) for row in clean) for i in range(len(clean[0]))]
    if sys.stdout.isatty():
        room = _columns() - 2 * (len(widths) - 1)
        while sum(widths) > room and max(widths) > 12:
            widths[widths.index(max(widths))] -= 1
    lines = []
    for row in clean:
        cells = [
            set_cell_size(_cut(cell, width), width) for cell, width in zip(row, widths, strict=True)
        ]
        if row[0].isdigit():
            cells[0] = row[0].rjust(widths[0])
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"


def _cut(cell: str, width: int) -> str:
    from rich.cells import cell_len, set_cell_size

    return cell if cell_len(cell) <= width else set_cell_size(cell, width - 1).rstrip() + "…"


def _columns() -> int:
    import shutil

    return shutil.get_terminal_size().columns


def printable(text: str) -> str:
    """Replace control characters: a name must not be able to steer the terminal."""
    return "".join(c if c.isprintable() or "\udc80" <= c <= "\udcff" else "\ufffd" for c in text)


def _dumps(value: Any, indent: int | None = None) -> str:
    # lone surrogates (undecodable bytes of a path) have no UTF-8 form: they stay escaped
    text = json.dumps(to_json(value), ensure_ascii=False, indent=indent, default=str)
    if any("\ud800" <= c <= "\udfff" for c in text):
        text = json.dumps(to_json(value), ensure_ascii=True, indent=indent, default=str)
    return text
