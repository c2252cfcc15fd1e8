"""One protocol for all: which playlists are hidden, what of them is shown, what has to be found.

Playlists are divided by a checksum of their ids, so the division stays when others are added: part
0 of six is for tests, part 1 for choosing parameters, the others to learn from. A model never
learns from a playlist that it is asked to continue (strong generalisation); after parameters are
chosen on part 1 it learns from all but part 0.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput, NotFound, NotReady
from murecom.index.space import VectorBlock
from murecom.recommend.base import Data, Interactions, Mode, Recommender, Request

PARTS: Final = 6
TEST: Final = 0
VALIDATION: Final = 1

On = Literal["test", "validation"]

DEPTH = 500
"Tracks that an answer names, as in the RecSys Challenge 2018."

LEFT = 10
"A playlist is long enough for a scenario when so many entries are left behind those shown."

FINDABLE = 5
"""Fewer different tracks to be found make no question: they would tell chance (for the next track
there is one). Counted after those are left out that no training playlist holds."""

LISTS = 2_000
"Playlists that are tested at most, taken by their checksums: more hardly narrow the intervals."


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is shown of a playlist: its title, `seeds` tracks or all but the last."""

    name: str
    seeds: int | None
    is_random: bool = False
    mode: Mode = "continue"

    @property
    def least(self) -> tuple[int, int]:
        """Entries that a playlist needs, and different tracks to be found."""
        return (2, 1) if self.seeds is None else (self.seeds + LEFT, FINDABLE)


SCENARIOS: Final[Mapping[str, Scenario]] = {
    scenario.name: scenario
    for scenario in (
        Scenario("title", 0),
        Scenario("first1", 1),
        Scenario("first5", 5),
        Scenario("first10", 10),
        Scenario("first25", 25),
        Scenario("random25", 25, is_random=True),
        Scenario("next", None, mode="next"),
    )
}
"The scenarios by name. All but `title` and `next` make up the mean that tables begin with."

MEAN: Final = ("first1", "first5", "first10", "first25", "random25")


