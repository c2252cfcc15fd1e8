"""A small library with its spectrograms, heard once for all tests of networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.train import folders

from murecom.train.dataset import Clip, genres_of, labels_of, read_clips
from murecom.train.spectra import Spectra, prepare


@pytest.fixture(scope="session")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three genres, four clips each."""
    return folders.library(tmp_path_factory.mktemp("music"))


@pytest.fixture(scope="session")
def heard(music: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Clip], Spectra]:
    """The clips and their spectrograms."""
    clips, _ = read_clips(music)
    kept, spectra, _ = prepare(clips, tmp_path_factory.mktemp("spectra"))
    return kept, spectra


@pytest.fixture
def task(heard):
    """What there is to learn."""
    pytest.importorskip("torch", reason="networks need the extra train")
    from murecom.train.loop import Task

    clips, spectra = heard
    genres = genres_of(clips)
    return Task(spectra, np.array(labels_of(clips, genres), np.intp), len(genres))
