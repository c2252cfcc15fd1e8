"""The stages of `playlists_scale.py`, each run in a process of its own.

    python benchmarks/_playlist_stages.py STAGE FOLDER SCALE

Prints lines of JSON.
"""

from __future__ import annotations

import json
import pickle
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

import _common as common
import synthetic
from murecom import registry
from murecom.engine.threads import cores
from murecom.jobs import playlist_model
from murecom.jobs.playlist_data import PlaylistData, read_store
from murecom.recommend.base import Recommender, Request
from murecom.recommend.blend import Blend
from murecom.recommend.calibration import Calibration
from murecom.recommend.catalogue import Catalogue
from murecom.recommend.composite import Composite
from murecom.recommend.item_knn import ItemKNN
from murecom.recommend.neighbour_table import NeighbourTable
from murecom.store import Store
from murecom.types import Step, TrackId, no_progress

SEEDS, RESULTS, WARM, TIMED = 10, 100, 50, 500
NEIGHBOURS = 50

Talk = Callable[..., None]
"Prints one line of JSON."


class Steps:
    """Time, CPU and peak memory of each step of a long call, by what its progress says."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.name = ""
        self.begin("start")

    def begin(self, name: str) -> None:
        """End one step and begin another."""
        self.end()
        self.name = name
        _forget_peak()
        self.wall, self.cpu = time.perf_counter(), common.cpu_seconds()

    def end(self) -> None:
        """Keep what the step took."""
        if not self.name:
            return
        row = {
            "step": self.name,
            "seconds": time.perf_counter() - self.wall,
            "cpu": common.cpu_seconds() - self.cpu,
            "peak_mb": common.peak_mb(),
        }
        same = next((r for r in self.rows if r["step"] == self.name), None)
        if same:
            same |= {key: same[key] + row[key] for key in ("seconds", "cpu")}
            same["peak_mb"] = max(same["peak_mb"], row["peak_mb"])
        else:
            self.rows.append(row)
        self.name = ""

    def __call__(self, step: Step) -> None:
        if step.stage != self.name:
            self.begin(step.stage)


def _forget_peak() -> None:
    """Let the peak of this process begin anew; where Linux does not allow it, it only grows."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def resident_mb() -> float:
    """Give the resident memory of this process now, mapped files included, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def own_mb() -> float:
    """Give the part of it that is no file: the system can drop the pages of files at any time."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0]) * 1024 / 1e6


