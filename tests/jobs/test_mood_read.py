"""Many texts, one a line: line n stays line n, whatever happens."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mood_doubles import letter_model
from murecom.errors import BadInput, NotFound, NotReady, Unreachable
from murecom.jobs import mood_read
from murecom.jobs.mood_read import read_file, read_path
from murecom.mood.model import MoodModel

TEXTS = [f"so sad on day {n}" if n % 3 else "" for n in range(100)] + ["不开心", "😭", "1"]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def model() -> MoodModel:
    return letter_model()


@pytest.fixture(autouse=True)
def _small_units(monkeypatch) -> None:
    monkeypatch.setattr(mood_read, "AT_ONCE", 8)


@pytest.fixture
def texts(tmp_path) -> Path:
    file = tmp_path / "texts.txt"
    file.write_text("\n".join(TEXTS) + "\n", encoding="utf-8")
    return file


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_line_n_is_of_line_n(model, texts, tmp_path):
    out = tmp_path / "moods.jsonl"
    steps = []
    report = read_path(model, texts, out, steps.append)
    found = rows(out)
    assert len(found) == len(TEXTS) == report.lines
    expected = model.read(TEXTS)
    for row, mood in zip(found, expected, strict=True):
        assert row["label"] == mood.label
        assert row["valence"] == pytest.approx(mood.valence, abs=2e-4)
        assert row["language"] == mood.language
        assert set(row) == {"label", "probabilities", "valence", "arousal", "confidence",
                            "language", "classes"}  # fmt: skip
    assert report.no_signal == sum(mood.label == "no_signal" for mood in expected) == 35
    assert sum(report.labels.values()) == report.lines
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[-1].done == steps[-1].total == texts.stat().st_size // 1024
    assert steps[-1].counts == {"texts": len(TEXTS), "no signal": 35}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["moods.jsonl", "texts.txt"]


@pytest.mark.parametrize(
    ("data", "labels"),
    [
        (b"", 0),
        (b"\n\n\n", 3),
        (b"sad", 1),
        (b"sad\r\n\r\nsad\r\n", 3),
        ("sad\n".encode("utf-16"), 1),
        ("今天真的很难过\n\n我们都很高兴".encode("gb18030"), 3),
        ("今天真的很難過\n\n我們都很高興".encode("big5"), 3),
        (bytes(range(256)) * 50, 50),
        (b"x" * 3_000_000 + b"\nsad\n", 2),
    ],
)
def test_any_file(model, tmp_path, data, labels):
    texts, out = tmp_path / "texts", tmp_path / "moods"
    texts.write_bytes(data)
    report = read_path(model, texts, out)
    assert len(rows(out)) == report.lines
    if b"\0" not in data or data.startswith(b"\xff\xfe"):
        assert report.lines == labels
    stream = io.StringIO()
    read_file(model, io.BytesIO(data), stream)
    assert stream.getvalue() == out.read_text("utf-8")


class Stopped(MoodModel):
    """Is interrupted when it has read so many units."""

    left = 0

    def read(self, texts):
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return super().read(texts)


def stopped_after(units: int) -> MoodModel:
    model = letter_model()
    found = Stopped(model.encoder, model.head)
    found.left = units
    return found


@pytest.mark.parametrize("torn", [0, 1, 5, 700])
def test_an_interrupted_run_is_gone_on_with(model, texts, tmp_path, torn):
    calm, out = tmp_path / "calm", tmp_path / "moods"
    read_path(model, texts, calm)
    with pytest.raises(KeyboardInterrupt):
        read_path(stopped_after(4), texts, out)
    assert not out.exists()
    draft = tmp_path / "moods.part"
    assert len(rows(draft)) == 32
    os.truncate(draft, draft.stat().st_size - torn)  # killed in the middle of a line
    report = read_path(model, texts, out)
    assert out.read_bytes() == calm.read_bytes()
    assert report.lines == len(TEXTS)
    assert report.resumed == (24 if torn else 32)
    assert report.no_signal == 35
    assert sorted(path.name for path in tmp_path.iterdir()) == ["calm", "moods", "texts.txt"]


@pytest.mark.parametrize("change", ["texts", "model", "rubbish", "mark"])
def test_a_draft_of_something_else_is_not_used(model, texts, tmp_path, change):
    out, draft = tmp_path / "moods", tmp_path / "moods.part"
    with pytest.raises(KeyboardInterrupt):
        read_path(stopped_after(4), texts, out)
    if change == "texts":
        texts.write_text("sad\nhappy\n", encoding="utf-8")
    elif change == "model":
        model = letter_model(seed=6)
    elif change == "rubbish":
        draft.write_bytes(b"rubbish\n" * 200)
    else:
        (tmp_path / "moods.part.json").write_text("{")
    report = read_path(model, texts, out)
    assert report.resumed == 0
    calm = tmp_path / "calm"
    read_path(model, texts, calm)
    assert out.read_bytes() == calm.read_bytes()


def test_a_run_that_was_killed_at_its_very_end(model, texts, tmp_path, monkeypatch):
    calm, out, draft = tmp_path / "calm", tmp_path / "moods", tmp_path / "moods.part"
    read_path(model, texts, calm)
    with monkeypatch.context() as patch:
        patch.setattr(mood_read, "_tell", lambda *rest: None)
        patch.setattr(mood_read.os, "replace", lambda *rest: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            read_path(model, texts, out)
    draft.write_bytes(draft.read_bytes() + b"{}\n")
    assert read_path(model, texts, out).resumed == len(TEXTS)
    assert out.read_bytes() == calm.read_bytes()


def test_the_input_is_never_written_over(model, texts, tmp_path):
    before = texts.read_bytes()
    link = tmp_path / "link"
    link.symlink_to(texts)
    draft = tmp_path / "moods.part"
    os.link(texts, draft)
    for source, out in ((texts, texts), (texts, link), (texts, tmp_path / "moods")):
        with pytest.raises(BadInput, match="is the file that is read"):
            read_path(model, source, out)
        assert texts.read_bytes() == before


def test_what_cannot_be_read_or_written(model, texts, tmp_path):
    with pytest.raises(NotFound, match="no file"):
        read_path(model, tmp_path / "none", tmp_path / "moods")
    with pytest.raises(BadInput, match="is a folder"):
        read_path(model, tmp_path, tmp_path / "moods")
    with pytest.raises(Unreachable, match="cannot be written"):
        read_path(model, texts, tmp_path / "no folder" / "moods")
    (tmp_path / "moods.part").mkdir()
    with pytest.raises(Unreachable, match="cannot be written"):
        read_path(model, texts, tmp_path / "moods")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_and_other_things_that_are_no_files(model, texts):
    with pytest.raises(OSError, match="No space"):
        read_path(model, texts, Path("/dev/full"))
    read_path(model, texts, Path("/dev/null"))
    assert not Path("/dev/null").is_file()


def test_a_pipe(model, texts, tmp_path):
    pipe, out = tmp_path / "pipe", tmp_path / "moods"
    os.mkfifo(pipe)
    with subprocess.Popen(
        [sys.executable, "-c", f"open({str(pipe)!r}, 'wb').write(b'sad\\n' * 20)"]
    ):
        report = read_path(model, pipe, out)
    assert report.lines == len(rows(out)) == 20


def test_long_lines_make_small_units(model, monkeypatch):
    monkeypatch.setattr(mood_read, "BYTES_AT_ONCE", 100)
    sizes = []
    monkeypatch.setattr(MoodModel, "read", lambda self, texts: sizes.append(len(texts)) or [])
    read_file(model, io.BytesIO((b"x" * 60 + b"\n") * 6 + b"y\n" * 20), io.StringIO())
    assert sizes == [2, 2, 2, 8, 8, 4]


CHILD = """
import sys, time
from pathlib import Path
from murecom.jobs import mood_read
from mood_doubles import letter_model
mood_read.AT_ONCE = 8
model = letter_model()
print("ready", flush=True)
mood_read.read_path(model, Path(sys.argv[1]), Path(sys.argv[2]), lambda step: time.sleep(0.005))
"""


@pytest.mark.slow
def test_killed_runs_end_like_an_undisturbed_one(model, tmp_path):
    texts, out, calm = tmp_path / "texts", tmp_path / "moods", tmp_path / "calm"
    texts.write_text("\n".join(TEXTS * 20), encoding="utf-8")
    read_path(model, texts, calm)
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'tests'}"}
    command = [sys.executable, "-c", CHILD, str(texts), str(out)]
    kills = 0
    for number in range(8):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
        assert process.stdout.readline() == b"ready\n"
        time.sleep(0.05 + 0.03 * number)
        kills += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if out.exists():
            break
    assert kills >= 3
    report = read_path(model, texts, out)
    assert report.resumed > 0 or kills < 8
    assert out.read_bytes() == calm.read_bytes()


def test_two_runs_do_not_write_one_file(model, texts, tmp_path):
    out = tmp_path / "moods"
    refused = []

    def again(step) -> None:
        with pytest.raises(NotReady, match="Another run writes to"):
            read_path(model, texts, out)
        refused.append(step)

    read_path(model, texts, out, again)
    assert refused
    assert len(rows(out)) == len(TEXTS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["moods", "texts.txt"]
    (tmp_path / "moods.part.lock").touch()  # of a killed run
    assert read_path(model, texts, out).lines == len(TEXTS)


def test_another_file_of_the_same_size_and_time_is_another_one(model, texts, tmp_path):
    out, other = tmp_path / "moods", tmp_path / "other.txt"
    with pytest.raises(KeyboardInterrupt):
        read_path(stopped_after(4), texts, out)
    other.write_bytes(texts.read_bytes().replace(b"sad", b"mad"))
    state = texts.stat()
    os.utime(other, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert read_path(model, other, out).resumed == 0
