"""The options of rules, the same on every command that chooses tracks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

by_option = click.option(
    "--by",
    type=click.Choice(["sound", "playlists", "both"]),
    default="both",
    show_default=True,
    help="How tracks sound, who puts them together, or both: whatever models exist.",
)

novelty_option = click.option(
    "--novelty",
    type=click.FloatRange(0, 1),
    help="Away from what everybody plays: 0 not at all, 1 very far. Needs playlists.",
)


def rule_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the rule options; the command receives them as one `limits` argument."""

    @wraps(command)
    def wrapper(*args: Any, **kw: Any) -> Any:
        from murecom.service import Limits

        limits = Limits(
            artist_cap=kw.pop("artist_cap"),
            album_cap=kw.pop("album_cap"),
            versions=kw.pop("versions"),
            exclude_artists=kw.pop("exclude_artist"),
            exclude_genres=kw.pop("exclude_genre"),
            exclude_folders=kw.pop("exclude_folder"),
            years=kw.pop("years"),
            local=kw.pop("local"),
            exclude_recent=kw.pop("exclude_recent"),
        )
        return command(*args, limits=limits, **kw)

    options = (
        click.option("--artist-cap", type=click.IntRange(0), help="Tracks per artist; 0: any."),
        click.option("--album-cap", type=click.IntRange(0), help="Tracks per album; 0: any."),
        click.option(
            "--versions/--no-versions",
            default=None,
            help="Allow other versions (live, remix) of a song already there.",
        ),
        click.option("--exclude-artist", multiple=True, help="Leave out an artist (repeatable)."),
        click.option("--exclude-genre", multiple=True, help="Leave out a genre (repeatable)."),
        click.option("--exclude-folder", multiple=True, help="Leave out a folder (repeatable)."),
        click.option(
            "--local/--anywhere",
            default=None,
            help="Only tracks of which you have a file; playlists know others, too.",
        ),
        click.option(
            "--years", callback=_years, help="Only these years: 1990-1999, 1990-, -1999 or 1994."
        ),
        click.option(
            "--exclude-recent",
            type=click.FloatRange(0),
            metavar="DAYS",
            help="Leave out what you heard in the last DAYS.",
        ),
    )
    for option in reversed(options):
        wrapper = option(wrapper)
    return wrapper


def _years(
    ctx: click.Context, option: click.Parameter, value: str | None
) -> tuple[int | None, int | None] | None:
    if value is None:
        return None
    first, dash, last = value.partition("-")
    try:
        low = int(first) if first else None
        high = (int(last) if last else None) if dash else low
    except ValueError:
        raise click.BadParameter(f"'{value}' is not a span of years such as 1990-1999.") from None
    if low is None and high is None:
        raise click.BadParameter("Name at least one year, such as 1990-.")
    if low is not None and high is not None and low > high:
        raise click.BadParameter(f"'{value}' ends before it begins.")
    return low, high
