"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_PK = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make all tables and the name index."""
    _music()
    _about_tracks()
    _playlists_and_files()
    if op.get_bind().dialect.name == "sqlite":
        # Own terms, split at gaps; `ascii` leaves every other character alone. No phrases are asked
        # for and no ranking by FTS5 is used: detail=column, columnsize=0. Beginnings of one letter
        # would otherwise run over a tenth of the vocabulary.
        op.execute(
            "CREATE VIRTUAL TABLE track_name USING fts5(title, rest, tokenize='ascii', "
            "detail=column, columnsize=0, prefix='1')"
        )
        op.execute("CREATE VIRTUAL TABLE track_word USING fts5vocab(track_name, row)")
    else:
        op.execute(
            "CREATE TABLE track_name (track BIGINT PRIMARY KEY REFERENCES track (pk) "
            "ON DELETE CASCADE, terms TSVECTOR NOT NULL)"
        )
        op.execute("CREATE INDEX ix_track_name_terms ON track_name USING GIN (terms)")


def _music() -> None:
    _list(
        "counter",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )
    _list("root", sa.Column("path", sa.LargeBinary, primary_key=True))
    op.create_table(
        "artist",
        _pk(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("key", _KEY, nullable=False),
        sa.UniqueConstraint("name", name="uq_artist_name"),
    )
    op.create_index("ix_artist_key", "artist", ["key"])
    op.create_table(
        "album",
        _pk(),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("artist", sa.Text, nullable=False),
        sa.UniqueConstraint("title", "artist", name="uq_album_title"),
    )
    op.create_table(
        "track",
        _pk(),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("key", _KEY, nullable=False),
        sa.Column("album", _PK, sa.ForeignKey("album.pk", name="fk_track_album")),
        sa.Column("duration", sa.Float),
        sa.Column("year", sa.Integer),
        sa.Column("number", sa.Integer),
        sa.UniqueConstraint("id", name="uq_track_id"),
    )
    op.create_index("ix_track_key", "track", ["key"])
    _list(
        "track_artist",
        _owner("track_artist", "track", "track", primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column(
            "artist", _PK, sa.ForeignKey("artist.pk", name="fk_track_artist_artist"), nullable=False
        ),
    )
    op.create_index("ix_track_artist_artist", "track_artist", ["artist"])


def _about_tracks() -> None:
    _list(
        "external_id",
        _owner("external_id", "track", "track", primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    _list(
        "descriptor",
        _owner("descriptor", "track", "track", primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
    )
    op.create_table(
        "subject",
        _pk(),
        sa.Column("name", sa.Text, nullable=False),
        sa.UniqueConstraint("name", name="uq_subject_name"),
    )
    _list(
        "tag",
        _owner("tag", "subject", "subject", primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("weight", sa.Float, nullable=False),
    )
    op.create_table(
        "vector_key",
        _pk(),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("dim", sa.Integer, nullable=False),
        sa.UniqueConstraint("key", name="uq_vector_key_key"),
    )
    op.create_table(
        "vector",
        _owner("vector", "track", "track", primary_key=True),
        _owner("vector", "key", "vector_key", primary_key=True),
        sa.Column("windows", sa.Integer, nullable=False),
        sa.Column("mean", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "vector_window",
        _owner("vector_window", "track", "track", primary_key=True),
        _owner("vector_window", "key", "vector_key", primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )


def _playlists_and_files() -> None:
    op.create_table(
        "playlist",
        _pk(),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("source_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("key", _KEY, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("trainable", sa.Boolean, nullable=False),
        sa.UniqueConstraint("source", "source_id", name="uq_playlist_source"),
    )
    op.create_index("ix_playlist_key", "playlist", ["key"])
    _list(
        "playlist_track",
        _owner("playlist_track", "playlist", "playlist", primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        _owner("playlist_track", "track", "track"),
    )
    op.create_index("ix_playlist_track_track", "playlist_track", ["track"])
    _list(
        "file",
        sa.Column("path", sa.LargeBinary, primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("mtime_ns", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.Text),
        sa.Column(
            "track", _PK, sa.ForeignKey("track.pk", name="fk_file_track", ondelete="CASCADE")
        ),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
    )
    op.create_index("ix_file_hash", "file", ["hash"])
    op.create_index("ix_file_track", "file", ["track", "state"])


def _pk() -> sa.Column[int]:
    return sa.Column("pk", _PK, primary_key=True)


def _owner(table: str, name: str, target: str, **options: Any) -> sa.Column[int]:
    key = sa.ForeignKey(f"{target}.pk", name=f"fk_{table}_{name}", ondelete="CASCADE")
    return sa.Column(name, _PK, key, nullable=False, **options)


def _list(name: str, *columns: Any) -> None:
    op.create_table(name, *columns, sqlite_with_rowid=False)
