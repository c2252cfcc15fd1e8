"""Moods of tracks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_PK = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table of moods."""
    op.create_table(
        "mood",
        sa.Column(
            "track",
            _PK,
            sa.ForeignKey("track.pk", name="fk_mood_track", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("valence", sa.Float),
        sa.Column("arousal", sa.Float),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("spread", sa.Float, nullable=False),
        sa.Column("probabilities", sa.LargeBinary),
        sa.Column("stamp", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
