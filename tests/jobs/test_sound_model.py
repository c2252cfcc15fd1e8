"""When the model of sounds is built anew."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from murecom.embed.base import Embedder
from murecom.jobs.sound_model import sound_model
from murecom.recommend.audio_knn import AudioKNN
from murecom.service import Murecom


@pytest.fixture
def home(scanned: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(scanned, tmp_path / "home"))


def refuse(*_: object, **__: object) -> None:
    raise AssertionError("the model was built anew")


def test_other_news_of_the_store_leave_the_model_as_it_is(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Murecom(home=home) as app:
        before = sound_model(app.store, home, app.sound)
        track = app.store.tracks.get([before.items[0]])[before.items[0]]
        app.store.tracks.put(replace(track, title="Another Title"))
        assert app.store.revision() != before.manifest["revision"]
        monkeypatch.setattr(AudioKNN, "fit", refuse)
        after = sound_model(app.store, home, app.sound, loaded=before)
        assert after.manifest["revision"] == app.store.revision()
        np.testing.assert_array_equal(after.vectors(), before.vectors())
        stored = AudioKNN.load(home / "models" / "audio_knn")
        assert stored.manifest["revision"] == app.store.revision()


def test_new_statistics_build_it_anew(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Murecom(home=home) as app:
        before = sound_model(app.store, home, app.sound)
        monkeypatch.setattr(Embedder, "whitening", lambda self: None)
        after = sound_model(app.store, home, app.sound, loaded=before)
        assert not np.array_equal(after.vectors(), before.vectors())


def test_another_weight_builds_it_anew(home: Path) -> None:
    with Murecom(home=home) as app:
        before = sound_model(app.store, home, app.sound)
    with Murecom(home=home, flags={"sound.mfcc_weight": 0.1}) as app:
        after = sound_model(app.store, home, app.sound)
        assert after.weights != before.weights
