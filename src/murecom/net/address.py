"""Addresses: whose they are, whether others can read what goes there, and what may be shown."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

SECRETS: Final = {
    "access_token", "api_key", "apikey", "client_secret", "password", "refresh_token", "secret",
    "token",
}  # fmt: skip
"Names of parameters that are secret whoever asks."

_HEADERS: Final = frozenset({"authorization", "cookie", "x-api-key"})


def split(url: str) -> SplitResult:
    """Take an address apart; all is empty where there is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def place_of(url: str) -> str:
    """Give host and path of an address for messages: no user, no parameters."""
    parts = split(url)
    return f"{host_of(url)}{parts.path}"


def host_of(url: str) -> str:
    """Give the host as limits call it: in lower case, with its port unless that is the usual one.

    "" if the address has none. Also takes a host alone.
    """
    parts = split(url if "//" in url else f"//{url}")
    try:
        host, port = (parts.hostname or ""), parts.port
    except ValueError:
        return ""
    host = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return host if port is None or port == usual else f"{host}:{port}"


def is_private(url: str) -> bool:
    """Tell whether what is sent there can be read by nobody on the way: https, or this machine."""
    parts = split(url)
    if parts.scheme == "https":
        return True
    return parts.scheme == "http" and is_here(parts.hostname or "")


def is_here(host: str) -> bool:
    """Tell whether a name is that of this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def has_secret(
    url: str, params: Mapping[str, Any] | None, headers: Mapping[str, str] | None
) -> bool:
    """Tell whether a request carries something that nobody else may see."""
    parts = split(url)
    names = {name.lower() for name in params or ()}
    names |= {name.partition("=")[0].lower() for name in parts.query.split("&")}
    return (
        parts.password is not None
        or bool(names & SECRETS)
        or any(name.lower() in _HEADERS for name in headers or ())
    )
