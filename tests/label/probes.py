"""A probe without training: it tells the tracks of one library apart by one direction."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from murecom.label.probe import KEYS, Probe, features
from murecom.service import Murecom


def probe_for(home: Path, genres=("calm", "loud"), seed: int = 0, sharp: float = 3.0) -> Probe:
    """Save a probe in a scanned home; its genres split the library along a random direction."""
    with Murecom(home=home) as app:
        rows = features({key: app.store.vectors.matrix(key)[1] for key in KEYS})
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1
    direction = np.random.default_rng(seed).standard_normal(rows.shape[1])
    direction /= np.abs((rows - mean) / scale @ direction).max()
    probe = Probe(
        genres=tuple(genres),
        keys=KEYS,
        mean=mean,
        scale=scale.astype(np.float32),
        weights=np.outer(direction, np.linspace(-sharp, sharp, len(genres))).astype(np.float32),
        bias=np.zeros(len(genres), np.float32),
        whitening=np.zeros((rows.shape[1], 1), np.float32),
        centres=np.zeros((len(genres), 1), np.float32),
        near=1.0,
        far=2.0,
        metrics={"clips": 8, "split": "stratified", "report": {"accuracy": 0.9}},
    )
    probe.save(home / "models" / "genres-probe")
    return probe
