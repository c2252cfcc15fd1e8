"""`murecom mood`: playlists of a mood, and what they need; see `_mood_group.py`."""

from __future__ import annotations

import click

from murecom.cli._mood_group import MoodGroup


@click.command(cls=MoodGroup)
def command() -> None:
    """Make a playlist of how TEXT feels: murecom mood "it rains and I miss you".

    Anything that is no sub-command is text. Tracks get their moods by: murecom mood tracks.
    """
