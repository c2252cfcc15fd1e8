"""Recommenders: from seeds to scores over a catalogue, one file each under one contract."""
