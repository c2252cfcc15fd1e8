"""The tables that the migrations make are the tables that the code knows."""

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from murecom.errors import BadInput, Unsupported
from murecom.store import Store
from murecom.store.schema import METADATA, VERSION


def test_the_code_knows_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", "murecom.store:migrations")
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [VERSION]
    revisions = [revision.revision for revision in script.walk_revisions()]
    assert revisions == sorted(revisions, reverse=True), "numbered upwards"


def test_migrations_make_what_the_code_knows(path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        options = {"include_name": lambda name, kind, _: not str(name).startswith("track_name")
                   and name != "track_word"}  # fmt: skip
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, METADATA) == []
        statements = dict(connection.exec_driver_sql("SELECT name, sql FROM sqlite_master").all())
        made = sa.create_mock_engine("sqlite://", lambda *_: None)
        for table in METADATA.sorted_tables:
            expected = str(sa.schema.CreateTable(table).compile(made))
            assert _words(statements[table.name]) == _words(expected)
    engine.dispose()


def _words(statement: str) -> list[str]:
    unnamed = re.sub(r"CONSTRAINT \w+", "", statement)
    return sorted(re.sub(r"[,()]", " ", unnamed).split())


def test_a_database_of_a_newer_murecom_is_refused(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(Unsupported, match=r"newer murecom.*9999.*pip install --upgrade murecom"):
        Store.open(path)


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "photos.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE photo (x)")
    connection.close()
    with pytest.raises(BadInput, match=r"another program"):
        Store.open(file)
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("photo",)]
    connection.close()


def test_a_migration_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("alembic.op.create_index", fail)
    file = tmp_path / "music.db"
    with pytest.raises(ZeroDivisionError):
        Store.open(file)
    monkeypatch.undo()
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()
    Store.open(file).close()


def test_opening_what_is_up_to_date_needs_no_alembic(path: Path) -> None:
    code = (
        "import sys\n"
        "from murecom.store import Store\n"
        f"Store.open({str(path)!r}).close()\n"
        "print(*(name in sys.modules for name in ('alembic', 'psycopg')))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == ["False", "False"]


def test_the_log_is_written_ahead(store: Store) -> None:
    with store._database.read() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 30_000,
    }  # fmt: skip


def test_every_query_of_a_scan_uses_an_index(store: Store) -> None:
    """None of what runs once per track may read a whole table."""
    seen: list[tuple[str, object]] = []

    @sa.event.listens_for(store._database.engine, "before_cursor_execute")
    def note(_c: object, _cursor: object, text: str, parameters: object, *_: object) -> None:
        seen.append((text, parameters))

    store.tracks.search("love you")
    store.tracks.get(["t:1"])  # type: ignore[list-item]
    store.tracks.by_path("/m/1")
    store.files.get("/m/1")
    store.files.by_hash("x")
    list(store.files.iter("/m"))
    store.vectors.get("t:1", "k")  # type: ignore[arg-type]
    plans = []
    with store._database.read() as connection:
        for text, parameters in list(seen):
            if text.lstrip().upper().startswith("SELECT") and "alembic" not in text:
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", parameters)  # type: ignore[arg-type]
                plans += [str(row[-1]) for row in rows]
    assert len(plans) > 10
    scans = [plan for plan in plans if plan.startswith("SCAN") and "VIRTUAL TABLE" not in plan]
    assert scans == []
