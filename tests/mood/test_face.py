"""From a picture to a mood, with networks that see coloured squares."""

from __future__ import annotations

import io
import threading

import numpy as np
import pytest
from tests.mood import face_doubles as doubles

from murecom.errors import BadInput
from murecom.mood.picture import Picture
from murecom.types import to_json

Image = pytest.importorskip("PIL.Image", reason="the extra 'face' is not installed")


def read(*faces, size=(1280, 900), **about):
    return doubles.reader().read(Picture(doubles.picture(*size, faces, **about)))


def test_one_face():
    answer = read(("happy", 300, 200, 300))
    [face] = answer.faces
    assert answer.mood.label == "joy"
    assert (answer.mood.valence, answer.mood.arousal) == pytest.approx((0.8, 0.5), abs=1e-3)
    assert face.weight == 1
    assert face.box == pytest.approx((300 / 1280, 200 / 900, 300 / 1280, 300 / 900), abs=0.02)
    assert face.expressions["happy"] == 1
    assert answer.notes == ()


def test_several_faces_count_by_area_the_largest_first():
    answer = read(("sad", 900, 500, 150), ("happy", 50, 100, 300))
    assert [round(face.weight, 1) for face in answer.faces] == [0.8, 0.2]
    assert answer.mood.label == "joy"
    assert answer.mood.valence == pytest.approx(0.8 * 0.8 - 0.2 * 0.7, abs=0.03)


def test_no_face():
    answer = read()
    assert (answer.mood.label, answer.mood.confidence, answer.faces) == ("no_signal", 0, ())
    assert "No face was found" in answer.notes[0]


def test_faces_too_small_to_read():
    answer = read(("happy", 40, 40, 22), size=(160, 160))
    assert answer.mood.label == "no_signal"
    assert "too small" in answer.notes[0]
    answer = read(("happy", 60, 60, 80), ("sad", 2, 2, 22), size=(160, 160))
    assert answer.mood.label == "joy"
    assert answer.notes == ("1 face was too small to read.",)


def test_a_face_at_the_edge():
    assert read(("angry", -60, 200, 300)).mood.label == "anger"


def test_content_of_a_file_with_a_turn_and_the_json_of_the_answer():
    exif = Image.Exif()
    exif[0x0112] = 6  # stored lying on its side
    upright = doubles.picture(400, 900, [("sad", 100, 50, 200)])
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(np.rot90(upright))).save(file, "PNG", exif=exif)
    answer = doubles.reader().read(file.getvalue())
    assert answer.faces[0].box[:2] == pytest.approx((100 / 400, 50 / 900), abs=0.02)
    plain = to_json(answer)
    assert set(plain) == {"mood", "faces", "notes"}
    assert set(plain["faces"][0]) == {"box", "score", "weight", "expressions"}


def test_not_a_picture():
    with pytest.raises(BadInput, match="not a picture"):
        doubles.reader().read(b"text")


def test_the_same_picture_gives_the_same_answer_in_many_threads():
    reader = doubles.reader()
    picture = Picture(doubles.picture(640, 480, [("happy", 100, 100, 200)]))
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(reader.read(picture))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == answers[:1] * 4
