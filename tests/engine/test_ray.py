"""The Ray engine keeps the promises of the local one, on a real cluster of two nodes."""

import os
import re
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from murecom.config import Settings
from murecom.engine.base import Outcome
from murecom.engine.choice import cluster_of, engine_of
from murecom.engine.local import Local
from murecom.engine.ray import Ray
from murecom.errors import BadInput, MissingExtra, Unreachable
from murecom.interactions import Interactions
from murecom.recommend import neighbour_rows
from murecom.recommend.base import Data
from murecom.recommend.item_knn import ItemKNN

MEMORY = 80 * 2**20


def square(n: int) -> int:
    return n * n


def misbehave(what: str) -> str:
    if what == "raise":
        raise ValueError("no")
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "hang":
        time.sleep(60)
    return what


def surroundings(_: int) -> tuple[str | None, int, int]:
    time.sleep(0.3)  # so that nobody does everything
    # its parent is the raylet of its node
    return os.environ.get("OPENBLAS_NUM_THREADS"), os.getppid(), os.getpid()


def row_sum(row: int, matrix: np.ndarray, more: int) -> float:
    assert not matrix.flags.writeable
    return float(matrix[row].sum()) + more


def nothing_to_pickle(_: int) -> object:
    return (n for n in range(3))


@pytest.fixture(scope="module")
def nodes():
    """Start two nodes with one processor each."""
    pytest.importorskip("ray", reason="ray is not installed: pip install '.[cluster]'")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        from ray.cluster_utils import Cluster

        node = {"num_cpus": 1, "object_store_memory": MEMORY}
        nodes = Cluster(initialize_head=True, head_node_args={**node, "include_dashboard": False})
        nodes.add_node(**node)
        yield nodes
        nodes.shutdown()


@pytest.fixture
def cluster(nodes):
    """Give the address of the cluster."""
    return f"127.0.0.1:{nodes.address.rpartition(':')[2]}"


# -- without a cluster ------------------------------------------------------------------------


def test_a_setting_chooses_the_engine():
    settings = Settings.model_validate({"library": {"workers": 3}})
    assert engine_of(settings, [Path("nowhere")]) == Local(workers=3)
    assert cluster_of(settings) is None
    settings = Settings.model_validate({"engine": {"kind": "ray"}, "library": {"workers": 3}})
    assert engine_of(settings) == cluster_of(settings) == Ray("auto", 3)
    settings = Settings.model_validate({"engine": {"kind": "ray", "address": "10.0.0.5:6379"}})
    assert engine_of(settings) == Ray("10.0.0.5:6379")


def test_the_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtra, match=re.escape(".[cluster]")):
        list(Ray().map(square, [1]))


def test_nothing_to_do_needs_no_cluster():
    assert list(Ray("127.0.0.1:1").map(square, [])) == []


# -- on two nodes -----------------------------------------------------------------------------


@pytest.mark.server
def test_every_batch_comes_back_once(cluster):
    outcomes = list(Ray(cluster).map(square, range(25)))
    assert sorted((o.batch, o.value) for o in outcomes) == [(n, n * n) for n in range(25)]


@pytest.mark.server
def test_both_nodes_work_with_one_thread_each(cluster):
    outcomes = list(Ray(cluster).map(surroundings, range(8)))
    assert {o.value[0] for o in outcomes} == {"1"}
    assert len({o.value[1] for o in outcomes}) == 2
    assert len({o.value[2] for o in outcomes}) == 2


@pytest.mark.server
def test_a_bad_batch_costs_itself_only(cluster, capfd):
    batches = ["a", "raise", "b", "die", "c", "hang", "d", "e", "f"]
    outcomes = {o.batch: o for o in Ray(cluster).map(misbehave, batches, timeout=3)}
    assert set(outcomes) == set(batches)
    assert all(outcomes[b] == Outcome(b, value=b) for b in "abcdef")
    assert outcomes["raise"].error == "ValueError: no"
    assert outcomes["die"].error == "The worker process died."
    assert "longer than 3 s" in outcomes["hang"].error
    assert capfd.readouterr().out == ""


@pytest.mark.server
def test_batches_that_kill_cost_nobody_who_stands_beside_them(cluster):
    batches = [f"{n}" if n % 3 else "die" for n in range(12)]
    outcomes = list(Ray(cluster).map(misbehave, batches))
    assert sorted(o.batch for o in outcomes) == sorted(batches)
    assert all((o.batch == "die") == (o.error is not None) for o in outcomes)


@pytest.mark.server
def test_a_result_that_cannot_travel_is_told(cluster):
    outcomes = list(Ray(cluster).map(nothing_to_pickle, [1, 2]))
    assert all("generator" in o.error for o in outcomes)


