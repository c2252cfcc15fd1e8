"""The examples run as they stand."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import sounds
from murecom.testing import RecommenderContract

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def test_every_example_is_run_here():
    assert {path.stem for path in EXAMPLES.glob("*.py")} == {"similar_tracks", "new_recommender"}


def test_similar_tracks(tmp_path, capsys):
    sounds.library(tmp_path / "music", artists=3, tracks=1)
    load("similar_tracks").main(tmp_path / "music", tmp_path / "home")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Like Artist ")
    assert len(lines) == 3


class TestNewRecommender(RecommenderContract):
    make = load("new_recommender").NameLength
    finds_groups = False
