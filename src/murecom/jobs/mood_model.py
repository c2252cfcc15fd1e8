"""The model that reads moods in a home folder: shipped, with what was taught and imported."""

from __future__ import annotations

from pathlib import Path

from murecom import artefact
from murecom.jobs.mood_lexicon import lexicon_folder, lexicon_voice
from murecom.jobs.mood_teach import taught_folder, taught_voice
from murecom.mood.encoder import Cached, Encoder, UniversalEncoder
from murecom.mood.model import MoodModel


def mood_model(home: Path, encoder: Encoder | None = None) -> MoodModel:
    """Make the model.

    Parameters
    ----------
    home : Path
        Where a taught head and a lexicon are kept; none of them has to be there.
    encoder : Encoder, optional
        One that was loaded before.

    Raises
    ------
    MissingExtra
        The extra `mood` is not installed.
    BadInput
        The taught head or the lexicon is damaged.
    """
    model = MoodModel.shipped(encoder or Cached(UniversalEncoder()))
    for voice in (lexicon_voice(home), taught_voice(home, model.encoder.key)):
        if voice is not None:
            model.voices.append(voice)
    return model


def stamp_of(home: Path) -> tuple[int, ...]:
    """Give what changes when something is taught, imported or forgotten."""
    times = []
    for folder in (taught_folder(home), lexicon_folder(home)):
        try:
            times.append((folder / artefact.MANIFEST).stat().st_mtime_ns)
        except OSError:
            times.append(0)
    return tuple(times)
