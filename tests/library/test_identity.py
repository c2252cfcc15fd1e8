"""The same content is the same track, wherever it lies."""

from __future__ import annotations

import hashlib
import os

import pytest

from murecom.errors import BadInput
from murecom.library.identity import content_hash, track_of
from murecom.library.tags import Tags
from murecom.library.walk import Found
from murecom.types import Track


def test_known_value(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    # RFC 7693 gives the method; this value was made with another implementation (b2sum -l 128)
    assert content_hash(tmp_path / "a") == "cf4ab791c62b8d2b2109c90275287816"
    (tmp_path / "empty").touch()
    assert content_hash(tmp_path / "empty") == "cae66941d9efbd404e4d88758ea67670"


def test_depends_on_every_byte_and_nothing_else(tmp_path):
    content = bytes(3_000_000)
    (tmp_path / "a.mp3").write_bytes(content)
    (tmp_path / "b\n🎵.ogg").write_bytes(content)
    (tmp_path / "c").write_bytes(content[:-1] + b"\1")
    hashes = [content_hash(tmp_path / name) for name in ("a.mp3", "b\n🎵.ogg", "c")]
    assert hashes[0] == hashes[1] != hashes[2]
    assert hashes[0] == hashlib.blake2b(content, digest_size=16).hexdigest()


def test_what_is_no_file(tmp_path):
    with pytest.raises(BadInput, match=r"There is no file .* Check the path"):
        content_hash(tmp_path / "none")
    with pytest.raises(BadInput, match="is not a file"):
        content_hash(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadInput, match="is not a file"):
        content_hash(tmp_path / "pipe")
    with pytest.raises(BadInput, match="There is no file"):
        content_hash("a\0b")


def test_no_permission(tmp_path, monkeypatch):
    (tmp_path / "a").touch()

    def refuse(*args, **kw):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(BadInput, match=r"Permission denied\. Check"):
        content_hash(tmp_path / "a")


def test_track_of():
    tags = Tags("T", ("A", "B"), "L", year=2001, mbid="m", duration=1.5)
    track = track_of(Found("/m/a.mp3", 1, 2), tags, "0f")
    assert track == Track("file:0f", "T", ("A", "B"), "L", 1.5, "/m/a.mp3", {"mbid": "m"})
