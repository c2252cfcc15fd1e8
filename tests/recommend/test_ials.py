"""Factorised playlists."""

import numpy as np
import pytest

from murecom.recommend.ials import Ials
from murecom.testing import RecommenderContract

pytest.importorskip("irspack")


class TestIals(RecommenderContract):
    make = Ials
