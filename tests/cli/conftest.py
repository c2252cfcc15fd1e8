"""A scanned library, and commands run in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures_library import app, music, scanned
from murecom.cli import run

__all__ = ["app", "music", "scanned"]


@pytest.fixture
def murecom(scanned, capsys, monkeypatch, tmp_path):
    """Run a command in the scanned home; give (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, home: Path = scanned) -> tuple[int, str, str]:
        code = run(["--home", str(home), *map(str, arguments)])
        out = capsys.readouterr()
        return code, out.out, out.err

    return call
