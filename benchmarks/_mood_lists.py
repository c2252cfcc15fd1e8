"""How near lists stay to the mood that was meant, from words to the thirtieth song, for `mood.py`.

Songs whose valence and arousal people gave (`song_mood.jsonl`) are the measure; they are looked up
by artist and title among the tracks of the Million Playlist Dataset. murecom sees names of
playlists and titles only.
"""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import _mood_tracks
from _common import say
from _mood_figures import Part, Row, draws, shown, with_interval
from murecom.evaluate.intervals import Figure
from murecom.mood.model import MoodModel
from murecom.service import Murecom
from murecom.text.names import recording_key
from murecom.types import Track

Doubles = NDArray[np.float64]
Sums = tuple[Doubles, Doubles]
Point = tuple[float, float]
Maker = Callable[[str, Point], Sequence[Track]]
"Gives a list for words and the point that they mean."

ASKED: tuple[tuple[Point, tuple[str, str, str]], ...] = (
    ((-0.7, 0.75), ("so angry I could scream", "气得想砸东西", "腹が立って叫びたい")),
    ((-0.75, -0.35), ("my heart is broken, I can't stop crying", "失恋了，一直在哭",
                      "失恋して涙が止まらない")),
    ((-0.2, -0.3), ("I miss the old days", "好想念从前的日子", "あの頃が懐かしい")),
    ((0.5, -0.65), ("peaceful and quiet, nothing to worry about", "安静平和的夜晚",
                    "穏やかで静かな夜")),
    ((0.85, 0.55), ("what a wonderful day, I am so happy", "今天太开心了", "最高に嬉しい一日")),
    ((0.75, 0.25), ("falling in love with you", "我爱上你了", "あなたに恋をした")),
    ((-0.65, 0.7), ("scared and alone in the dark", "一个人在黑暗里很害怕", "暗闇の中で怖い")),
    ((0.7, 0.75), ("let's dance all night", "嗨起来，一起跳舞", "朝まで踊って盛り上がろう")),
    ((-0.35, -0.75), ("exhausted, I just want to sleep", "累了，只想睡觉", "疲れた、もう寝たい")),
    ((0.6, -0.15), ("everything will be all right", "一切都会好起来的", "きっと大丈夫")),
    ((-0.6, -0.4), ("nobody is here, I feel so alone", "没有人懂我，好孤独", "一人ぼっちで寂しい")),
    ((-0.55, 0.1), ("stressed out and fed up with everything", "烦死了，什么都不顺",
                    "イライラして何もかも嫌だ")),
)  # fmt: skip
"""Moods as points, and in English, Chinese and Japanese words; written before the first list was
made, the points after those of the classes of `mood.labels`."""

TITLES = (
    "angry", "heartbreak", "nostalgia", "calm", "happy", "in love", "scared", "dance party",
    "sleep", "hope", "lonely", "stressed",
)  # fmt: skip
"The same moods as people call playlists."

LENGTH = 30
STRETCHES = {"1-3": (0, 3), "4-10": (3, 10), "11-20": (10, 20), "21-30": (20, 30)}

OURS = "murecom: words, first songs, continuation"
WORDS, SHORT = "title only: the same words", "one word, as lists are called"

TRAINED = ("item_knn", "title")
"Recommenders of playlists: quick to train; the usual ones are a little better and take minutes."


@dataclass(frozen=True, eq=False)
class _Lists:
    """Labels of the songs in lists: each list's aim, mood number, places and points."""

    aims: list[Point]
    moods: list[int]
    places: list[NDArray[np.int64]]
    points: list[Doubles]
    lengths: list[int]


def lists(model: MoodModel, data: Path) -> list[Part]:
    """Ask in a library of labelled songs, the odd half: every place of a list can be judged."""
    labels = _labels(data)
    known = {key: one for key, one in labels.items() if not _mood_tracks.is_even(*one.song)}
    return [_asked("lists", "a library of labelled songs (odd half)", data, known, only=True)]


def catalogue(model: MoodModel, data: Path) -> list[Part]:
    """Ask in the whole catalogue, of which few tracks have a label."""
    return [_asked("catalogue", "all tracks of the playlists", data, _labels(data), only=False)]


@dataclass(frozen=True, slots=True)
class _Label:
    point: Point
    song: tuple[str, str]


Labels = Mapping[str, _Label]


