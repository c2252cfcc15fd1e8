"""The database: the only place with SQL.

`Store` is the door; SQLAlchemy Core and Alembic stay behind it.
"""

from murecom.store.bulk import Written
from murecom.store.files import STATES, FileRow
from murecom.store.imports import ImportRow
from murecom.store.lists import Lists
from murecom.store.moods import MoodRow, MoodTable
from murecom.store.store import Store
from murecom.store.tags import Tag
from murecom.store.texts import FILE, NO_WORDS, Text
from murecom.store.tracks import USER, Details

__all__ = [
    "FILE",
    "NO_WORDS",
    "STATES",
    "USER",
    "Details",
    "FileRow",
    "ImportRow",
    "Lists",
    "MoodRow",
    "MoodTable",
    "Store",
    "Tag",
    "Text",
    "Written",
]
