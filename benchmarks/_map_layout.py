"""Place vectors with one layout library: `_map_layout.py NAME VECTORS.npy PLACES.npy`.

Runs under the interpreter that holds the libraries; prints one JSON line with CPU-seconds (import
included and apart), wall seconds and peak memory. Settings are the library's own defaults, but for
the seed, the number of threads (one) and the start (PCA where it can be chosen).
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import _common as common

warnings.simplefilter("ignore")


def place(name: str, vectors):  # type: ignore[no-untyped-def]
    """Give the places and the processor time at which the library was imported."""
    perplexity = min(30, (len(vectors) - 1) / 3)
    if name == "umap-learn":
        import umap

        ready = time.process_time()
        return umap.UMAP(metric="cosine", random_state=0, n_jobs=1).fit_transform(vectors), ready
    if name == "openTSNE":
        from openTSNE import TSNE

        ready = time.process_time()
        chosen = {"perplexity": perplexity, "initialization": "pca", "neighbors": "exact"}
        return np.asarray(TSNE(**chosen, random_state=0, n_jobs=1).fit(vectors)), ready
    if name == "scikit-learn":
        from sklearn.manifold import TSNE

        ready = time.process_time()
        fit = TSNE(perplexity=perplexity, init="pca", random_state=0, n_jobs=1)
        return fit.fit_transform(vectors), ready
    if name == "pacmap":
        import pacmap

        ready = time.process_time()
        return pacmap.PaCMAP(random_state=0).fit_transform(vectors, init="pca"), ready
    if name == "trimap":
        import trimap

        ready = time.process_time()
        return trimap.TRIMAP(verbose=False).fit_transform(vectors), ready
    if name == "pymde":
        import pymde

        ready = time.process_time()
        pymde.seed(0)
        return pymde.preserve_neighbors(vectors, init="quadratic").embed().numpy(), ready
    raise SystemExit(f"There is no layout '{name}'.")


def main() -> None:
    name, source, target = sys.argv[1:]
    vectors = np.load(source)
    began, wall = time.process_time(), time.perf_counter()
    places, ready = place(name, vectors)
    seconds = time.process_time() - began
    np.save(target, np.asarray(places, np.float64))
    line = {
        "version": common.version(name),
        "cpu": seconds,
        "import": ready - began,
        "wall": time.perf_counter() - wall,
        "mb": common.peak_mb(),
    }
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
