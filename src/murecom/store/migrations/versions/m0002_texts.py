"""Texts of tracks (lyrics, comments), and what lyric file a music file was read with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_PK = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table of texts; files of earlier scans get no mark, so that they are looked at."""
    op.create_table(
        "text",
        sa.Column(
            "track",
            _PK,
            sa.ForeignKey("track.pk", name="fk_text_track", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("likes", sa.Integer),
        sa.Column("lang", sa.Text),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.add_column("file", sa.Column("lyrics", sa.Text))
