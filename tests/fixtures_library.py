"""One scanned library for all tests of answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import sounds
from doubles import Here
from murecom.service import Murecom


@pytest.fixture(scope="session")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("music")
    sounds.library(folder, artists=4, albums=1, tracks=3)
    return folder


@pytest.fixture(scope="session")
def scanned(tmp_path_factory: pytest.TempPathFactory, music: Path) -> Path:
    """A home whose library is scanned; tests that write get their own copy."""
    home = tmp_path_factory.mktemp("scanned home")
    with Murecom(home=home) as app:
        app.scan([music], engine=Here())
    return home


@pytest.fixture
def app(scanned: Path) -> Iterator[Murecom]:
    with Murecom(home=scanned) as app:
        yield app
