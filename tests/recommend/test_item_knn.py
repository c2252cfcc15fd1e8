"""ItemKNN."""

from murecom.recommend.item_knn import ItemKNN
from murecom.testing import RecommenderContract


class TestItemKNN(RecommenderContract):
    make = ItemKNN
