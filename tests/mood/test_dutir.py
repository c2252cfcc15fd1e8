"""The file of the ontology, with all its oddities."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dutir_file
from murecom.errors import BadInput, NotFound, Unreachable
from murecom.mood import dutir
from murecom.mood.dutir import read_dutir


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_row_and_every_oddity_is_counted(tmp_path: Path, encoding: str) -> None:
    found = read_dutir(dutir_file.write(tmp_path / "d.csv", encoding))
    assert (found.rows, len(found.senses), found.refused, found.auxiliary) == (20, 20, 0, 5)
    assert found.counts() == {
        dutir.POLE: 2,
        dutir.NO_AUXILIARY: 2,
        dutir.ODD: 1,
        dutir.OUT_OF_RANGE: 1,
        dutir.BLANKS: 1,
    }
    senses = {sense.word: sense for sense in found.senses}
    assert senses["老顽固"].code == "NN"
    assert senses["怪怪的"].intensity == 1
    assert senses["脏兮兮"].intensity == 6
    assert "眉一皱,计上来" in senses
    first = senses["阳光灿"]
    assert (first.code, first.intensity) == ("PA", 7)
    assert (first.auxiliary, first.auxiliary_intensity) == ("PE", 3)
    assert senses["旧说法"].auxiliary is senses["难为情"].auxiliary is None


def test_refused_rows_are_named(tmp_path: Path) -> None:
    found = read_dutir(dutir_file.write(tmp_path / "d.csv", refused=True))
    assert (found.rows, found.refused) == (23, 3)
    refused = [(odd.line, odd.word, odd.what) for odd in found.oddities if not odd.kept]
    assert refused == [
        (23, "没有类", dutir.NO_CLASS),
        (24, "", dutir.NO_WORD),
        (25, "没强度", dutir.NO_INTENSITY),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "灿烂样,adj,1,1,PA,7,1,PE,3,1",  # no header
        "词语;情感分类;强度;辅助情感分类;强度\n灿烂样;PA;7;PE;3",
        "情感分类\t强度\t词语\t辅助情感分类\t强度.1\nPA\t7\t灿烂样\tPE\t3",
        "\n\n词语,情感分类,强度,极性,辅助情感分类,强度,极性\n灿烂样,pa,7.0,1,pe,3.0,1\n\n",
    ],
)
def test_columns_are_found_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "d.csv"
    path.write_text(text, encoding="utf-8")
    (sense,) = read_dutir(path).senses
    assert (sense.word, sense.code, sense.intensity) == ("灿烂样", "PA", 7)
    assert (sense.auxiliary, sense.auxiliary_intensity) == ("PE", 3)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"a,b\n1,2\n", b"\0\1\2\3", b"PK\x03\x04..."])
def test_other_files_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "d.csv"
    path.write_bytes(data)
    with pytest.raises(BadInput, match=r"CSV|columns"):
        read_dutir(path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="CSV file"):
        read_dutir(tmp_path / "none.csv")
    with pytest.raises(Unreachable):
        read_dutir(tmp_path)


@given(st.text(max_size=200))
def test_no_cell_brings_it_down(tmp_path_factory: pytest.TempPathFactory, cell: str) -> None:
    path = tmp_path_factory.mktemp("any") / "d.csv"
    rows = f"{dutir_file.HEADER}\n好心情,adj,1,1,PA,{cell},1,{cell},{cell},{cell}\n"
    rows += f"{cell},adj,1,1,{cell},5,1\n好样的,adj,1,1,PH,5,1,,,\n"
    path.write_bytes(rows.encode("utf-8", "surrogatepass"))
    found = read_dutir(path)
    assert found.senses
    assert all(1 <= sense.intensity <= 9 for sense in found.senses)


def test_the_real_file(data_dir: Path) -> None:
    found = read_dutir(data_dir / "lexicon" / "dutir.csv")
    assert found.rows == len(found.senses) == 27_466
    assert found.auxiliary == 3_921
    assert found.counts()[dutir.ODD] + found.counts()[dutir.OUT_OF_RANGE] == 295
    assert found.counts()[dutir.POLE] == 79
    assert found.counts()[dutir.NO_AUXILIARY] == 3


def test_a_refused_row_is_not_mended_too(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text(f"{dutir_file.HEADER}\n好样的,adj,1,1,PH,5,1,,,\n没强度 ,adj,1,1,PA ,,1,,,\n")
    found = read_dutir(path)
    assert found.counts() == {dutir.NO_INTENSITY: 1}