def timed(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """Call a function; give its result, seconds and CPU-seconds."""
    wall, cpu = time.perf_counter(), common.cpu_seconds()
    result = work()
    return result, {"seconds": time.perf_counter() - wall, "cpu": common.cpu_seconds() - cpu}


# -- stages, each in its own process ----------------------------------------------------------


def fill(folder: Path, scale: float, talk: Talk) -> None:
    """Fill the database, unless an earlier run has."""
    done = folder / f"filled-{scale:g}"
    if done.exists():
        talk(**json.loads(done.read_text()), again=True)
        return
    made, making = timed(lambda: synthetic.make(scale))
    database = folder / "music.db"
    for old in folder.glob("music.db*"):
        old.unlink()
    with Store.open(database) as store:
        _, cost = timed(lambda: synthetic.fill(store, made))
    about = {
        **cost,
        "making": making["seconds"],
        "playlists": len(made.starts) - 1,
        "entries": len(made.entries),
        "catalogue": len(made.topic_of),
        "occurring": len(made.occurring),
        "megabytes": database.stat().st_size / 1e6,
    }
    done.write_text(json.dumps(about))
    talk(**about)


def read(folder: Path, talk: Talk) -> None:
    """Read the database and keep what was read for the processes of single recommenders."""
    with Store.open(folder / "music.db") as store:
        data, cost = timed(lambda: read_store(store))
    peak = common.peak_mb()
    (folder / "data.pickle").write_bytes(pickle.dumps(data, protocol=5))
    talk(**cost, peak_mb=peak)


def _kept(folder: Path) -> PlaylistData:
    data: PlaylistData = pickle.loads((folder / "data.pickle").read_bytes())
    return data


def member(folder: Path, name: str, talk: Talk) -> None:
    """Fit one recommender alone."""
    data = _kept(folder).data
    before = resident_mb()
    model = registry.get("recommend", name)()
    _, cost = timed(lambda: model.fit(data))
    size = sum(array.nbytes for array in model.state.values()) / 1e6
    talk(**cost, peak_mb=common.peak_mb(), data_mb=before, size_mb=size)


def train(folder: Path, talk: Talk) -> None:
    """Read, fit and save what `murecom train playlists` does."""
    steps = Steps()
    wall, cpu = time.perf_counter(), common.cpu_seconds()
    with Store.open(folder / "music.db") as store:
        steps.begin("read")
        data = read_store(store)
    steps.begin("other")
    playlist_model.train(data, folder / "model", progress=steps)
    steps.end()
    taken = {"seconds": time.perf_counter() - wall, "cpu": common.cpu_seconds() - cpu}
    peak = max(row["peak_mb"] for row in steps.rows)
    size = sum(path.stat().st_size for path in (folder / "model").iterdir()) / 1e6
    talk(**taken, peak_mb=peak, steps=steps.rows, size_mb=size)


def requests(folder: Path, talk: Talk) -> None:
    """Open the model and ask it, with and without the trees."""
    model, opening = timed(lambda: playlist_model.load(folder / "model"))
    talk(what="open", **opening, resident_mb=resident_mb())
    random = np.random.default_rng(0)
    asked = _questions(folder, model, random)
    models: dict[str, Recommender] = {model.name: model}
    if isinstance(model, Composite) and model.name != "blend":
        models = {"blend": _blend_of(model), **models}
    for name, answering in models.items():
        for titles in (False, True):
            times, found = [], []
            for turn in range(WARM + TIMED):
                items, title = asked[turn % len(asked)]
                request = Request(items, title=title if titles else None)
                began = time.perf_counter()
                ids, _ = answering.recommend(request, RESULTS)
                taken = (time.perf_counter() - began) * 1000
                if turn >= WARM:
                    times.append(taken)
                    found.append(len(ids))
            p50, p95 = np.quantile(times, [0.5, 0.95]).tolist()
            what = f"{name}, {'with' if titles else 'without'} a title"
            talk(what=what, p50=p50, p95=p95, found=statistics.mean(found))
    talk(what="after all", resident_mb=resident_mb(), own_mb=own_mb(), peak_mb=common.peak_mb())


def _questions(
    folder: Path, model: Recommender, random: np.random.Generator
) -> list[tuple[list[Any], str]]:
    """Take ten tracks of playlists that are in the database."""
    with Store.open(folder / "music.db") as store:
        lists = store.playlists.lists()
    lengths = np.diff(lists.starts)
    long = np.flatnonzero(lengths >= SEEDS)
    questions = []
    for row in random.choice(long, min(TIMED, len(long)), replace=False).tolist():
        begin = int(lists.starts[row])
        items = [lists.tracks[int(i)] for i in lists.entries[begin : begin + SEEDS]]
        questions.append((items, str(lists.titles[row])))
    return questions


def _blend_of(model: Composite) -> Blend:
    """Make the blend of the same members, on the same arrays."""
    fields = model.parameters()
    blend = Blend(**{key: fields[key] for key in ("weights", "next_weights", "options")})
    blend.state, blend._catalogue = model.state, model._catalogue
    blend._calibration = model._calibration
    blend._open()
    return blend


def make_table(folder: Path, scale: float, talk: Talk) -> None:
    """Write a table of random neighbours for the whole catalogue."""
    n = round(synthetic.TRACKS * scale)
    random = np.random.default_rng(0)
    model = ItemKNN(k=NEIGHBOURS)
    ids = [TrackId(f"spotify:track:{item:022x}") for item in range(n)]
    model._catalogue = Catalogue.build(ids)
    values = np.sort(random.random((n, NEIGHBOURS), np.float32), axis=1)[:, ::-1].ravel()
    # what `of_matrix` looks at; scipy would check and copy 250 million entries
    matrix: Any = SimpleNamespace(
        indptr=np.arange(n + 1, dtype=np.int64) * NEIGHBOURS,
        indices=random.integers(0, n, n * NEIGHBOURS, np.int32),
        data=np.ascontiguousarray(values),
    )
    table = NeighbourTable.of_matrix(matrix)
    model.state = {
        "popularity": np.full(n, NEIGHBOURS, np.int32),
        **{f"table.{name}": array for name, array in table.arrays().items()},
    }
    model._calibration = Calibration.of_sample(values[:10_000])
    model.save(folder / "table")
    talk(items=n, size_mb=sum(p.stat().st_size for p in (folder / "table").iterdir()) / 1e6)


def open_table(folder: Path, talk: Talk) -> None:
    """Open it, answer one request with ten seeds, then a thousand."""
    before = resident_mb()
    model, opening = timed(lambda: ItemKNN.load(folder / "table"))
    opened = resident_mb()
    n = len(model.items)
    random = np.random.default_rng(1)

    def ask() -> Any:
        seeds = [model.items[int(item)] for item in random.integers(0, n, SEEDS)]
        return model.recommend(Request(seeds), RESULTS)

    _, first = timed(ask)
    after_one = resident_mb()
    _, many = timed(lambda: [ask() for _ in range(1000)])
    talk(
        **opening,
        imports_mb=before,
        opened_mb=opened,
        first_ms=first["seconds"] * 1000,
        first_mb=after_one,
        each_ms=many["seconds"],
        many_mb=resident_mb(),
        own_mb=own_mb(),
    )


def kernel(scale: float, whose: str, talk: Talk) -> None:
    """Make the table of plain cosine from the playlists, by murecom or by sparse_dot_topn alone."""
    from scipy.sparse import csr_matrix
    from sparse_dot_topn import sp_matmul_topn

    made = synthetic.make(scale).interactions()
    data_mb = resident_mb()
    _forget_peak()
    if whose == "murecom":
        data: Any = SimpleNamespace(interactions=made)

        def work() -> int:
            model = ItemKNN(similarity="cosine", shrink=0.0, k=NEIGHBOURS, growth=0.0)
            return len(model._fit(data, no_progress)["table.items"])

    else:

        def work() -> int:
            ones = np.ones(len(made.entries), np.float32)
            shape = (len(made), made.n_items)
            matrix = csr_matrix((ones, made.entries, made.starts), shape=shape)
            matrix.sum_duplicates()
            matrix.data[:] = 1
            norms = np.sqrt(np.bincount(matrix.indices, minlength=made.n_items))
            matrix.data /= norms[matrix.indices].astype(np.float32)
            found = sp_matmul_topn(
                matrix.T.tocsr(), matrix, NEIGHBOURS + 1, threshold=0.0, n_threads=cores()
            )
            return len(found.data)

    entries, cost = timed(work)
    talk(**cost, peak_mb=common.peak_mb(), data_mb=data_mb, neighbours=entries)


def main(stage: str, folder: Path, scale: float) -> None:
    def talk(**line: Any) -> None:
        print(json.dumps(line), flush=True)

    name, _, about = stage.partition(":")
    calls: dict[str, Callable[[], None]] = {
        "fill": lambda: fill(folder, scale, talk),
        "read": lambda: read(folder, talk),
        "member": lambda: member(folder, about, talk),
        "train": lambda: train(folder, talk),
        "requests": lambda: requests(folder, talk),
        "make_table": lambda: make_table(folder, scale, talk),
        "open_table": lambda: open_table(folder, talk),
        "kernel": lambda: kernel(scale, about, talk),
    }
    calls[name]()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))