@dataclass(frozen=True, slots=True)
class Options:
    """How an experiment is set up.

    Attributes
    ----------
    on : {"test", "validation"}
        Which part is asked about. Who asks about the validation part learns from neither.
    scenarios : tuple of str
        Names of `SCENARIOS`.
    titles : bool
        Show the title with the seeds, too; the scenario `title` always shows it.
    keep_unseen : bool
        Count hidden tracks that no training playlist holds: nobody can find them, but everybody
        meets them. Without it they are left out.
    lists : int
        At most so many playlists.
    seed : int
        Of the random seeds tracks; each playlist's draw depends on it and on the playlist alone.
    min_count : int
        Nothing is learned of tracks that fewer of the playlists to learn from hold.
    """

    on: On = "test"
    scenarios: tuple[str, ...] = tuple(SCENARIOS)
    titles: bool = True
    keep_unseen: bool = False
    lists: int = LISTS
    seed: int = 0
    min_count: int = 1

    def __post_init__(self) -> None:
        """Check the values; BadInput names what is wrong."""
        unknown = [name for name in self.scenarios if name not in SCENARIOS]
        if unknown or not self.scenarios:
            names = ", ".join(unknown) or "(none)"
            raise BadInput(f"There is no scenario {names}. Take some of: {', '.join(SCENARIOS)}.")
        if self.on not in ("test", "validation"):
            raise BadInput(f"There is no part '{self.on}'. Take 'test' or 'validation'.")
        if self.lists < 1:
            raise BadInput(f"At least one playlist must be tested, not {self.lists}.")


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One playlist in one scenario, in rows of the whole data.

    `seeds` (s,) are shown, in order; `held` (n,) are to be found, each once, none of them a seed.
    """

    playlist: int
    seeds: NDArray[np.int64]
    held: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Experiment:
    """Playlists to learn from, and questions about others; `prepare` makes one.

    Attributes
    ----------
    data, playlists : Data, sequence of str
        Everything, and the ids of the playlists.
    train : Data
        What models learn from.
    kept : ndarray of int64, shape (items of train,)
        Row in `data` of each item of `train`; rising.
    cases : mapping of str to list of Case
        The questions by scenario; scenarios for which no playlist is long enough are absent.
    """

    data: Data
    playlists: Sequence[str]
    options: Options
    train: Data
    kept: NDArray[np.int64]
    cases: Mapping[str, Sequence[Case]]
    tested: int

    @cached_property
    def popularity(self) -> NDArray[np.int64]:
        """In how many training playlists each item of `data` is, shape (n_items,)."""
        popularity = np.zeros(len(self.data.items), np.int64)
        popularity[self.kept] = self.lists.popularity
        return popularity

    @cached_property
    def is_kept(self) -> NDArray[np.bool_]:
        """Whether each item of `data` is one of `train`, shape (n_items,)."""
        is_kept = np.zeros(len(self.data.items), np.bool_)
        is_kept[self.kept] = True
        return is_kept

    @cached_property
    def artists(self) -> NDArray[np.int64]:
        """A code for the artist of each item of `data`, -1 where unknown, shape (n_items,)."""
        return codes(self.data.artists, len(self.data.items))

    @cached_property
    def albums(self) -> NDArray[np.int64]:
        """A code for the album of each item of `data`, -1 where it or its artist is unknown."""
        albums = codes(self.data.albums, len(self.data.items))
        both = self.artists * (albums.max(initial=0) + 1) + albums
        return np.where((albums < 0) | (self.artists < 0), -1, both)

    @property
    def lists(self) -> Interactions:
        """The playlists to learn from."""
        assert self.train.interactions is not None
        return self.train.interactions

    @cached_property
    def key(self) -> str:
        """A checksum of the data and the options but for the scenarios: 64 hexadecimal digits."""
        sum_ = hashlib.sha256(self.data.hash().encode())
        sum_.update("\0".join(self.playlists).encode("utf-8", "surrogatepass"))
        sum_.update(repr(replace(self.options, scenarios=("title",))).encode())
        return sum_.hexdigest()

    def request(self, case: Case, scenario: Scenario) -> Request:
        """Put a question as anybody would.

        Artists of seeds that no training playlist holds are named, as the service does it.
        """
        has_title = self.options.titles or scenario.seeds == 0
        title = self.data.titles[case.playlist] if has_title and self.data.titles else None
        unseen = case.seeds[self.popularity[case.seeds] == 0] if self.data.artists else ()
        artists = dict.fromkeys(self.data.artists[int(item)] for item in unseen)
        return Request(
            items=[self.data.items[int(item)] for item in case.seeds],
            title=title,
            artists=[artist for artist in artists if artist],
            mode=scenario.mode,
        )


def part_of(playlist: str) -> int:
    """Tell to which of the six parts a playlist belongs, by its id `source:source_id`.

    The id at the source decides (of an id without a colon, all of it), so a playlist of the
    Million Playlist Dataset is in the same part whatever its source is called and wherever its
    file lies. A `#2` that tells playlists of one id apart does not count: they may be two states.
    """
    if playlist.startswith("album:"):  # nobody would ask for its rest
        return PARTS - 1
    own = re.sub(r"#\d+$", "", re.sub("^jsonl:.*/|^[^:]*:", "", playlist) or playlist)
    digest = hashlib.md5(own.encode("utf-8", "surrogatepass"), usedforsecurity=False)
    return int(digest.hexdigest(), 16) % PARTS


def prepare(data: Data, playlists: Sequence[str], options: Options | None = None) -> Experiment:
    """Divide playlists and make the questions.

    Parameters
    ----------
    data : Data
        With interactions; titles and artists where they are known.
    playlists : sequence of str
        Their ids, one for each row of the interactions.
    options : Options, optional
        See there.

    Raises
    ------
    NotReady
        There are no playlists.
    BadInput
        None of those to be tested is long enough, or none is left to learn from.
    """
    options = options or Options()
    lists = data.interactions
    if lists is None or not len(lists):
        raise NotReady("There are no playlists to evaluate with. Run: murecom import FILE…")
    if len(playlists) != len(lists):
        raise BadInput(f"There must be {len(lists)} ids of playlists, not {len(playlists)}.")
    parts = np.fromiter(map(part_of, playlists), np.int64, len(playlists))
    asked = TEST if options.on == "test" else VALIDATION
    learned = np.flatnonzero((parts != TEST) & (parts != asked))
    tested = np.flatnonzero(parts == asked)
    if not len(learned) or not len(tested):
        raise BadInput(
            f"There must be playlists to be tested (here {len(tested)}) and to learn from (here "
            f"{len(learned)}). Import more playlists: murecom import FILE…"
        )
    if len(tested) > options.lists:
        order = sorted(tested.tolist(), key=lambda row: _order(playlists[row]))
        tested = np.sort(np.array(order[: options.lists]))
    train, kept = _training(data, lists, learned, options.min_count)
    seen = np.zeros(len(data.items), np.bool_)
    assert train.interactions is not None
    seen[kept[train.interactions.popularity > 0]] = True
    may_find = np.ones_like(seen) if options.keep_unseen else seen
    cases: dict[str, list[Case]] = {}
    for name in options.scenarios:
        found = [
            case
            for row in tested.tolist()
            if (case := _case(lists, row, playlists[row], SCENARIOS[name], may_find, options.seed))
        ]
        if found:
            cases[name] = found
    if not cases:
        raise BadInput(
            f"No playlist to be tested (of {len(tested)}) is long enough, or none holds a track "
            "that others hold. Import more playlists: murecom import FILE…"
        )
    return Experiment(data, playlists, options, train, kept, cases, len(tested))


def can_answer(model: Recommender, scenario: Scenario, titles: bool = True) -> bool:
    """Tell whether a recommender can start from what a scenario shows."""
    starts = {"nothing"}
    if titles or scenario.seeds == 0:
        starts.add("title")
    if scenario.seeds != 0:
        starts |= {"items", "artists"}
    return bool(model.takes & starts)


def ask(
    model: Recommender, experiment: Experiment, case: Case, scenario: Scenario, k: int = DEPTH
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Ask a model that was fitted on `experiment.train` for the best `k`.

    The same as `Recommender.recommend`, but in rows of `experiment.data` and with raw scores: to
    spell out five hundred ids and look them up again takes longer than most answers.

    Returns
    -------
    items : ndarray of int64, shape (≤ k,)
        Best first; none when the model has nothing to start from.
    scores : ndarray of float32, shape (≤ k,)
        Raw.
    """
    try:
        seeds = model._resolve(experiment.request(case, scenario))
    except (NotFound, BadInput):  # nobody knows the seeds, or the title is blank
        return np.empty(0, np.int64), np.empty(0, np.float32)
    known = case.seeds[experiment.is_kept[case.seeds]]  # also those that this model cannot use
    exclude = np.union1d(seeds.exclude, experiment.kept.searchsorted(known))
    items, raw = model._top(seeds, k, exclude)
    return experiment.kept[items], raw


