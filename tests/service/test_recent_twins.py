"""What was heard of late is kept out under all ids, without reading all twins."""

from __future__ import annotations

import pytest

from listened import heard, twin
from murecom.service.recent import with_twins
from murecom.store.twins import Twins
from murecom.types import Track, TrackId

__all__ = ["heard"]


def test_with_twins_asks_only_for_what_was_heard(heard, monkeypatch):
    file, other = heard.find("Song 000"), heard.find("Song 100")
    hit, second = Track(TrackId("x:1"), "One"), Track(TrackId("x:2"), "Two")
    twin(heard, hit, file)
    twin(heard, second, file)
    monkeypatch.setattr(Twins, "all", lambda self: pytest.fail("all twins were read"))
    assert with_twins(heard.store, [hit.id]) == {hit.id, file.id, second.id}
    assert with_twins(heard.store, [file.id]) == {hit.id, file.id, second.id}
    assert with_twins(heard.store, [other.id]) == {other.id}
    assert with_twins(heard.store, []) == set()
