"""A lexicon into home, and out of it as a voice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import dutir_file
from murecom.errors import BadInput, NotFound
from murecom.jobs.mood_lexicon import import_lexicon, lexicon_folder, lexicon_voice


def test_import_and_voice(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert lexicon_voice(home) is None
    report = import_lexicon(home, dutir_file.write(tmp_path / "d.csv", "gb18030", refused=True))
    assert (report.rows, report.senses, report.refused) == (23, 20, 3)
    assert (report.words, report.auxiliary, report.encoding) == (19, 5, "gb18030")
    assert sum(report.odd.values()) == len(report.oddities)
    voice = lexicon_voice(home)
    assert voice is not None
    assert voice.lexicon.about["file"] == "d.csv"
    _, evidence = voice.speak(["真是阳光灿"], np.zeros((1, 2), np.float32))
    assert evidence.shape == (1,)


def test_a_second_import_takes_the_place_of_the_first(tmp_path: Path) -> None:
    import_lexicon(tmp_path, dutir_file.write(tmp_path / "d.csv"))
    (tmp_path / "e.csv").write_text("词语,情感分类,强度\n好心情,PA,5\n", encoding="utf-8")
    import_lexicon(tmp_path, tmp_path / "e.csv")
    voice = lexicon_voice(tmp_path)
    assert voice is not None
    assert voice.lexicon.words == ("好心情",)


def test_dry_run_and_refusals_write_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert import_lexicon(home, dutir_file.write(tmp_path / "d.csv"), dry_run=True).words == 19
    with pytest.raises(NotFound):
        import_lexicon(home, tmp_path / "none.csv")
    with pytest.raises(BadInput):
        import_lexicon(home, Path(__file__))
    assert not home.exists()


def test_a_damaged_one_is_named(tmp_path: Path) -> None:
    import_lexicon(tmp_path, dutir_file.write(tmp_path / "d.csv"))
    (lexicon_folder(tmp_path) / "manifest.json").write_text("{")
    with pytest.raises(BadInput, match="import-lexicon"):
        lexicon_voice(tmp_path)
