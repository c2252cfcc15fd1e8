"""A scanned library, for tests of answers."""

from fixtures_library import app, music, scanned

__all__ = ["app", "music", "scanned"]
