"""Popular."""

from murecom.recommend.popular import Popular
from murecom.testing import RecommenderContract


class TestPopular(RecommenderContract):
    make = Popular
    finds_groups = False