def codes(names: Sequence[str | None], n: int) -> NDArray[np.int64]:
    """Number names: equal ones alike, -1 where there is none, shape (n,); all -1 without names."""
    if not names:
        return np.full(n, -1, np.int64)
    numbers: dict[str, int] = {}
    return np.fromiter(
        (numbers.setdefault(name, len(numbers)) if name else -1 for name in names), np.int64, n
    )


# -- inside ---------------------------------------------------------------------------------------


def _order(playlist: str) -> str:
    return hashlib.md5(f"order {playlist}".encode("utf-8", "surrogatepass")).hexdigest()


def _training(
    data: Data, lists: Interactions, rows: NDArray[np.int64], least: int
) -> tuple[Data, NDArray[np.int64]]:
    """Give what may be learned from: some playlists, the items in them or with a vector."""
    some = lists.take(rows)
    stays = (popularity := some.popularity) > 0
    for block in data.vectors.values():
        stays |= np.isfinite(block.matrix).all(axis=1)
    kept = np.flatnonzero(stays & ((popularity == 0) | (popularity >= least)))
    some = some.keep(kept)
    if not some.lengths.all():
        some, rows = some.take(np.flatnonzero(some.lengths)), rows[some.lengths > 0]

    def of_items(names: Sequence[Any]) -> list[Any]:
        return [names[item] for item in kept.tolist()] if names else []

    vectors: Mapping[str, VectorBlock] = {
        key: replace(block, matrix=block.matrix[kept]) for key, block in data.vectors.items()
    }
    train = Data(
        items=of_items(data.items),
        vectors=vectors,
        interactions=some,
        titles=[data.titles[row] for row in rows.tolist()] if data.titles else [],
        artists=of_items(data.artists),
        albums=of_items(data.albums),
        revision=data.revision,
    )
    return train, kept


def _case(
    lists: Interactions,
    row: int,
    playlist: str,
    scenario: Scenario,
    may_find: NDArray[np.bool_],
    seed: int,
) -> Case | None:
    """Make one question; None when the playlist is too short or too little could be found."""
    entries = lists.entries[lists.starts[row] : lists.starts[row + 1]].astype(np.int64)
    length, findable = scenario.least
    if len(entries) < length:
        return None
    shown = np.zeros(len(entries), np.bool_)
    if scenario.seeds is None:
        shown[:-1] = True
    elif scenario.is_random:
        digest = hashlib.md5(f"{seed} {playlist}".encode("utf-8", "surrogatepass")).digest()
        random = np.random.default_rng(int.from_bytes(digest[:8], "little"))
        shown[random.choice(len(entries), scenario.seeds, replace=False)] = True
    else:
        shown[: scenario.seeds] = True
    seeds, hidden = entries[shown], np.unique(entries[~shown])
    held = hidden[may_find[hidden] & ~np.isin(hidden, seeds)]
    return Case(row, seeds, held) if len(held) >= findable else None


def each(experiment: Experiment, names: Sequence[str]) -> Iterator[tuple[Scenario, Case]]:
    """Go through the cases of some scenarios."""
    for name in names:
        for case in experiment.cases.get(name, ()):
            yield SCENARIOS[name], case
