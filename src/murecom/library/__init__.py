"""Local files, the pure parts: finding them, reading their tags, knowing them again.

Nothing here decodes sound, opens a database or keeps state; `jobs.scan` wires the parts.
"""
