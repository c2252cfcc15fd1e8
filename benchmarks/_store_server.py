"""A PostgreSQL server of our own for the time of a benchmark, in a folder, never on the network."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa


def programs() -> Path | None:
    """Give the folder of the server's programs, None where there is no server (or no driver).

    Debian's package `postgresql` keeps them outside of the path.
    """
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return None
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    on_path = shutil.which("initdb")
    if found:
        return found[-1]
    return Path(on_path).parent if on_path else None


@contextmanager
def server(folder: Path) -> Iterator[Path]:
    """Start a server as it is installed, with the programs of `folder`; give its socket's folder.

    It keeps its defaults (fsync on) except that it has no address. As root it runs as another user,
    since it refuses to be root.
    """
    home = Path(tempfile.mkdtemp(prefix="pg"))  # short: so is the longest path of a socket
    other: dict[str, Any] = {}
    if os.geteuid() == 0:
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        user = names.get("postgres") or names["nobody"]
        os.chown(home, user.pw_uid, user.pw_gid)
        other = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def run(program: str, *arguments: str) -> None:
        command = [str(folder / program), "-D", str(home / "data"), *arguments]
        subprocess.run(command, check=True, cwd=home, stdout=subprocess.DEVNULL, **other)

    try:
        run("initdb", "-U", "test", "-A", "trust", "-E", "UTF8", "--locale=C")
        options = f"-c listen_addresses= -c unix_socket_directories={home}"
        run("pg_ctl", "-w", "-l", str(home / "log"), "-o", options, "start")
        try:
            yield home
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def cpu_seconds(home: Path) -> float:
    """Give the processor time that the server has taken so far, in all its processes (Linux)."""
    leader = int((home / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
    ticks = 0
    for process in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = process.read_text().rpartition(") ")[2].split(" ")
        except OSError:  # it has ended meanwhile, and counts among the children of the leader
            continue
        own = int(process.parent.name) == leader
        if own or int(fields[1]) == leader:
            ticks += sum(int(value) for value in fields[11 : 15 if own else 13])
    return ticks / os.sysconf("SC_CLK_TCK")


def new_database(home: Path, name: str) -> str:
    """Make an empty database on the server, in place of one of that name; give its address."""
    engine = sa.create_engine(
        f"postgresql+psycopg://test@/postgres?host={home}", isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return f"postgresql+psycopg://test@/{name}?host={home}"
