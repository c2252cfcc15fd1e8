"""How good recommenders are on the playlists at hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from murecom import artefact, registry
from murecom.errors import MissingExtra, NotFound, NotReady, Unreachable
from murecom.evaluate import compare, price, report
from murecom.evaluate.protocol import LISTS, MEAN, Experiment, On, Options, prepare
from murecom.jobs import playlist_model
from murecom.jobs.lock import only_one
from murecom.recommend.base import Recommender
from murecom.service.opened import Opened
from murecom.types import Progress, no_progress, to_json

if TYPE_CHECKING:
    from murecom.jobs.playlist_data import PlaylistData

FOLDER: Final = "evaluate"
"Folder in home where results are kept from one run to the next."


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an evaluation found.

    Attributes
    ----------
    result : dict
        Plain values: see `evaluate.report.as_plain`; of a sweep `{sweeps, failures}`.
    text : str
        The same as tables.
    files : tuple of str
        Reports and pictures that were written.
    failures : tuple of str
        Names of models that could not be measured; the tables say why.
    notes : tuple of str
        What a user should know.
    """

    result: dict[str, Any]
    text: str
    files: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Evaluating(Opened):
    """Comparisons under one protocol."""

    def evaluate_playlists(
        self,
        paths: Sequence[Path] = (),
        models: Sequence[str] = (),
        *,
        scenarios: Sequence[str] = (),
        on: On = "test",
        titles: bool = True,
        keep_unseen: bool = False,
        lists: int = LISTS,
        novelty_sweep: bool = False,
        output: Path | None = None,
        restart: bool = False,
        progress: Progress = no_progress,
    ) -> Evaluation:
        """Hide a part of the playlists and see what recommenders find of it.

        Models are fitted anew on the playlists that are not hidden; the trained model stays as it
        is. See `evaluate.protocol` for what is hidden and asked.

        Parameters
        ----------
        paths : sequence of Path
            Files of playlists; those in the database if none are given.
        models : sequence of str
            Recommenders with their defaults. If none are named, the model that was trained last,
            with its parameters; else the one that a training would make.
        scenarios : sequence of str
            Names of `evaluate.protocol.SCENARIOS`; all by default.
        on : {"test", "validation"}
            Which part is hidden. Choose parameters on the validation part, never on the test part.
        titles : bool
            Show titles with the seeds, too.
        keep_unseen : bool
            Count hidden tracks that no other playlist holds.
        lists : int
            Test so many playlists at most.
        novelty_sweep : bool
            Turn the novelty dial instead of comparing.
        output : Path, optional
            A folder for report.txt, report.json and pictures.
        restart : bool
            Measure again what was measured before.

        Raises
        ------
        NotReady
            There are no playlists; or another evaluation runs.
        NotFound, BadInput
            A model or scenario is unknown; the files or playlists are of no use.
        MissingExtra
            A part of murecom is not installed that all models need.
        Unreachable
            A folder cannot be written.
        """
        wanted = tuple(scenarios) or (MEAN if novelty_sweep else Options().scenarios)
        if models:
            chosen, made_of = compare.named(models), self._settings_of_lists()
        else:
            chosen, made_of = self._model_to_evaluate()
        least = int(made_of["min_count"])
        options = Options(on, wanted, titles, keep_unseen, lists, min_count=least)
        with only_one(self.home, "evaluation"):
            folder = self.home / FOLDER
            data = self._playlists_of(paths, made_of, progress)
            experiment = prepare(data.data, data.playlists, options)
            if novelty_sweep:
                made = _sweep(chosen, experiment, folder, output or folder, restart, progress)
            else:
                found = compare.compare(
                    chosen, experiment, folder, restart=restart, progress=progress
                )
                failed = tuple(failure.name for failure in found.failures)
                plain = to_json(report.as_plain(found))
                made = Evaluation(plain, report.as_text(found), failures=failed)
            files = made.files
            if output is not None:
                files = (*files, *_written(output, made))
        return Evaluation(made.result, made.text, files, made.failures, (*data.notes, *made.notes))

    def _playlists_of(
        self, paths: Sequence[Path], made_of: Mapping[str, Any], progress: Progress
    ) -> PlaylistData:
        """Read playlists as a training would; rare tracks only go when the tests are set apart."""
        from murecom.jobs import playlist_data

        merge = bool(made_of["merge"])
        if paths:
            return playlist_data.read_files(paths, merge=merge, progress=progress)
        albums = bool(made_of["albums"])
        return playlist_data.read_store(self.store, merge=merge, albums=albums, progress=progress)

    def _settings_of_lists(self) -> dict[str, Any]:
        own = self.settings.playlists
        return {"merge": own.merge, "min_count": own.min_count, "albums": own.albums}

    def _model_to_evaluate(self) -> tuple[dict[str, Recommender], dict[str, Any]]:
        """Give the recommender that was trained, without what it learned; else what would be.

        And how its playlists were read.
        """
        made_of = self._settings_of_lists()
        folder = playlist_model.folder_of(self.home)
        if playlist_model.stamp_of(folder) is None:
            model = playlist_model.make(self.settings.playlists.models)
        else:
            manifest = artefact.read_manifest(
                folder, what="model of playlists", remedy=playlist_model.REMEDY
            )
            try:
                kind: type[Recommender] = registry.get("recommend", str(manifest.get("class")))
                model = kind(**manifest["parameters"])
            except (NotFound, TypeError, KeyError) as error:
                raise NotReady(
                    f"The model in {folder} was made by another version of murecom ({error}). "
                    f"Make it again: {playlist_model.REMEDY}."
                ) from error
            told = manifest.get("metrics") or {}
            made_of |= {name: told[name] for name in made_of if told.get(name) is not None}
        return {model.name: model}, made_of


