"""Bringing a database to the schema of this code.

The migrations are shipped inside the package. An up-to-date database costs one query; Alembic is
imported only when a migration is due.
"""

from __future__ import annotations

import sqlalchemy as sa

from murecom.errors import BadInput, Unsupported
from murecom.store.database import Database
from murecom.store.schema import VERSION


def bring_up_to_date(database: Database) -> None:
    """Run the migrations that are due, all or none, one process at a time.

    Raises
    ------
    Unsupported
        A newer murecom has written the database.
    BadInput
        The database holds other tables than murecom's.
    """
    with database.read() as connection:
        if _is_current(connection, database.backend.place):
            return
    with database.write() as work:
        database.backend.lock_schema(work.connection)
        # Another process may have been quicker while this one waited.
        if not _is_current(work.connection, database.backend.place):
            _migrate(work.connection)


def _is_current(connection: sa.Connection, place: str) -> bool:
    version = _version(connection, place)
    if version is not None and version > VERSION:
        raise Unsupported(
            f"{place} was written by a newer murecom (schema {version}, this one knows {VERSION}). "
            "Run: pip install --upgrade murecom"
        )
    return version == VERSION


def _version(connection: sa.Connection, place: str) -> str | None:
    inspector = sa.inspect(connection)
    if inspector.has_table("alembic_version"):
        return str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))
    if inspector.get_table_names():
        raise BadInput(f"{place} is a database of another program. Choose another path.")
    return None


def _migrate(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "murecom.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
