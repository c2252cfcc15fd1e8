"""Tokens on disk: for their owner alone, whole or not at all, seen by every program at once."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from murecom.errors import BadInput, Unreachable

EARLY: Final = 30.0
"A token is renewed so many seconds before its end, which is longer than a call is on its way."

HOUR: Final = 3600.0
"How long a token is good whose server does not say so, as with Spotify, in seconds."

_DOOR: Final = 300.0
"Seconds to wait for another program that gets a token right now."


@dataclass(frozen=True, slots=True)
class Token:
    """A token, whose it is (`client_id`), what for, and until when in seconds since 1970."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    until: float
    client_id: str
    scopes: tuple[str, ...] = ()

    @property
    def is_fresh(self) -> bool:
        """Whether it is good for a call that begins now."""
        return time.time() < self.until - EARLY

    @classmethod
    def of_answer(cls, data: Any, client_id: str, scopes: tuple[str, ...], old: str = "") -> Token:
        """Take a token from what a server gave (RFC 6749, 5.1).

        `old` is the refresh token that goes on to hold where the answer brings no new one, `scopes`
        those that were asked for. Raises BadInput if there is no token in it.
        """
        try:
            access = data["access_token"]
            refresh = data.get("refresh_token") or old
            lasts = float(data.get("expires_in") or HOUR)
            given = tuple((data.get("scope") or " ".join(scopes)).split())
            if not all(t.isascii() and t.isprintable() for t in (access, refresh)) or not access:
                raise ValueError("not a token")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadInput(
                "The log-in gave no token that could be used. Look whether its address in the "
                "settings is right, then log in again."
            ) from error
        return cls(access, refresh, time.time() + lasts, client_id, given)


class TokenFile:
    """The file of one token; made when there is one, in a folder that nobody else can open."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Token | None:
        """Give the token; None if there is none or the file is damaged, where one logs in again."""
        try:
            values = json.loads(self._path.read_text("utf-8"))
            return Token(**{**values, "scopes": tuple(values["scopes"])})
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unreachable(
                f"Cannot read {self._path}: {error.strerror}. Look whose file it is."
            ) from error
        except (ValueError, TypeError, KeyError):
            return None

    def write(self, token: Token) -> None:
        """Replace the token. Raises Unreachable if the folder cannot be written."""
        half = self._path.with_suffix(".new")
        try:
            half.unlink(missing_ok=True)
            handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(asdict(token), file)
                file.flush()
                os.fsync(file.fileno())  # a refresh token that was swapped cannot be had again
            os.replace(half, self._path)
        except OSError as error:
            raise self._unwritable(error) from error

    def remove(self) -> bool:
        """Delete it; False if there was none."""
        with self.held():
            try:
                self._path.unlink()
            except FileNotFoundError:
                return False
        return True

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep every other program from writing while the block runs."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = FileLock(f"{self._path}.lock", timeout=_DOOR, mode=0o600)
            lock.acquire()
        except Timeout:
            raise Unreachable(
                f"Another program holds {self._path}.lock and does not let go. End it, then run "
                "the same command again."
            ) from None
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            yield
        finally:
            lock.release()

    def _unwritable(self, error: OSError) -> Unreachable:
        return Unreachable(
            f"Cannot write to {self._path.parent}: {error.strerror}. Make room or choose another "
            "folder with --home."
        )