@pytest.mark.server
def test_what_is_shared_arrives_read_only_and_as_it_was(cluster):
    matrix = np.random.default_rng(0).random((6, 50_000))
    matrix.flags.writeable = False
    expected = {n: float(matrix[n].sum()) + 5 for n in range(6)}
    outcomes = Ray(cluster).map(row_sum, range(6), shared=(matrix, 5))
    assert {o.batch: o.value for o in outcomes} == expected


@pytest.mark.server
def test_batches_are_taken_lazily_and_closing_ends_the_workers(cluster):
    taken = []

    def source():
        for n in range(100):
            taken.append(n)
            yield n

    outcomes = Ray(cluster).map(surroundings, source())
    first = next(outcomes)
    assert len(taken) < 10
    outcomes.close()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and Path(f"/proc/{first.value[2]}").exists():
        time.sleep(0.05)
    assert not Path(f"/proc/{first.value[2]}").exists()


@pytest.mark.server
def test_more_workers_than_processors_do_no_harm(cluster):
    outcomes = list(Ray(cluster, workers=5).map(square, range(10)))
    assert sorted(o.value for o in outcomes) == [n * n for n in range(10)]


@pytest.mark.server
def test_a_node_that_is_lost_costs_what_it_was_at(nodes, cluster):
    third = nodes.add_node(num_cpus=1, object_store_memory=MEMORY)
    outcomes = []
    for outcome in Ray(cluster).map(surroundings, range(30)):
        outcomes.append(outcome)
        if third and len({o.value[1] for o in outcomes if o.value}) == 3:
            nodes.remove_node(third, allow_graceful=False)
            third = None
    assert third is None
    assert sorted(o.batch for o in outcomes) == list(range(30))
    lost = [o.error for o in outcomes if o.error]
    assert lost in ([], ["The worker process died."])


@pytest.mark.server
def test_workers_that_cannot_start_are_told(cluster):
    with pytest.raises(Unreachable, match="do not start"):
        list(Ray(cluster).map(square, [1], shared=(Fragile(),)))


@pytest.mark.server
def test_folders_that_a_node_cannot_read_are_named(cluster, tmp_path, monkeypatch):
    settings = Settings.model_validate({"engine": {"kind": "ray", "address": cluster}})
    assert engine_of(settings, [tmp_path, tmp_path / "unplugged"]) == Ray(cluster)
    here = os.getpid()
    monkeypatch.setattr(
        "murecom.engine.ray._closed", lambda names: [] if os.getpid() == here else list(names)
    )
    with pytest.raises(BadInput, match=r"node [0-9.]+ .*cannot read /only-here"):
        engine_of(settings, [Path("/only-here")])


@pytest.mark.server
def test_a_cluster_that_does_not_answer_is_told():
    pytest.importorskip("ray", reason="ray is not installed: pip install '.[cluster]'")
    with pytest.raises(Unreachable, match="ray start --head"):
        list(Ray("127.0.0.1:1").map(square, [1]))


class Fragile:
    """Something that breaks when a worker unpacks it."""

    def __reduce__(self):
        return int, ("no number",)


@pytest.mark.server
def test_neighbours_from_the_cluster_are_those_of_one_machine(cluster, monkeypatch):
    pytest.importorskip("sparse_dot_topn", reason="the extra `playlists` is not installed")
    random = np.random.default_rng(0)
    rows = [random.zipf(1.3, random.integers(2, 20)) % 500 for _ in range(1_000)]
    starts = np.cumsum([0, *map(len, rows)])
    lists = Interactions(starts, np.concatenate(rows).astype(np.int32), 500)
    data = Data([f"test:{i}" for i in range(500)], interactions=lists)
    monkeypatch.setattr(neighbour_rows, "BLOCK_WORK", 20_000)
    for shrink in (0.0, 20.0):
        there = ItemKNN(shrink=shrink)
        there.engine = Ray(cluster)
        there.fit(data)
        here = ItemKNN(shrink=shrink, n_threads=1).fit(data)
        for name, array in here.state.items():
            assert np.array_equal(there.state[name], array), name


@pytest.mark.server
def test_a_scan_on_the_cluster_finds_what_one_machine_finds(cluster, tmp_path):
    import sounds  # not above: workers import this file, too
    from murecom.service import Murecom

    music = tmp_path / "music"
    sounds.library(music, artists=2, tracks=2)
    (music / "broken.mp3").write_bytes(b"no sound")
    found = []
    there = {"engine.kind": "ray", "engine.address": cluster}
    for name, flags in (("there", there), ("here", {"library.workers": 1})):
        with Murecom(home=tmp_path / name, flags=flags) as app:
            report = app.scan([music])
            assert (report.added, report.failed) == (4, 1)
            ids = sorted(track.id for track in app.store.tracks.iter())
            keys = app.store.vectors.keys()
            found.append({(i, k): app.store.vectors.get(i, k).tobytes() for i in ids for k in keys})
    assert found[0] == found[1]
    assert found[0]
