"""The tables, as SQLAlchemy Core sees them.

Every track, artist, playlist … has an inner id `pk`, an integer that never leaves this package; raw
ids are looked up once. Migrations create the tables (`migrations/`); a test compares both. The name
index is not here: each database has its own kind (`sqlite.py`, `postgres.py`).

Every index is a page more to write for each track of a scan, so there is none that no query needs.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

VERSION = "0005"
"The migration that this code needs; the newest one in `migrations/versions`."

KEY_LENGTH = 200
"Characters of a folded name kept in an index; PostgreSQL refuses more than about 2,700 bytes."

ABSENT = ("gone", "failed")
"States of files that give no sound now; a track with no other files is lost."

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only in a column declared INTEGER.
_PK = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# Keys are compared byte by byte, so that all names with a prefix stand together.
_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _pk() -> sa.Column[int]:
    return sa.Column("pk", _PK, primary_key=True)


def _owner(name: str, target: str, **options: Any) -> sa.Column[int]:
    """A column for the inner id of the row that this one belongs to and goes away with."""
    key = sa.ForeignKey(f"{target}.pk", ondelete="CASCADE")
    return sa.Column(name, _PK, key, nullable=False, **options)


def _list(name: str, *columns: Any) -> sa.Table:
    """A table whose rows SQLite keeps in the order of the primary key."""
    return sa.Table(name, METADATA, *columns, sqlite_with_rowid=False)


counter = _list(
    "counter",
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

root = _list("root", sa.Column("path", sa.LargeBinary, primary_key=True))

artist = sa.Table(
    "artist",
    METADATA,
    _pk(),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("key", _KEY, nullable=False, index=True),
)

album = sa.Table(
    "album",
    METADATA,
    _pk(),
    sa.Column("title", sa.Text, nullable=False),
    # Empty where unknown: two NULLs would count as different albums.
    sa.Column("artist", sa.Text, nullable=False),
    sa.UniqueConstraint("title", "artist"),
)

track = sa.Table(
    "track",
    METADATA,
    _pk(),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("title", sa.Text),
    sa.Column("key", _KEY, nullable=False, index=True),
    sa.Column("album", _PK, sa.ForeignKey("album.pk")),
    sa.Column("duration", sa.Float),
    sa.Column("year", sa.Integer),
    sa.Column("number", sa.Integer),
)

track_artist = _list(
    "track_artist",
    _owner("track", "track", primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("artist", _PK, sa.ForeignKey("artist.pk"), nullable=False, index=True),
)

external_id = _list(
    "external_id",
    _owner("track", "track", primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False, index=True),
)

descriptor = _list(
    "descriptor",
    _owner("track", "track", primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Float, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
)

# With rowids: long bodies would spread a table kept in the order of its key over many pages.
text = sa.Table(
    "text",
    METADATA,
    _owner("track", "track", primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("likes", sa.Integer),
    sa.Column("lang", sa.Text),
    sa.Column("body", sa.Text, nullable=False),
)

# What tags speak of: mostly track ids, which are too long to be repeated in every tag.
subject = sa.Table(
    "subject",
    METADATA,
    _pk(),
    sa.Column("name", sa.Text, nullable=False, unique=True),
)

tag = _list(
    "tag",
    _owner("subject", "subject", primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("weight", sa.Float, nullable=False),
)

vector_key = sa.Table(
    "vector_key",
    METADATA,
    _pk(),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("dim", sa.Integer, nullable=False),
)

# The means apart from the windows: reading all means of one key must not pass over all windows.
# Both by track first: a scan then writes those of all keys into one page.
vector = sa.Table(
    "vector",
    METADATA,
    _owner("track", "track", primary_key=True),
    _owner("key", "vector_key", primary_key=True),
    sa.Column("windows", sa.Integer, nullable=False),
    sa.Column("mean", sa.LargeBinary, nullable=False),
)

vector_window = sa.Table(
    "vector_window",
    METADATA,
    _owner("track", "track", primary_key=True),
    _owner("key", "vector_key", primary_key=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
)

playlist = sa.Table(
    "playlist",
    METADATA,
    _pk(),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("source_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("key", _KEY, nullable=False, index=True),
    sa.Column("description", sa.Text),
    sa.Column("trainable", sa.Boolean, nullable=False),
    # The day on which somebody decided it; empty where the source did.
    sa.Column("trainable_on", sa.Text),
    # What its source marks its state by.
    sa.Column("snapshot", sa.Text),
    sa.UniqueConstraint("source", "source_id"),
)

playlist_track = _list(
    "playlist_track",
    _owner("playlist", "playlist", primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    _owner("track", "track", index=True),
    # Seconds since 1970.
    sa.Column("added_at", sa.BigInteger),
)

file = _list(
    "file",
    sa.Column("path", sa.LargeBinary, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("mtime_ns", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.Text, index=True),
    sa.Column("track", _PK, sa.ForeignKey("track.pk", ondelete="CASCADE")),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("lyrics", sa.Text),
    sa.Index(None, "track", "state"),
)

# By track first: the moods of a track go away with it, and most tracks have few.
mood = _list(
    "mood",
    _owner("track", "track", primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    # Empty where the inputs that `stamp` tells of said nothing.
    sa.Column("valence", sa.Float),
    sa.Column("arousal", sa.Float),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("spread", sa.Float, nullable=False),
    sa.Column("probabilities", sa.LargeBinary),
    sa.Column("stamp", sa.Text, nullable=False),
)

# How far the import of a file has come; `trainable` as it was decided for the whole file.
imported = _list(
    "imported",
    sa.Column("path", sa.LargeBinary, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("mtime_ns", sa.BigInteger, nullable=False),
    sa.Column("trainable", sa.Boolean),
    sa.Column("playlists", sa.BigInteger, nullable=False),
    sa.Column("refused", sa.BigInteger, nullable=False),
    sa.Column("finished", sa.Boolean, nullable=False),
)


# What somebody heard; `source` is the kind of file or service that told it.
listen = _list(
    "listen",
    sa.Column("at", sa.BigInteger, primary_key=True),
    _owner("track", "track", primary_key=True, index=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("ms", sa.BigInteger),
    sa.Column("skipped", sa.Boolean),
)

# Tracks that are the same recording as one of which there is a file: `how` it was found out.
twin = _list(
    "twin",
    _owner("track", "track", primary_key=True),
    _owner("file", "track", index=True),
    sa.Column("how", sa.Text, nullable=False),
)

# Tracks that are compared again: more is known of them now, or the file of their twin went.
uncompared = _list("uncompared", _owner("track", "track", primary_key=True))

# The queue of crawls: one row for each list of pages that is to be asked for.
task = sa.Table(
    "task",
    METADATA,
    _pk(),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    # What is done first among the open ones: higher numbers.
    sa.Column("rank", sa.Float, nullable=False),
    # Where in its list the next page begins, and how many pages were read.
    sa.Column("next", sa.Text),
    sa.Column("pages", sa.Integer, nullable=False),
    # What is known of it before it is asked for, as JSON.
    sa.Column("about", sa.Text),
    sa.Column("owner", sa.Text),
    sa.Column("until", sa.Float),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("error", sa.Text),
    sa.UniqueConstraint("source", "kind", "key"),
    sa.Index(None, "source", "kind", "state", "rank"),
)

# Pages of a list that is not complete yet.
page = _list(
    "page",
    _owner("task", "task", primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
)

# Words of the names of playlists, and what asking for them gave.
word = _list(
    "word",
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("text", sa.Text, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("rank", sa.Float, nullable=False),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("found", sa.Integer, nullable=False),
    sa.Column("new", sa.Integer, nullable=False),
    sa.Index(None, "source", "state", "rank"),
)


def is_present() -> sa.ColumnElement[bool]:
    """Condition on `track`: it has a file that can be read, or never had a file."""
    files = sa.select(1).where(file.c.track == track.c.pk)
    return sa.or_(files.where(file.c.state.not_in(ABSENT)).exists(), ~files.exists())
