"""The networks themselves, on photographs that other packages bring along.

Needs the extra `face` and the networks in .demo/face, which `./run test --all` fetches.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from murecom.errors import BadInput
from murecom.jobs import face_model
from murecom.mood.face_network import SmallNetwork
from murecom.mood.picture import Picture, open_picture

HOME = Path(__file__).resolve().parents[2] / ".demo" / "face"

Image = pytest.importorskip("PIL.Image", reason="the extra 'face' is not installed")
pytest.importorskip("ai_edge_litert", reason="the extra 'face' is not installed")


@pytest.fixture(scope="module")
def reader():
    if not (face_model.folder_of(HOME) / face_model.MANIFEST).is_file():
        pytest.skip("no networks in .demo/face (murecom --home .demo/face mood get-face-model)")
    return face_model.load(HOME)


@pytest.fixture(scope="module")
def portrait():
    """Give a portrait from the sample data of matplotlib: Grace Hopper, calm; US Navy, free."""
    matplotlib = pytest.importorskip("matplotlib", reason="the extra 'plots' is not installed")
    file = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    if not file.is_file():
        pytest.skip("this matplotlib has no grace_hopper.jpg")
    return open_picture(file).pixels


def test_the_face_of_a_portrait_is_found_and_calm(reader, portrait):
    answer = reader.read(Picture(portrait))
    [face] = answer.faces
    assert face.box == pytest.approx((0.332, 0.242, 0.386, 0.329), abs=0.03)
    assert face.score > 0.9
    assert answer.mood.label == "neutral"
    assert answer.mood.confidence > 0.4
    assert abs(answer.mood.valence) < 0.25


@pytest.mark.parametrize("angle", [-25, 25])
def test_a_leaning_head(reader, portrait, angle):
    leaning = Image.fromarray(portrait).rotate(angle, fillcolor=(90, 90, 90))
    answer = reader.read(Picture(np.asarray(leaning)))
    assert len(answer.faces) == 1
    assert answer.mood.label == "neutral"


def test_several_and_small_faces_in_a_large_picture(reader, portrait):
    scene = Image.new("RGB", (1600, 1200), (90, 110, 90))
    for scale, place in ((1.0, (40, 500)), (0.5, (900, 60)), (0.4, (1300, 800))):
        size = (round(512 * scale), round(600 * scale))
        scene.paste(Image.fromarray(portrait).resize(size), place)
    answer = reader.read(Picture(np.asarray(scene)))
    assert len(answer.faces) == 3
    areas = np.array([1.0, 0.25, 0.16])
    weights = [face.weight for face in answer.faces]
    np.testing.assert_allclose(weights, areas / areas.sum(), atol=0.06)


def test_a_face_that_fills_the_picture(reader, portrait):
    close = Picture(np.ascontiguousarray(portrait[140:350, 165:370]))
    assert len(reader.read(close).faces) == 1


@pytest.mark.parametrize("kind", ["noise", "stripes", "flat", "discs"])
def test_no_face_where_there_is_none(reader, kind):
    y, x = np.mgrid[:700, :900]
    grey = {
        "noise": np.random.default_rng(1).integers(0, 255, (700, 900)),
        "stripes": (x // 20 % 2) * 255,
        "flat": np.full((700, 900), 120),
        "discs": ((x % 150 - 75) ** 2 + (y % 150 - 75) ** 2 < 3000) * 200,
    }[kind].astype(np.uint8)
    answer = reader.read(Picture(np.repeat(grey[..., None], 3, axis=2)))
    assert answer.faces == ()
    assert answer.mood.label == "no_signal"


def test_another_network_is_refused(reader):
    content = (face_model.folder_of(HOME) / "detector.tflite").read_bytes()
    with pytest.raises(BadInput, match="shapes"):
        SmallNetwork(content, (1, 64, 64, 1), (1, 7))
