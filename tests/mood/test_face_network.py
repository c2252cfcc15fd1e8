"""The door to ai-edge-litert."""

from __future__ import annotations

import sys

import pytest

from murecom.errors import BadInput, MissingExtra
from murecom.mood.face_network import SmallNetwork


def test_without_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    with pytest.raises(MissingExtra, match=r"\[face\]"):
        SmallNetwork(b"", (1,), (1,))


@pytest.mark.parametrize("content", [b"", b"no network at all", bytes(4000)])
def test_what_is_no_network(content):
    pytest.importorskip("ai_edge_litert", reason="the extra 'face' is not installed")
    with pytest.raises(BadInput, match="get-face-model"):
        SmallNetwork(content, (1,), (1,))
