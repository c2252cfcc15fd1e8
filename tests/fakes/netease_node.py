"""The real npm packages, run in front of the fake NetEase; see netease_node.js."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

import pytest

HERE = Path(__file__).resolve().parent
INSTALLED = HERE.parents[1] / ".demo" / "node"
PATIENCE = 60.0
"Seconds for it to load its four hundred modules; two are usual."


def find_package(name: str) -> Path:
    """Give the folder of an npm package, or skip; NODE_PATH names folders to look in, too."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed (apt install nodejs npm)")
    more = [Path(place) for place in os.environ.get("NODE_PATH", "").split(os.pathsep) if place]
    for place in (INSTALLED / "node_modules", *more):
        if (place / name / "package.json").is_file():
            return place / name
    pytest.skip(
        f"the npm package {name} is not installed (mkdir -p .demo/node && "
        "cp tests/fakes/node/package.json .demo/node && npm install --prefix .demo/node "
        "--ignore-scripts --no-package-lock)"
    )


@contextmanager
def run_package(folder: Path, upstream: str, temporary: Path) -> Iterator[str]:
    """Run a package in front of an address and give its own; fails if it calls anybody else."""
    node = subprocess.Popen(
        ["node", str(HERE / "netease_node.js"), str(folder), upstream],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        cwd=temporary,
        env={"PATH": os.environ["PATH"], "HOME": str(temporary), "TMPDIR": str(temporary)},
    )
    said: list[str] = []
    ports: Queue[int] = Queue()

    def listen() -> None:
        assert node.stdout is not None
        for line in node.stdout:
            said.append(line)
            if line.startswith("ready "):
                ports.put(int(line.split()[1]))

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        try:
            port = ports.get(timeout=PATIENCE)
        except Empty:
            pytest.fail(f"{folder.name} did not start:\n{''.join(said)[-2000:]}")
        yield f"http://127.0.0.1:{port}"
    finally:
        assert node.stdin is not None
        assert node.stdout is not None
        node.stdin.close()
        try:
            node.wait(10)
        except subprocess.TimeoutExpired:
            node.kill()
            node.wait()
        thread.join(10)
        node.stdout.close()
    reached = [line for line in said if line.startswith("egress")]
    assert not reached, reached
