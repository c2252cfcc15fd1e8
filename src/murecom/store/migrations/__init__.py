"""Alembic's migrations, run by `Store.open` without an alembic.ini.

A new one is one file in `versions/`, numbered upwards, whose number becomes `schema.VERSION`.
A migration that was released is never edited.
"""
