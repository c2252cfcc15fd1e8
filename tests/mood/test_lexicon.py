"""The lexicon of the original: counts of words, by class."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import dutir_file
from murecom.errors import BadInput, NotReady
from murecom.mood.dutir import Sense, read_dutir
from murecom.mood.labels import CODES, FELT, ORIGINAL, points
from murecom.mood.lexicon import KEYWORDS, Lexicon, LexiconVoice

SENSES = (
    Sense("高兴", "PA", 5),
    Sense("伤心", "NB", 7, "NJ", 3),
    Sense("今天", "PF", 1),
    Sense("后悔", "NH", 5),
    Sense("后悔", "NB", 5),
)


@pytest.fixture
def lexicon() -> Lexicon:
    return Lexicon.of(SENSES, {"file": "made up"})


def of(row: np.ndarray) -> dict[str, float]:
    return {CODES[c]: round(float(row[c]), 4) for c in np.flatnonzero(row)}


def test_second_classes_count_with_their_own_intensity(lexicon: Lexicon) -> None:
    hits = lexicon.read(["我很伤心！"])
    assert of(hits.classes[0]) == {"NB": 0.7, "NJ": 0.3}
    assert FELT[hits.probabilities[0].argmax()] == "sadness"
    assert hits.points[0] == pytest.approx(hits.classes[0] @ points())
    assert 0 < hits.confidence[0] < 1


def test_intensity_times_count(lexicon: Lexicon) -> None:
    hits = lexicon.read(["高兴，高兴，伤心"])
    assert of(hits.classes[0]) == {"PA": 0.5, "NB": 0.35, "NJ": 0.15}


def test_a_word_of_two_rows_counts_once(lexicon: Lexicon) -> None:
    assert len(lexicon.words) == 4
    assert of(lexicon.read(["后悔 高兴"]).classes[0]) == {"NH": 0.25, "NB": 0.25, "PA": 0.5}


def test_traditional_script_is_read(lexicon: Lexicon) -> None:
    assert of(lexicon.read(["我很傷心"]).classes[0]) == of(lexicon.read(["我很伤心"]).classes[0])


def test_nothing_found_is_no_mood(lexicon: Lexicon) -> None:
    hits = lexicon.read(["", "hello", "🙂", "的" * 100_000, "a\udcff"])
    for array in (hits.classes, hits.probabilities, hits.points, hits.confidence):
        assert not array.any()
    assert len(hits.confidence) == 5
    assert lexicon.read([]).classes.shape == (0, len(CODES))


def test_idf_lowers_what_everybody_says(lexicon: Lexicon) -> None:
    texts = ["今天下雨", "今天很忙", "今天高兴", "今天伤心"]
    learned = lexicon.fit_idf(texts)
    before, after = lexicon.read(["今天高兴"]), learned.read(["今天高兴"])
    assert of(before.classes[0])["PF"] > 0
    assert of(after.classes[0]) == {"PA": 1.0}
    assert learned.read(["今天"]).confidence[0] == 0
    assert not lexicon.fit_idf([]).idf


def test_keywords_are_few_and_the_weightiest(lexicon: Lexicon) -> None:
    learned = lexicon.fit_idf(["今天高兴", "今天伤心"])
    text = "今天" + "".join(chr(0x4E00 + n) * 2 + "，" for n in range(60)) + "高兴"
    words = learned.keywords(text)
    assert len(words) == KEYWORDS
    weights = [weight for _, weight in words]
    assert weights == sorted(weights, reverse=True)
    assert "今天" not in dict(words)
    assert lexicon.keywords("高兴的高兴") == [("高兴", 2.0)]  # one character is no keyword


def test_voice_is_flat_where_little_is_known(lexicon: Lexicon) -> None:
    voice = LexiconVoice(lexicon)
    said, evidence = voice.speak(["", "伤心", "伤心 后悔 高兴"], np.zeros((3, 4), np.float32))
    assert said.dtype == evidence.dtype == np.float32
    assert said.sum(axis=1) == pytest.approx(np.ones(3))
    assert said[0] == pytest.approx(np.full(9, 1 / 9))
    assert (said > 0).all()
    assert evidence[0] == 0 < evidence[1] < evidence[2] < 1
    assert FELT[said[1].argmax()] == "sadness"
    said, evidence = voice.speak([], np.zeros((0, 4), np.float32))
    assert said.shape == (0, 9)
    assert evidence.shape == (0,)


def test_kept_and_read_again(tmp_path: Path, lexicon: Lexicon) -> None:
    learned = lexicon.fit_idf(["今天高兴", "今天伤心"])
    learned.save(tmp_path)
    again = Lexicon.load(tmp_path)
    assert again.words == learned.words
    assert again.about == {"file": "made up"}
    assert again.idf == pytest.approx(learned.idf)
    assert again.read(["今天高兴"]).classes == pytest.approx(learned.read(["今天高兴"]).classes)
    assert not list(tmp_path.glob("*.pkl"))


def test_missing_damaged_and_other_models(tmp_path: Path, lexicon: Lexicon) -> None:
    with pytest.raises(NotReady, match="import-lexicon"):
        Lexicon.load(tmp_path)
    lexicon.save(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    (tmp_path / "manifest.json").write_text(json.dumps(manifest | {"class": "probe"}))
    with pytest.raises(BadInput, match="import-lexicon"):
        Lexicon.load(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    file = next(tmp_path.glob("words-*.npy"))
    file.write_bytes(file.read_bytes()[:-4])
    with pytest.raises(BadInput, match="damaged"):
        Lexicon.load(tmp_path)


def test_the_made_up_file(tmp_path: Path) -> None:
    lexicon = Lexicon.of(read_dutir(dutir_file.write(tmp_path / "d.csv")).senses)
    row = lexicon.intensities[lexicon.words.index("苦乐事")]
    assert {ORIGINAL[c]: row[c] for c in np.flatnonzero(row)} == {"NB": 2.5, "PA": 4.5}
    assert lexicon.words.count("苦乐事") == 1


def test_the_real_file_reads_a_post(data_dir: Path) -> None:
    lexicon = Lexicon.of(read_dutir(data_dir / "lexicon" / "dutir.csv").senses)
    assert 27_000 < len(lexicon.words) <= 27_351
    hits = lexicon.read(["太伤心了，眼泪掉下来", "今天真开心，高兴极了"])
    assert [FELT[c] for c in hits.probabilities.argmax(axis=1)] == ["sadness", "joy"]


def test_japanese_is_not_asked(lexicon: Lexicon) -> None:
    voice = LexiconVoice(lexicon)
    said, evidence = voice.speak(["后悔", "后悔する", "后悔ﾃﾞｽ"], np.zeros((3, 4), np.float32))
    assert evidence[0] > 0
    assert not evidence[1:].any()
    assert said[1:] == pytest.approx(np.full((2, 9), 1 / 9))
