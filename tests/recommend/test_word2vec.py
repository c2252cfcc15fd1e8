"""Tracks as words."""

import pytest

from murecom.recommend.word2vec import Word2Vec
from murecom.testing import RecommenderContract

pytest.importorskip("gensim")


class TestWord2Vec(RecommenderContract):
    make = staticmethod(lambda: Word2Vec(epochs=150, vector_size=8, rate=0.05))


class TestMostSimilar(RecommenderContract):
    make = staticmethod(lambda: Word2Vec("most_similar", epochs=150, vector_size=8, rate=0.05))
