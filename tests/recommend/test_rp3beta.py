"""RP3Beta."""

from murecom.recommend.rp3beta import RP3Beta
from murecom.testing import RecommenderContract


class TestRP3Beta(RecommenderContract):
    make = RP3Beta
