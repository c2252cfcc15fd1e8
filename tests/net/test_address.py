"""Addresses: whose, how private, and what of them may be shown."""

from __future__ import annotations

import pytest

from murecom.net.address import host_of, is_private, place_of


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Api.Music.test/v1?a=b", "api.music.test"),
        ("https://api.music.test:443", "api.music.test"),
        ("http://127.0.0.1:80/", "127.0.0.1"),
        ("http://127.0.0.1:3000/", "127.0.0.1:3000"),
        ("https://me:pw@a.test:8443/", "a.test:8443"),
        ("http://[::1]:3000/", "[::1]:3000"),
        ("a.test:3000", "a.test:3000"),
        ("https://a.test:99999/", ""),
        ("", ""),
    ],
)
def test_host_of(url: str, host: str) -> None:
    assert host_of(url) == host


def test_place_of() -> None:
    assert place_of("https://me:K1@a.test/v1/x?api_key=K1#K1") == "a.test/v1/x"


def test_is_private() -> None:
    assert all(map(is_private, ["https://a.test", "http://127.9.0.1:80", "http://[::1]:80"]))
    assert is_private("http://localhost/")
    assert not any(map(is_private, ["http://a.test", "http://10.0.0.1", "ftp://127.0.0.1", ""]))
