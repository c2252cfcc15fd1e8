"""Playlists as a sparse matrix that remembers the order of each list."""

from murecom.interactions.base import Interactions
from murecom.interactions.build import Builder, Built, assemble, build, group_of

__all__ = ["Builder", "Built", "Interactions", "assemble", "build", "group_of"]
