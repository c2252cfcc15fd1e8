"""What users give for moods to be read better: labelled sentences, and a lexicon that they hold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from murecom.jobs import mood_lexicon, mood_teach
from murecom.jobs.mood_lexicon import LexiconReport
from murecom.jobs.mood_teach import TeachReport
from murecom.service.opened import Opened
from murecom.types import Progress, no_progress


class MoodTeaching(Opened):
    """Teach moods."""

    def teach_mood(
        self,
        file: Path | None = None,
        *,
        names: Mapping[str, str] | None = None,
        dry_run: bool = False,
        progress: Progress = no_progress,
    ) -> TeachReport:
        """Add labelled sentences to what was taught; see `murecom.jobs.mood_teach.teach`.

        Parameters
        ----------
        file : Path, optional
            CSV, JSON lines or a JSON list of texts and labels; without it, what was taught before
            is learned anew.
        names : mapping of str to str
            Labels of one's own, and what they mean: ``{"meh": "neutral"}``.
        dry_run : bool
            Only read and count.
        progress : callable
            Told of sentences encoded, then of fits.
        """
        return mood_teach.teach(self.home, file, names=names, dry_run=dry_run, progress=progress)

    def forget_taught_moods(self) -> int:
        """Delete all that was taught; give how many sentences that were."""
        return mood_teach.forget(self.home)

    def import_mood_lexicon(self, file: Path, *, dry_run: bool = False) -> LexiconReport:
        """Keep a DUTIR file as a voice; see `murecom.jobs.mood_lexicon.import_lexicon`."""
        return mood_lexicon.import_lexicon(self.home, file, dry_run=dry_run)
