"""Which engine the settings ask for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from murecom.config import Settings
from murecom.engine.base import Engine
from murecom.engine.local import Local
from murecom.engine.ray import Ray


def engine_of(settings: Settings, folders: Sequence[Path] = ()) -> Engine:
    """Give the engine of section `engine`, with as many workers as `library.workers` says.

    Parameters
    ----------
    settings : Settings
    folders : sequence of Path
        What the workers will read. On a cluster each machine must see it under the same path.

    Raises
    ------
    BadInput
        A machine of the cluster cannot read a folder.
    MissingExtra, Unreachable
        Ray is not installed, or no cluster answers; only if there are folders to ask for.
    """
    cluster = cluster_of(settings)
    if cluster is None:
        return Local(workers=settings.library.workers)
    if folders:
        cluster.check_folders(folders)
    return cluster


def cluster_of(settings: Settings) -> Ray | None:
    """Give the cluster for work that one machine does in threads; None to do it so."""
    if settings.engine.kind != "ray":
        return None
    return Ray(settings.engine.address or "auto", settings.library.workers)
