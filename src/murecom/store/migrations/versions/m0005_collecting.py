"""What is collected: the state of playlists, what somebody heard, twins, the queue of crawls."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_PK = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _owner(table: str, name: str, target: str, **options: Any) -> sa.Column[int]:
    key = sa.ForeignKey(f"{target}.pk", name=f"fk_{table}_{name}", ondelete="CASCADE")
    return sa.Column(name, _PK, key, nullable=False, **options)


def upgrade() -> None:
    """Add two columns to playlists, and seven tables."""
    op.add_column("playlist", sa.Column("snapshot", sa.Text))
    op.add_column("playlist_track", sa.Column("added_at", sa.BigInteger))
    op.create_index("ix_external_id_value", "external_id", ["value"])
    op.create_table(
        "listen",
        sa.Column("at", sa.BigInteger, primary_key=True),
        _owner("listen", "track", "track", primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("ms", sa.BigInteger),
        sa.Column("skipped", sa.Boolean),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_listen_track", "listen", ["track"])
    op.create_table(
        "twin",
        _owner("twin", "track", "track", primary_key=True),
        _owner("twin", "file", "track"),
        sa.Column("how", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_twin_file", "twin", ["file"])
    op.create_table(
        "uncompared",
        _owner("uncompared", "track", "track", primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "task",
        sa.Column("pk", _PK, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("rank", sa.Float, nullable=False),
        sa.Column("next", sa.Text),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("about", sa.Text),
        sa.Column("owner", sa.Text),
        sa.Column("until", sa.Float),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.UniqueConstraint("source", "kind", "key", name="uq_task_source"),
    )
    op.create_index("ix_task_source", "task", ["source", "kind", "state", "rank"])
    op.create_table(
        "page",
        _owner("page", "task", "task", primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "word",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("text", sa.Text, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("rank", sa.Float, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("found", sa.Integer, nullable=False),
        sa.Column("new", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_word_source", "word", ["source", "state", "rank"])
