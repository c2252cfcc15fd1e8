"""Embedders: from windows of sound to vectors that can be compared, one file each."""
