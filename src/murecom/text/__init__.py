"""Words in: names folded, cut into search terms, split into title and version, and repaired.

Everything here is a pure function of strings. This package is the only door to OpenCC, which is
loaded when the first Han character comes by.
"""
