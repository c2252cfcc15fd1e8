"""What a model of playlists starts from: seeds it knows, and what stands for those it does not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from murecom.errors import BadInput, NotFound
from murecom.jobs import playlist_model
from murecom.jobs.playlist_model import takes
from murecom.recommend.base import Mode, Recommender, Request
from murecom.store import Store
from murecom.text.fold import name_key, same_name
from murecom.text.names import recording_key, split_title
from murecom.types import Track, TrackId

NEAR = 5
"So many tracks that sound like an unknown seed stand for it; together they weigh as much as one."

BY_ARTIST = 50
"Tracks by an artist that are looked at to find out whether any of them is in a playlist."

NAMED = 5
"Tracks that a note names; of more it tells the number."

Near = Callable[[Track, int], Sequence[TrackId]]
"Gives tracks that sound like one, the nearest first; none if it has no sound."


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A request to a model of playlists.

    `seeds` are the tracks that the answer starts from, `items` and `weights` what the model starts
    from instead: the same tracks, other ids of them, or tracks that stand for them, which the
    artist or sound brought. The first `direct` items are seeds, not only near them.
    """

    seeds: tuple[Track, ...]
    items: tuple[TrackId, ...] = ()
    weights: tuple[float, ...] = ()
    direct: int = 0
    artists: tuple[str, ...] = ()
    title: str | None = None
    mode: Mode = "continue"
    exclude: tuple[TrackId, ...] = ()
    unlike: tuple[TrackId, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing about the seeds that the model knows."""
        return not (self.items or self.artists or self.title)

    def request(self) -> Request:
        """Make the request for a recommender."""
        return Request(
            items=self.items,
            weights=self.weights or None,
            artists=self.artists,
            title=self.title,
            mode=self.mode,
            exclude=self.exclude,
        )


def ask(
    model: Recommender,
    store: Store,
    seeds: Sequence[Track],
    *,
    title: str | None = None,
    mode: Mode = "continue",
    unlike: Sequence[Track] = (),
    near: Near | None = None,
    heard: Collection[TrackId] = (),
    whole: Sequence[Track] = (),
) -> Asked:
    """Find out what a model can start from.

    A seed that the model does not know is looked for in this order: the same recording under
    another id (its twins, then by name), its artist, tracks that sound like it. What was found is
    told in the notes.

    Parameters
    ----------
    model, store
        The model of playlists, and the library.
    seeds : sequence of Track
        Ordered, the latest last.
    title : str, optional
        Name of the list.
    mode : {"continue", "next"}
        See `recommend.base.Mode`.
    unlike : sequence of Track
        Never to come up.
    near : callable, optional
        Finds what sounds alike; without it sound does not help.
    heard : collection of TrackId
        Seeds that count in the answer by their sound, whatever the model knows of them.
    whole : sequence of Track
        All of the list if `seeds` are only the last of it; none of it comes up.

    Raises
    ------
    BadInput
        A track is wanted and not wanted.
    """
    last = {seed.id: seed for seed in reversed(seeds)}  # of repeats the latest counts
    wanted = dict(reversed(last.items()))
    both = next((track for track in unlike if track.id in wanted), None)
    if both is not None:
        raise BadInput(f"{both.name} is both wanted and not wanted. Name it once.")
    known = set(model.split(list(wanted))[0])
    items = [(track_id, 1.0) for track_id in wanted if track_id in known]
    renamed: list[str] = []
    strangers: list[Track] = []
    places = {track_id: place for place, track_id in enumerate(wanted)}
    for seed in (track for track in wanted.values() if track.id not in known):
        other = _same_recording(model, store, seed)
        if other is None:
            strangers.append(seed)
        else:
            renamed.append(seed.name)
            items.append((other, 1.0))
            places.setdefault(other, places[seed.id])
    items = sorted(dict(items).items(), key=lambda item: places[item[0]])  # in the seeds' order
    artists, by_artist, strangers, stand_ins = _by_artist(model, store, strangers)
    alike, by_sound, strangers = _by_sound(model, strangers, near)
    stand_ins += alike
    only_heard = [track.name for track in strangers if track.id in heard]
    lost = [track.name for track in strangers if track.id not in heard]
    notes = [
        *_note(renamed, "In playlists under another id"),
        *_note(by_artist, "In no playlist, so the artist counts"),
        *_note(by_sound, "In no playlist, so what sounds alike counts"),
        *_note(only_heard, "In no playlist, so only the sound counts"),
        *_note(lost, "In no playlist that the model learned from, so left out"),
    ]
    away = model.split([track.id for track in unlike])[0]
    if unlike:
        notes += [f"Away from: {', '.join(track.name for track in unlike)}."]
        unheard = [track.name for track in unlike if track.id not in away]
        notes += _note(unheard, "In no playlist, so only the track itself is kept out")
    taken = {track_id for track_id, _ in items}
    more = [(track_id, weight) for track_id, weight in stand_ins if track_id not in taken]
    all_items = [*items, *more]
    return Asked(
        seeds=tuple(wanted.values()),
        items=tuple(track_id for track_id, _ in all_items),
        weights=tuple(weight for _, weight in all_items),
        direct=len(items),
        artists=tuple(artists),
        title=title if title and title.strip() else None,
        mode=mode,
        exclude=tuple(track.id for track in (*seeds, *whole, *unlike)),
        unlike=tuple(away),
        notes=tuple(notes),
    )


def with_popular(asked: Asked, is_known: bool) -> Asked:
    """Go by popularity when the model knows nothing about its seeds, and say so in a note.

    Parameters
    ----------
    asked : Asked
        The request.
    is_known : bool
        Whether the library knows any of the seeds, or there is a title.

    Raises
    ------
    NotFound
        Nothing is known at all.
    """
    if not asked.is_empty:
        return asked
    if not is_known:
        names = ", ".join(seed.name for seed in asked.seeds[:NAMED])
        raise NotFound(
            f"None of the seeds is in any playlist that the model learned from: {names}. "
            "Name other tracks, or the list with --title."
        )
    told = "Nothing is known about the seeds: these tracks are popular, no more."
    return replace(asked, notes=(*asked.notes, told))


def _same_recording(model: Recommender, store: Store, seed: Track) -> TrackId | None:
    """Find the seed under another id that the model knows.

    Its twins come first, of several the one in most playlists; then tracks of the same artist and
    title, the best match by name.
    """
    twins = model.split(store.twins.of(seed.id))[0]
    if twins:
        held = playlist_model.popularity(model)[model.items.split(twins)[0]]
        return twins[int(held.argmax())]
    if not (seed.title and seed.artists):
        return None
    key = recording_key(seed.title, seed.artists)
    song = split_title(seed.title).base
    hits = store.tracks.search(f"{seed.artists[0]} {song}", limit=BY_ARTIST)
    same = [
        track
        for track, _ in hits
        if track.title and key and recording_key(track.title, track.artists) == key
    ]
    same.sort(key=lambda track: not same_name(track.title or "", seed.title or ""))
    known = model.split([track.id for track in same])[0]
    return known[0] if known else None


def _by_artist(
    model: Recommender, store: Store, strangers: Sequence[Track]
) -> tuple[list[str], list[str], list[Track], list[tuple[TrackId, float]]]:
    """Sort out the seeds whose artist the model knows.

    Gives these artists, the names of their seeds, the other seeds, and, for a model that cannot
    start from artists, tracks by them.
    """
    artists: dict[str, str] = {}
    checked: dict[str, list[TrackId]] = {}
    helped: list[str] = []
    others: list[Track] = []
    for seed in strangers:
        found = None
        for name in seed.artists:
            key = name_key(name)
            if key and key not in checked:
                checked[key] = _tracks_by(model, store, name)
            if checked.get(key):
                found = name
                break
        if found is None:
            others.append(seed)
        else:
            artists.setdefault(name_key(found), found)
            helped.append(seed.name)
    if "artists" in takes(model):
        return list(artists.values()), helped, others, []
    stand_ins = [(track_id, 1.0 / NEAR) for key in artists for track_id in checked[key][:NEAR]]
    return [], helped, others, stand_ins


def _tracks_by(model: Recommender, store: Store, name: str) -> list[TrackId]:
    key = name_key(name)
    hits = store.tracks.search(name, limit=BY_ARTIST)
    own = [track.id for track, _ in hits if key in map(name_key, track.artists)]
    return model.split(own)[0]


def _by_sound(
    model: Recommender, strangers: Sequence[Track], near: Near | None
) -> tuple[list[tuple[TrackId, float]], list[str], list[Track]]:
    """Find known tracks that sound like unknown ones; gives them, who was helped, who was not."""
    if near is None:
        return [], [], list(strangers)
    stand_ins: list[tuple[TrackId, float]] = []
    helped: list[str] = []
    lost: list[Track] = []
    for seed in strangers:
        alike = model.split(near(seed, 20 * NEAR))[0][:NEAR]
        stand_ins += [(track_id, 1.0 / len(alike)) for track_id in alike]
        if alike:
            helped.append(seed.name)
        else:
            lost.append(seed)
    return stand_ins, helped, lost


def _note(names: Sequence[str], what: str) -> list[str]:
    """Say something of tracks: one sentence, or none if there are no tracks."""
    if not names:
        return []
    rest = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return [f"{what}: {', '.join(names[:NAMED])}{rest}."]