def _labels(data: Path) -> Labels:
    found: dict[str, _Label] = {}
    for line in (data / "emotion" / "song_mood.jsonl").open("rb"):
        song = json.loads(line)
        point = 2 * song["valence"] - 1, 2 * song["arousal"] - 1
        key = recording_key(song["title"], [song["artist"]])
        found.setdefault(key, _Label(point, (song["artist"], song["title"])))
    return found


def _asked(name: str, title: str, data: Path, labels: Labels, only: bool) -> Part:
    """Fill a home with playlists, train, read moods, and ask; `only` leaves labelled songs."""
    with tempfile.TemporaryDirectory(prefix="murecom-mood-") as folder:
        home = Path(folder)
        file = home / "playlists.jsonl"
        with (
            gzip.open(data / "mpd" / "playlists.jsonl.gz", "rt", encoding="utf-8") as packed,
            file.open("w", encoding="utf-8") as out,
        ):
            out.writelines(_kept(packed, labels) if only else packed)
        with Murecom(home=home / "home") as app:
            say(f"{name}: importing")
            app.import_([file], trainable=True)
            file.unlink()
            say(f"{name}: training")
            app.train_playlists(models=TRAINED, defaults=True)
            say(f"{name}: moods of tracks")
            app.mood_tracks()
            say(f"{name}: asking")
            return _compared(Part(name, title), app, labels)


def _kept(lines: Iterable[str], labels: Labels) -> Iterator[str]:
    """Give playlists without the tracks that have no label; empty ones are left out."""
    for line in lines:
        playlist = json.loads(line)
        playlist["tracks"] = [
            track
            for track in playlist["tracks"]
            if recording_key(track["track_name"], [track["artist_name"]]) in labels
        ]
        if playlist["tracks"]:
            playlist["num_tracks"] = len(playlist["tracks"])
            yield json.dumps(playlist, ensure_ascii=False) + "\n"


def _compared(part: Part, app: Murecom, labels: Labels) -> Part:
    def label(track: Track) -> Point | None:
        found = labels.get(recording_key(track.title or "", track.artists[:1]))
        return found.point if found else None

    every = list(app.store.tracks.iter())
    told = [label(track) for track in every]
    catalogue = np.array([point for point in told if point is not None])
    moods = app.store.moods.all()
    order = np.argsort(-moods.popularity, kind="stable")[:LENGTH]
    known = app.store.tracks.get([moods.ids[row] for row in order])
    famous = [known[moods.ids[row]] for row in order]
    makers: dict[str, Maker] = {
        OURS: lambda text, _: _tracks(app.mood(text, length=LENGTH)),
        "… the point given instead of words": lambda _, point: _tracks(
            app.mood(point=point, length=LENGTH)
        ),
        "… mood alone, nothing continued": lambda text, _: _tracks(app.first_songs(text, LENGTH)),
        WORDS: lambda text, _: _tracks(app.continue_([], LENGTH, title=text, by="playlists")),
        "popularity": lambda *_: famous,
    }
    asked = {name: (make, ASKED) for name, make in makers.items()}
    for name, make in (
        (f"title only: {SHORT}", makers[WORDS]),
        (f"murecom: {SHORT}", makers[OURS]),
    ):
        asked[name] = make, [(p, (t,)) for (p, _), t in zip(ASKED, TITLES, strict=True)]
    sums = {}
    for name, (make, moods_asked) in asked.items():
        found = _gathered(make, label, moods_asked)
        sums[name] = _sums(found)
        part.rows.append({"who": name, **_figures(found)})
    sums["random"] = _random(catalogue)
    figure = _mean(sums["random"])
    part.rows.append({
        "who": "random", "labelled": len(catalogue) / len(every), "distance": figure,
        **dict.fromkeys(STRETCHES, figure.value),
    })  # fmt: skip
    pairs = [(OURS, other) for other in ("random", "popularity", WORDS)]
    for own, other in [*pairs, (f"murecom: {SHORT}", f"title only: {SHORT}")]:
        nearer = _difference(sums[own], sums[other])
        part.bar(f"nearer than {other}, lower end of how much", nearer.low, 0.0)
        part.notes.append(f"Nearer than {other} by {shown(nearer)}.")
    part.title += (
        f": {len(every):,} tracks, {len(catalogue):,} with a label; {len(ASKED)} moods in three "
        f"languages, lists of {LENGTH}"
    )
    part.notes.append(
        "Moods of tracks by titles and names of lists. Distance: mean over the labelled songs of "
        "the lists, in the plane (-1..1 each axis), to the mood that was meant; 1-3 to 21-30: by "
        "place. r: between what was asked and the labels. Intervals draw moods, the languages of "
        "one together."
    )
    return part


