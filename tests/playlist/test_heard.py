"""Tags that stand out, in a listener's words."""

from __future__ import annotations

import numpy as np
import pytest

from murecom.embed.musicnn import TAGS
from murecom.playlist.heard import INSTRUMENTS, NOT_TOGETHER, UNSAID, bits, merged, shared, words

NAMES = ("electronic", "metal", "instrumental", "female vocalists", "sexy", "Mellow")
MEAN = np.array([0.4, 0.02, 0.1, 0.05, 0.05, 0.05])
SCALE = np.full(6, 0.1)


def test_only_what_stands_out_is_said() -> None:
    found = words(np.array([0.42, 0.5, 0.12, 0.02, 0.9, 0.2]), NAMES, MEAN, SCALE)
    assert list(found) == ["metal", "mellow"]  # electronic is usual, sexy an opinion
    assert found["metal"].above == pytest.approx(4.8)
    assert not found["metal"].is_instrument


def test_a_rare_tag_must_still_be_heard() -> None:
    assert words(np.array([0, 0.1, 0, 0, 0, 0]), NAMES, MEAN, np.full(6, 0.01)) == {}


def test_voices_do_not_contradict_each_other() -> None:
    found = words(np.array([0, 0, 0.4, 0.3, 0, 0]), NAMES, MEAN, SCALE)
    assert list(found) == ["no singing"]
    other = words(np.array([0, 0, 0, 0.4, 0, 0]), NAMES, MEAN, SCALE)
    assert list(other) == ["a woman's voice"]
    assert merged(found, other) == {}
    assert list(merged(other, other)) == ["a woman's voice"]


def test_shared_words_are_the_weakest_of_all() -> None:
    one = words(np.array([0.9, 0.5, 0, 0, 0, 0]), NAMES, MEAN, SCALE)
    other = words(np.array([0.55, 0.9, 0, 0, 0, 0]), NAMES, MEAN, SCALE)
    both = shared([one, other])
    assert [word.text for word, _ in both] == ["metal", "electronic"]
    assert [word.above for word, _ in both] == pytest.approx([4.8, 1.5])
    assert shared([one, {}]) == shared([]) == []


def test_bits_grow_with_what_stands_out() -> None:
    assert bits(0) == 0
    values = [bits(z) for z in (0, 1, 2, 3, 5, 50)]
    assert values == sorted(values)
    assert np.isfinite(values).all()


def test_every_word_belongs_to_a_network() -> None:
    known = {name.lower() for tags in TAGS.values() for name in tags}
    assert known >= set(INSTRUMENTS)
    assert known >= UNSAID
    assert set(INSTRUMENTS.values()) >= set().union(*NOT_TOGETHER)
