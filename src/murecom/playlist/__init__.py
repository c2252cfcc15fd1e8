"""From candidates to a playlist: rules, continuation, radio, path, order, duplicates, reasons.

Everything here is a pure function of a `Pool` of tracks and, where chance plays a part, of a seeded
numpy generator. Nothing here reads files or a database.
"""