def _tracks(answer: Any) -> list[Track]:
    return [neighbour.track for neighbour in answer.tracks]


def _gathered(
    make: Maker,
    label: Callable[[Track], Point | None],
    asked: Sequence[tuple[Point, tuple[str, ...]]],
) -> _Lists:
    found = _Lists([], [], [], [], [])
    for number, (point, words) in enumerate(asked):
        for text in words:
            tracks = list(make(text, point))
            told = [(place, p) for place, t in enumerate(tracks) if (p := label(t)) is not None]
            found.aims.append(point)
            found.moods.append(number)
            found.places.append(np.array([place for place, _ in told], np.int64))
            found.points.append(np.array([p for _, p in told], np.float64).reshape(-1, 2))
            found.lengths.append(len(tracks))
    return found


def _figures(found: _Lists) -> Row:
    off = _off(found)
    row: Row = {
        "lists": sum(length > 0 for length in found.lengths),
        "labelled": sum(map(len, off)) / max(sum(found.lengths), 1),
        "distance": _mean(_by_mood(found.moods, off)),
    }
    for name, (first, last) in STRETCHES.items():
        cut = [
            one[(places >= first) & (places < last)]
            for one, places in zip(off, found.places, strict=True)
        ]
        row[name] = _mean(_by_mood(found.moods, cut)).value
    pairs = list(zip(found.aims, off, strict=True))
    aims = np.concatenate([np.repeat([aim], len(one), axis=0) for aim, one in pairs])
    points = np.concatenate(found.points)
    moods = np.concatenate([np.full(len(o), m) for m, o in zip(found.moods, off, strict=True)])
    for axis, name in enumerate(("r valence", "r arousal")):
        row[name] = _r_by_mood(aims[:, axis], points[:, axis], moods)
    return row


def _sums(found: _Lists) -> Sums:
    return _by_mood(found.moods, _off(found))


def _off(found: _Lists) -> list[Doubles]:
    return [
        np.linalg.norm(points - np.array(aim), axis=1)
        for aim, points in zip(found.aims, found.points, strict=True)
    ]


def _by_mood(moods: Iterable[int], values: Iterable[Doubles]) -> Sums:
    """Give the sum and the number of values of each mood, both of shape (moods,)."""
    sums, counts = np.zeros(len(ASKED)), np.zeros(len(ASKED))
    for mood, some in zip(moods, values, strict=True):
        sums[mood] += some.sum()
        counts[mood] += len(some)
    return sums, counts


def _drawn(sums: Sums) -> Doubles:
    total, counts = (draws(len(ASKED)) @ one for one in sums)
    result: Doubles = total / np.where(counts > 0, counts, np.nan)
    return result


def _mean(sums: Sums) -> Figure:
    if not sums[1].sum():
        return Figure(float("nan"), float("nan"), float("nan"))
    return with_interval(sums[0].sum() / sums[1].sum(), _drawn(sums))


def _difference(ours: Sums, other: Sums) -> Figure:
    """Tell how much nearer ours is, of the same draws of moods."""
    value = other[0].sum() / other[1].sum() - ours[0].sum() / ours[1].sum()
    return with_interval(value, _drawn(other) - _drawn(ours))


def _r_by_mood(x: Doubles, y: Doubles, moods: NDArray[np.integer]) -> Figure:
    def r(weights: Doubles) -> float:
        some = weights > 0
        if not some.any() or np.ptp(x[some]) == 0 or np.ptp(y[some]) == 0:
            return 0.0
        covariance = np.cov(x[some], y[some], aweights=weights[some])
        return float(covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]))

    return with_interval(r(np.ones(len(x))), np.array([r(one[moods]) for one in draws(len(ASKED))]))


def _random(catalogue: Doubles) -> Sums:
    """Give what any track of the catalogue would score: no list is drawn, all are counted."""
    off = [np.linalg.norm(catalogue - np.array(point), axis=1).mean() for point, _ in ASKED]
    return np.array(off), np.ones(len(ASKED))
