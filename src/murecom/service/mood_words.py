"""What words say of a mood."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, TextIO

from murecom.jobs.mood_model import mood_model, stamp_of
from murecom.jobs.mood_read import ReadReport, open_moods, open_texts, read_file, read_path
from murecom.jobs.mood_teach import taught_note
from murecom.mood.explain import Explanation
from murecom.mood.model import MoodModel
from murecom.service.opened import Opened
from murecom.types import Mood, Progress, no_progress


class MoodWords(Opened):
    """Moods of texts; all methods need the extra `mood` and raise `MissingExtra` without it."""

    _mood_model_known: tuple[tuple[int, ...], MoodModel] | None = None

    def mood_of(self, text: str) -> Mood:
        """Read the mood of a text; `no_signal` where nothing can be read."""
        return self.moods_of([text])[0]

    def moods_of(self, texts: Sequence[str]) -> list[Mood]:
        """Read the moods of texts, in their order."""
        return self._mood_model().read(texts)

    def explain_mood(self, text: str) -> Explanation:
        """Read the mood of a text and tell which phrases, words and signs pulled it."""
        return self._mood_model().explain(text)

    def taught_moods_note(self) -> str | None:
        """Say why what was taught is left out; None if it is not, or nothing was."""
        return taught_note(self.home, self._mood_model().encoder.key)

    def read_moods(
        self,
        file: Path | BinaryIO,
        out: Path | TextIO,
        progress: Progress = no_progress,
    ) -> ReadReport:
        """Read one text a line and write one mood a line; see `murecom.jobs.mood_read`.

        From path to path an interrupted run is gone on with.

        Raises
        ------
        NotFound
            There is no such file.
        BadInput
            `file` cannot be read, or is the same as `out`.
        NotReady
            Another run writes to `out`.
        Unreachable
            `out` cannot be written.
        """
        model = self._mood_model()
        if isinstance(file, Path) and isinstance(out, Path):
            return read_path(model, file, out, progress)
        with ExitStack() as opened:
            if isinstance(file, Path):
                file = opened.enter_context(open_texts(file))
            if isinstance(out, Path):
                out = opened.enter_context(open_moods(out))
            return read_file(model, file, out, progress)

    def _mood_model(self) -> MoodModel:
        stamp = stamp_of(self.home)
        if self._mood_model_known is None or self._mood_model_known[0] != stamp:
            known = self._mood_model_known
            encoder = known[1].encoder if known else None
            self._mood_model_known = (stamp, mood_model(self.home, encoder))
        return self._mood_model_known[1]
