"""The tables: every row is of a class, stands once, and is nobody else's."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter

import pytest

from murecom.mood.cues import find_signs, find_words
from murecom.mood.head import Head, phrase_vectors, phrases_hash
from murecom.mood.labels import CLASSES, CODES, FELT, LABELS, ORIGINAL, points, shares
from murecom.mood.tables import LANGUAGES, phrases, read_table

TABLES = ["signs", *(f"{kind}/{lang}" for kind in ("cues", "phrases") for lang in LANGUAGES)]


def test_labels():
    assert len(LABELS) == len(set(LABELS)) == 10
    assert LABELS[-1] == "no_signal"
    assert LABELS[:9] == FELT
    assert len(CODES) == len(set(CODES)) == 24
    assert len(ORIGINAL) == 21
    assert shares().shape == (24, 9)
    assert shares().sum(axis=1) == pytest.approx(1)
    assert (shares().sum(axis=0) > 0).all()
    assert points().shape == (24, 2)
    assert abs(points()).max() <= 1
    assert len({one.chinese for one in CLASSES}) == 24


@pytest.mark.parametrize("name", TABLES)
def test_rows(name):
    rows = read_table(name)
    assert rows
    assert {code for code, _ in rows} <= set(CODES)
    odd = [text for _, text in rows if not text.strip() or text != text.strip() or "\t" in text]
    assert not odd
    twice = [text for text, count in Counter(text for _, text in rows).items() if count > 1]
    assert not twice


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_class_has_phrases_and_words_in_every_language(language):
    counts = Counter(code for code, _ in read_table(f"phrases/{language}"))
    assert set(counts) == set(CODES)
    assert min(counts.values()) >= 10
    # nothing is neutral by a word
    assert {code for code, _ in read_table(f"cues/{language}")} == set(CODES) - {"NEUTRAL"}


def test_signs_are_found_as_what_they_are():
    for code, sign in read_table("signs"):
        assert [(one.text, one.code) for one in find_signs(sign)[0]] == [(sign, code)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_found_once_and_not_turned(language):
    lonely = {"yyds", "emo"}  # Latin letters of Chinese: beside Chinese only
    for _, word in read_table(f"cues/{language}"):
        if word not in lonely and word != "10/10":
            found = find_words(word)
            assert len(found) == 1, word
            assert not found[0].is_negated, word


def test_vectors_and_head_fit_the_phrases():
    about = Head.shipped().about
    assert phrase_vectors().shape == (len(phrases()), 512)
    assert about["phrases_sha256"] == phrases_hash()
    assert about["phrases"] == len(phrases())


def _evaluation_texts(folder):
    found = set()
    with (folder / "nlpcc2013.csv").open(encoding="utf-8-sig", newline="") as file:
        found |= {row[1] for row in csv.reader(file)}
    smp = json.loads((folder / "smp2020_usual_eval.json").read_text("utf-8"))
    found |= {row["content"] for row in smp}
    goemotions = folder / "goemotions"
    found |= {row.split("\t")[0] for row in (goemotions / "dev.tsv").read_text("utf-8").split("\n")}
    with gzip.open(goemotions / "train.tsv.gz", "rt", encoding="utf-8") as file:
        found |= {row.split("\t")[0] for row in file}
    with (folder / "mandopop_lyrics.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file):
            for cell in row:
                found |= set(cell.splitlines())
    return {text.strip().lower() for text in found}


def test_no_phrase_is_a_text_of_the_evaluation(data_dir):
    csv.field_size_limit(1 << 24)
    theirs = _evaluation_texts(data_dir / "emotion")
    assert len(theirs) > 60_000
    # "shame on you" and its like are everybody's: of English, sentences count
    long = {"zh": 6, "ja": 6, "en": 15}
    ours = {text.lower() for lang, _, text in phrases() if len(text) > long[lang]}
    assert not ours & theirs
