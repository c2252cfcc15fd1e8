"""A scanned library, for tests of what is made of it."""

from fixtures_library import music, scanned

__all__ = ["music", "scanned"]
