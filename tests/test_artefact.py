"""Artefacts: one step for whoever reads, whatever happens to whoever writes."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from murecom import artefact
from murecom.errors import BadInput, NotReady, Unreachable
from murecom.testing import full_disk


def arrays(value: float, n: int = 5) -> dict[str, np.ndarray]:
    return {"a": np.full(n, value), "b.text": np.array(["é", "乐"])}


def test_round_trip(tmp_path: Path) -> None:
    artefact.save(tmp_path / "new" / "x", arrays(1), {"class": "x", "metrics": {"odd": np.nan}})
    manifest, back = artefact.load(tmp_path / "new" / "x")
    assert manifest["class"] == "x"
    assert manifest["metrics"] == {"odd": None}
    assert manifest["format"] == artefact.FORMAT
    assert back["a"].tolist() == [1.0] * 5
    assert back["b.text"].tolist() == ["é", "乐"]
    artefact.verify(tmp_path / "new" / "x")


def test_large_arrays_are_mapped(tmp_path: Path) -> None:
    artefact.save(tmp_path, arrays(1, 1 << 20), {})
    _, back = artefact.load(tmp_path)
    assert isinstance(back["a"].base, np.memmap)
    assert not back["a"].flags.writeable


def test_a_second_save_replaces_the_first(tmp_path: Path) -> None:
    artefact.save(tmp_path, arrays(1), {})
    _, old = artefact.load(tmp_path)
    artefact.save(tmp_path, {"a": np.zeros(2)}, {})
    assert len(list(tmp_path.iterdir())) == 2
    assert list(artefact.load(tmp_path)[1]) == ["a"]
    assert old["a"][0] == 1  # whoever had opened the old one keeps it


def test_a_full_disk_leaves_the_old_one(tmp_path: Path) -> None:
    artefact.save(tmp_path, arrays(1), {})
    with full_disk(), pytest.raises(Unreachable, match=r"disk is full.*still there"):
        artefact.save(tmp_path, arrays(2), {})
    assert artefact.load(tmp_path)[1]["a"][0] == 1
    assert len(list(tmp_path.iterdir())) == 3  # nothing half-written stays


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kw: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "mkdir", refuse)  # root may write anywhere, so ask nobody
    with pytest.raises(Unreachable, match="Permission denied"):
        artefact.save(tmp_path / "x", arrays(1), {})


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(Unreachable):
        artefact.save(tmp_path / "x", arrays(1), {})
    with pytest.raises(NotReady):
        artefact.load(tmp_path / "x")


def test_objects_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Object"):
        artefact.save(tmp_path, {"a": np.array([object()])}, {})
    assert not list(tmp_path.iterdir())


def test_killed_at_any_moment_it_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    artefact.save(tmp_path, arrays(0, 1000), {})
    writer = (
        "import sys, numpy as np\nfrom murecom import artefact\n"
        "print('go', flush=True)\n"
        "for i in range(1, 1000):\n"
        "    artefact.save(sys.argv[1], {'a': np.full(1000, i), 'b': np.full(1000, i)}, {})\n"
    )
    for i in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", writer, str(tmp_path)], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.004 * i + 0.001)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        artefact.verify(tmp_path)
        _, back = artefact.load(tmp_path)
        assert len({float(v) for a in back.values() if a.dtype.kind != "U" for v in a}) == 1


def test_leftovers_of_a_killed_save_are_swept_later(tmp_path: Path) -> None:
    stale, fresh = tmp_path / "a-dead.npy", tmp_path / "a-beef.npy"
    for path in (stale, fresh, tmp_path / "notes.txt"):
        path.write_bytes(b"x")
    os.utime(stale, (1, 1))
    artefact.save(tmp_path, arrays(1), {})
    assert not stale.exists()
    assert fresh.exists()  # another save may be writing it right now
    assert (tmp_path / "notes.txt").exists()


def test_a_later_format_is_not_guessed_at(tmp_path: Path) -> None:
    artefact.save(tmp_path, arrays(1), {})
    path = tmp_path / artefact.MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": artefact.FORMAT + 1}))
    with pytest.raises(NotReady, match=r"later murecom.*murecom train"):
        artefact.load(tmp_path, remedy="murecom train")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", '{"format": 1}', '{"format": "1", "arrays": {}}', "\x00\x01"],
)
def test_a_damaged_manifest_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / artefact.MANIFEST).write_text(text)
    with pytest.raises(BadInput, match=r"damaged.*Make it again: murecom scan"):
        artefact.load(tmp_path)


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"file": "../x.npy", "bytes": 1},
        {"file": "gone.npy", "bytes": 1},
        {"file": "x.npy", "bytes": 3},
        [],
    ],
)
def test_a_damaged_entry_is_told(tmp_path: Path, entry: object) -> None:
    (tmp_path / "x.npy").write_bytes(b"abc")
    (tmp_path.parent / "x.npy").write_bytes(b"a")
    (tmp_path / artefact.MANIFEST).write_text(json.dumps({"format": 1, "arrays": {"x": entry}}))
    with pytest.raises(BadInput, match="damaged"):
        artefact.load(tmp_path)


def test_pickled_arrays_are_not_read(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([{}], dtype=object), allow_pickle=True)
    size = (tmp_path / "x.npy").stat().st_size
    entry = {"file": "x.npy", "bytes": size, "sha256": ""}
    (tmp_path / artefact.MANIFEST).write_text(json.dumps({"format": 1, "arrays": {"x": entry}}))
    with pytest.raises(BadInput, match="damaged"):
        artefact.load(tmp_path)


def test_changed_bytes_are_found_by_verify(tmp_path: Path) -> None:
    artefact.save(tmp_path, arrays(1), {})
    path = next(tmp_path.glob("a-*.npy"))
    path.write_bytes(path.read_bytes()[:-1] + b"\x41")
    artefact.load(tmp_path)
    with pytest.raises(BadInput, match="checksum"):
        artefact.verify(tmp_path)


def test_a_save_between_manifest_and_arrays_is_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    artefact.save(tmp_path, arrays(1), {})
    read = artefact.read_manifest
    saved = []

    def late(*args: object, **kw: object) -> dict:
        manifest = read(*args, **kw)
        if not saved:
            saved.append(artefact.save(tmp_path, arrays(2), {"second": True}))
        return manifest

    monkeypatch.setattr(artefact, "read_manifest", late)
    manifest, back = artefact.load(tmp_path)
    assert manifest["second"]
    assert back["a"][0] == 2
