"""Transitions."""

from murecom.recommend.transitions import Transitions
from murecom.testing import RecommenderContract


class TestTransitions(RecommenderContract):
    make = Transitions
