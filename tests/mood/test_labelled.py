"""Files of labelled sentences, as people have them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.errors import BadInput, NotFound, Unreachable
from murecom.mood.label_names import explained
from murecom.mood.labelled import read_labelled

WANTED = (("so happy, really", "joy"), ("下雨了", "neutral"), ("别走", "sadness"))


@pytest.mark.parametrize(
    "text",
    [
        'text,label\n"so happy, really",happy\n下雨了,none\n别走,悲伤\n',
        'label,text\nhappy,"so happy, really"\nnone,下雨了\n悲伤,别走\n',
        # as NLPCC's, without quotation marks
        "标签,文本\nhappiness,so happy, really\nnone,下雨了\nsadness,别走\n",
        "文本,标签\nso happy, really,happiness\n下雨了,none\n别走,sadness\n",
        "id\tEmotion\tContent\n1\tPA\tso happy, really\n2\tNEUTRAL\t下雨了\n3\tNB\t别走\n",
        "so happy, really;joy\n下雨了;neutral\n别走;sad\n",
        "joy\tso happy, really\nneutral\t下雨了\nsad\t别走\n",
        '{"content": "so happy, really", "label": "happy"}\n\n{"text": "下雨了", "mood": "中性"}\n'
        '{"TEXT": "别走", "id": 3, "Label": "sad"}\n',
        json.dumps(
            [{"id": n, "content": text, "label": label} for n, (text, label) in enumerate(WANTED)],
            indent=1,
        ),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_shapes(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "own.csv"
    path.write_text(text, encoding=encoding)
    found = read_labelled(path)
    assert found.sentences == WANTED
    assert (found.rows, found.refused, found.unknown) == (3, (), {})


def test_what_cannot_be_used_is_counted_and_named(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        "text,label\nfine,joy\n,joy\n   ,sad\nno label,\nshort\nwhat,meh\nagain,MEH\n"
        '"two\nlines",sad\n'
    )
    found = read_labelled(path)
    assert found.sentences == (("fine", "joy"), ("two\nlines", "sadness"))
    assert [(row.line, row.reason) for row in found.refused] == [
        (3, "no text"),
        (4, "no text"),
        (5, "no label"),
        (6, "no label"),
    ]
    assert found.unknown == {"meh": 1, "MEH": 1}
    mended = read_labelled(path, explained({"meh": "neutral"}))
    assert ("what", "neutral") in mended.sentences
    assert not mended.unknown


def test_damaged_json_lines_are_named(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text('{"text": "a", "label": "joy"}\n{"text": "b", \n[1]\n{"text": 5, "label": 1}\n')
    found = read_labelled(path)
    assert found.sentences == (("a", "joy"),)
    assert [row.line for row in found.refused] == [2, 3, 4]


def test_half_characters_become_text(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text('{"text": "a\\ud83d", "label": "joy"}')
    assert read_labelled(path).sentences == (("a?", "joy"),)


def test_a_sign_in_brackets_is_no_json(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("[大哭] 不要,sad\n[笑] 好,joy\n", encoding="utf-8")
    assert read_labelled(path).sentences == (("[大哭] 不要", "sadness"), ("[笑] 好", "joy"))


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"[]", b"[1", b"PK\x03\x04", b"a,b\nc,d\n", b"one\ntwo\n", b'{"a": 1}', b"\0\0\0"],
)
def test_other_files_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "own"
    path.write_bytes(data)
    with pytest.raises(BadInput, match=r"text|CSV"):
        read_labelled(path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_labelled(tmp_path / "none.csv")
    with pytest.raises(Unreachable):
        read_labelled(tmp_path)


@given(st.text(max_size=300))
def test_any_text_is_survived(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "own.csv"
    path.write_bytes(f"text,label\nfine,joy\n{text}\n".encode("utf-8", "surrogatepass"))
    assert ("fine", "joy") in read_labelled(path).sentences


def test_nlpcc_and_smp(data_dir: Path) -> None:
    found = read_labelled(data_dir / "emotion" / "nlpcc2013.csv")
    assert (found.rows, len(found.sentences), len(found.unknown)) == (13_250, 13_249, 0)
    found = read_labelled(data_dir / "emotion" / "smp2020_usual_eval.json")
    assert (found.rows, len(found.sentences)) == (2_000, 2_000)


def test_tabs_know_no_quotation(tmp_path: Path) -> None:
    path = tmp_path / "own.tsv"
    rows = ['"quote open\tjoy', "fine\tsad", 'last" one\tsad', '"he said ""hi"""\tjoy']
    path.write_text("\n".join(["text\tlabel", *rows]))
    found = read_labelled(path)
    assert found.sentences == (
        ('"quote open', "joy"),
        ("fine", "sadness"),
        ('last" one', "sadness"),
        ('he said "hi"', "joy"),
    )
    assert (found.rows, found.spanning, found.mended) == (4, 0, 0)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("between", [1, 297, 20_000])
def test_a_stray_quotation_mark_swallows_nothing(
    tmp_path: Path, turned: bool, between: int
) -> None:
    rows = [('"quote open', "joy")]
    rows += [(f"so sad {k}", "sad") for k in range(between)]
    rows += [('"another', "joy"), ("really, fine", "happy")]
    lines = [f"{label},{text}" if turned else f"{text},{label}" for text, label in rows[:-1]]
    lines += ['happy,"really, fine"' if turned else '"really, fine",happy']
    path = tmp_path / "own.csv"
    path.write_text("\n".join(["label,text" if turned else "text,label", *lines]))
    found = read_labelled(path)
    assert found.rows == len(rows)
    assert [text for text, _ in found.sentences] == [text for text, _ in rows]
    assert (found.spanning, found.refused) == (0, ())
    assert found.mended >= 1


def test_a_stray_quotation_mark_in_the_last_line(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text('text,label\nfine,joy\n"open,sad\n')
    assert read_labelled(path).sentences == (("fine", "joy"), ('"open', "sadness"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('text,label\n"I said\nhello, joy\nbye",sad\n', "I said\nhello, joy\nbye"),
        ('label,text\nsad,"I said\nhello, joy\nbye"\n', "I said\nhello, joy\nbye"),
        ('text,label\n"我说，\n悲伤，\n再见",sad\n', "我说，\n悲伤，\n再见"),
    ],
)
def test_honest_rows_of_several_lines_stay_whole(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "own.csv"
    path.write_text(text, encoding="utf-8")
    found = read_labelled(path)
    assert found.sentences == ((sentence, "sadness"),)
    assert (found.spanning, found.mended) == (1, 0)
