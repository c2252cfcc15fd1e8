"""Imported playlist files, and when somebody decided whether models may learn from a playlist."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table of imported files; nobody has decided about the playlists of before."""
    op.create_table(
        "imported",
        sa.Column("path", sa.LargeBinary, primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("mtime_ns", sa.BigInteger, nullable=False),
        sa.Column("trainable", sa.Boolean),
        sa.Column("playlists", sa.BigInteger, nullable=False),
        sa.Column("refused", sa.BigInteger, nullable=False),
        sa.Column("finished", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )
    op.add_column("playlist", sa.Column("trainable_on", sa.Text))