def _sweep(
    models: dict[str, Recommender],
    experiment: Experiment,
    folder: Path,
    pictures: Path,
    restart: bool,
    progress: Progress,
) -> Evaluation:
    """Turn the dial of each model, and draw what it costs."""
    from murecom.plots import novelty

    sweeps, texts, files, notes = [], [], [], []
    for name, model in models.items():
        shelf = compare.Shelf(folder, experiment, model)
        if restart:
            shelf.clear()
        found = price.price(name, model, experiment, shelf=shelf, progress=progress)
        sweeps.append(to_json(found))
        texts.append(price.as_text(found))
        points = found.points
        gains = {
            key.replace("_", " "): [point.gain[key] for point in points]
            for key in price.GAINS
            if key in points[0].gain
        }
        try:
            pictures.mkdir(parents=True, exist_ok=True)
            picture = novelty.draw(
                pictures / f"novelty-{name}.png",
                [point.dial for point in points],
                [point.lost.value for point in points],
                [[getattr(point.lost, end) for point in points] for end in ("low", "high")],
                gains,
                f"The price of novelty: {name}",
            )
            files.append(str(picture))
        except MissingExtra as error:
            notes.append(f"No picture was drawn. {error}")
        except OSError as error:
            raise _unwritable(pictures, error) from error
    return Evaluation({"sweeps": sweeps}, "\n".join(texts), tuple(files), (), tuple(notes))


def _written(folder: Path, made: Evaluation) -> tuple[str, ...]:
    """Write the reports into a folder."""
    texts = {
        "report.txt": made.text,
        "report.json": json.dumps(made.result, ensure_ascii=False, indent=1) + "\n",
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            draft = folder / f"{name}.part"
            draft.write_text(text, encoding="utf-8", errors="surrogateescape")
            draft.replace(folder / name)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return tuple(str(folder / name) for name in texts)


def _unwritable(folder: Path, error: OSError) -> Unreachable:
    return Unreachable(
        f"{folder} cannot be written ({error.strerror or error}). Choose another folder."
    )
