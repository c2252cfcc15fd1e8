"""Keeping secrets out of whatever is written down, also by the HTTP library."""

from __future__ import annotations

import logging
import re
from typing import Final

from murecom.net.address import SECRETS

_NAMES: Final = SECRETS | {
    "api_sig", "auth", "authorization", "code", "code_verifier", "key", "sig", "signature", "sk",
    "state",
}  # fmt: skip
"Those that may be, and therefore are not written down: `code` and `state` belong to a log-in."

_PARAMETER: Final = re.compile(rf"(?i)\b({'|'.join(sorted(_NAMES))})=[^&\s\"'<>]*")
_USER: Final = re.compile(r"(?i)(https?://)[^/@\s\"']+@")
_HEADER: Final = re.compile(
    r"(?i)(authorization|set-cookie|cookie|x-api-key)(['\"]?\s*[:,]\s*)"
    r"(b?'[^']*'|b?\"[^\"]*\"|[^\n]*)"
)


def hide(text: str) -> str:
    """Put *** for what is secret in an address or in headers, wherever these stand in a text."""
    text = _PARAMETER.sub(r"\1=***", text)
    text = _USER.sub(r"\1***@", text)
    return _HEADER.sub(r"\1\2***", text)


class _Hiding(logging.Filter):
    """Rewrites a record before anybody can write it down."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = hide(record.getMessage())
        record.args = None
        return True


_HIDING: Final = _Hiding()

_LOGGERS: Final = (
    "httpx2",
    *(f"httpcore2.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")),
)


def guard_logs() -> None:
    """Hide secrets in what the HTTP library logs: addresses at INFO, headers at DEBUG."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_HIDING)  # the second time does nothing
