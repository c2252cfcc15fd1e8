"""Sound and playlists in one space."""

import pytest

from murecom.recommend.audio_to_items import AudioToItems
from murecom.testing import RecommenderContract

pytest.importorskip("irspack")


class TestAudioToItems(RecommenderContract):
    make = AudioToItems
