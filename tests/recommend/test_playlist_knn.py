"""PlaylistKNN."""

from murecom.recommend.playlist_knn import PlaylistKNN
from murecom.testing import RecommenderContract


class TestPlaylistKNN(RecommenderContract):
    make = PlaylistKNN
