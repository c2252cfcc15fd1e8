"""Vectors in, neighbours out: the space that makes vectors comparable, and indexes over it."""
