"""Playlists as a sparse matrix that remembers the order of each list."""

from murecom.interactions.base import Interactions

__all__ = ["Interactions"]
