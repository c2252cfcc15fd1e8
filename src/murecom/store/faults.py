"""What went wrong in the database, said in a sentence with the next step.

The drivers' errors come in here and leave as the errors of `murecom.errors`. What is not known here
is a mistake of ours and stays what it is.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from pathlib import Path

import sqlalchemy as sa

from murecom.errors import BadInput, MurecomError, NotReady, Unreachable, Unsupported


def full_disk(place: str) -> Unreachable:
    """Say that nothing more can be written where `place` is."""
    return Unreachable(
        f"The disk that holds {place} is full. "
        "Free some space and run the same command again; what was finished is kept."
    )


def damaged(place: str) -> BadInput:
    """Say that a database file is not what it should be."""
    return BadInput(
        f"{place} is damaged or no murecom database. "
        "Put back a backup (made by: murecom backup), or move the file away and scan again."
    )


def explained(error: Exception, place: str) -> Exception:
    """Give the error to raise instead of a driver's or an operating system's error.

    Parameters
    ----------
    error : Exception
        From sqlite3, another driver, SQLAlchemy around them, or an OSError.
    place : str
        How the user knows the database: its path, or its URL without the password.

    Returns
    -------
    Exception
        A `MurecomError` where the cause is known, else `error` itself.
    """
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) and error.orig else error
    if isinstance(cause, OSError):
        return _of_system(cause, place)
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause, place) or error
    return _of_server(cause, place) or error


def _of_system(error: OSError, place: str) -> MurecomError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return full_disk(place)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return _forbidden(place)
    if error.errno in (errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENAMETOOLONG):
        return BadInput(f"{place} cannot be a database: {error.strerror}. Choose another path.")
    return Unreachable(f"{place} cannot be used: {error.strerror}. Check the disk and try again.")


def _of_sqlite(error: sqlite3.Error, place: str) -> MurecomError | None:
    # The low byte of an extended result code is the primary one: sqlite.org/rescode.html
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return full_disk(place)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged(place)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return NotReady(
            f"Another program has been writing to {place} for too long. "
            "Wait until it is done and run the same command again."
        )
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR) and _is_full(place):
        return full_disk(place)
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return Unreachable(
            f"{place} cannot be opened. Check that you may read and write the file and its folder."
        )
    if code == sqlite3.SQLITE_READONLY:
        return _forbidden(place)
    if code == sqlite3.SQLITE_IOERR:
        return Unreachable(f"The disk that holds {place} fails ({error}). Check it and try again.")
    if "no such module: fts5" in str(error):
        return Unsupported(
            "This Python's SQLite lacks full-text search (FTS5). "
            "Use a Python whose sqlite3 is built with FTS5."
        )
    return None


def _of_server(error: BaseException, place: str) -> MurecomError | None:
    # SQLSTATE classes: PostgreSQL manual, appendix A.
    state = str(getattr(error, "sqlstate", None) or "")
    if state == "53100":
        return full_disk(place)
    if state.startswith(("40", "55", "57014")):
        return NotReady(f"{place} is busy with other writers. Run the same command again.")
    if state in ("42501", "25006"):
        return _forbidden(place)
    if state.startswith(("08", "28", "3D", "53", "57")) or _is_lost_connection(error, state):
        return Unreachable(
            f"{place} does not answer or refuses us ({_first_line(error)}). "
            "Check the address, the password and that the server runs."
        )
    return None


def _is_lost_connection(error: BaseException, state: str) -> bool:
    return not state and type(error).__name__ == "OperationalError"


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0]


def _forbidden(place: str) -> Unreachable:
    return Unreachable(
        f"You may not write to {place}. Change its permissions or choose another place."
    )


def _is_full(place: str) -> bool:
    folder = Path(place)
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    try:
        # Less than a page of SQLite's shared memory file (32 KiB) is as good as nothing.
        return shutil.disk_usage(os.fspath(folder)).free < 1 << 16
    except OSError:
        return False
