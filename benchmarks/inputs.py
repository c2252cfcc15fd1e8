"""Tell what names, numbers and lyrics add to sound, and to what nothing was heard of.

    python benchmarks/inputs.py                   what needs no sound: lyrics and names of
                                                  MURECOM_DATA (mandopop, song_mood, mpd)
    python benchmarks/inputs.py --music FOLDER    also free music, a folder a package, as
                                                  scripts/fit_statistics.py unpacks it

The rule against leaks: a label, and whatever spells it out, is never among the inputs. Tracks are
judged by artist without artist and album (an album names its artist), by package without album and
artist, by mood and playlist only among tracks of *other* artists than the seed's. Genres are judged
nowhere, because the clips with genre labels carry them in their tags. One hand wrote all tags of a
package, so what titles, years and genres add on free music is an upper bound.

Every row is compared with the first one of its set on the same seeds; the interval holds 95 % of
2,000 paired bootstrap samples of seeds. A block helps when the interval is above 0.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import _common as common
from _judged import Blocks, Floats, compared, noise, placed, precisions, unit_rows, weighed
from murecom.audio.decode import probe, read_windows
from murecom.embed.base import Memo
from murecom.errors import BadInput
from murecom.index.space import VectorBlock
from murecom.index.words import Words
from murecom.jobs.analyse import Sound, embedders
from murecom.jobs.inputs import Facts, Inputs
from murecom.library.lyrics import parse_lyrics
from murecom.library.tags import read_tags

ROOT = Path(__file__).resolve().parents[1]
SUFFIXES = {".mp3", ".ogg", ".opus", ".flac"}
WEIGHTS = (0.15, 0.3, 0.5, 0.7, 1.0)
SHOWN = 200
"Strangers among which the tracks of a seed's playlist are to be found."

# -- free music -----------------------------------------------------------------------------------


def heard(folder: Path) -> tuple[list[Facts], list[str], dict[str, VectorBlock]]:
    """Give facts, packages and sound of the tracks of 40 s and more."""
    members = embedders(Sound())
    facts, packages = [], []
    rows: dict[str, list[Floats]] = {e.key: [] for e in members}
    for path in sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES and p.is_file()):
        try:
            if probe(path).duration < 40:
                continue
            windows = read_windows(path)
        except BadInput as error:
            common.say(f"left out: {error}")
            continue
        memo = Memo()
        for member in members:
            rows[member.key].append(member.embed(windows, memo).mean(axis=0))
        tags = read_tags(path)
        packages.append(path.relative_to(folder).parts[0])
        facts.append(
            Facts(
                title=tags.title, artists=tags.artists, album=tags.album, genres=tags.genres,
                year=tags.year, duration=tags.duration,
            )
        )  # fmt: skip
    blocks = {}
    for e in members:
        blocks[e.key] = VectorBlock(np.array(rows[e.key]), *e.statistics(), e.weight, e.whitening())
    return facts, packages, blocks


def free_music(folder: Path) -> list[dict[str, Any]]:
    """Judge neighbours by artist and by package."""
    facts, packages, sound = heard(folder)
    artists = [fact.artists[0] if fact.artists else "" for fact in facts]
    results = []
    for name, labels, hidden in (
        ("free music: same artist (MAP)", artists, ("artist", "album")),
        ("free music: same package (MAP)", packages, ("artist", "album")),
    ):
        base = precisions(placed(sound), labels)
        results.append(compared(name, "sound", base, base))
        results.append(compared(name, "chance", base, precisions(noise(len(labels)), labels)))
        for block in ("title", "year", "duration", "genre"):
            assert block not in hidden
            own = Inputs({block: 1.0}).fit(facts).blocks(facts)
            results.append(compared(name, f"{block} alone", base, precisions(placed(own), labels)))
            for weight in WEIGHTS:
                both = placed({**sound, **weighed(own, weight)})
                row = compared(name, f"sound + {weight} {block}", base, precisions(both, labels))
                results.append(row)
    return results


# -- lyrics ---------------------------------------------------------------------------------------


def mandopop(file: Path) -> list[dict[str, Any]]:
    """Judge lyrics by the mood that people gave songs; sound stands in as Spotify's numbers."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        songs = list(csv.DictReader(text))
    columns = ("Energy", "Valence", "Tempo", "Acousticness", "Danceability")
    numbers = np.array([[float(song[c]) for c in columns] for song in songs], np.float32)
    sound = {"numbers": VectorBlock(numbers, numbers.mean(axis=0), numbers.std(axis=0))}
    facts = [
        Facts(
            title=song["Track Name"], artists=(song["Artist Name"],),
            lyrics=parse_lyrics(song["Lyrics"]).text,
        )
        for song in songs
    ]  # fmt: skip
    artists = [song["Artist Name"] for song in songs]
    kept = np.random.default_rng(1).random(len(facts)) < 0.5
    half = [fact if keep else Facts() for fact, keep in zip(facts, kept, strict=True)]
    results = []
    for column in ("human_all", "human_2"):
        labels = [song[column] for song in songs]
        name = f"mandopop: same mood of {len(set(labels))}, other artists (MAP)"
        base = precisions(placed(sound), labels, artists)
        results.append(compared(name, "sound (five numbers of Spotify)", base, base))
        chance = precisions(noise(len(songs)), labels, artists)
        results.append(compared(name, "chance", base, chance))
        for what, block, known in (
            ("lyrics", "lyrics", facts), ("lyrics of half of the songs", "lyrics", half),
            ("title", "title", facts),
        ):  # fmt: skip
            own = Inputs({block: 1.0}).fit(known).blocks(known)
            if known is facts:
                alone = precisions(placed(own), labels, artists)
                results.append(compared(name, f"{what} alone", base, alone))
            for weight in WEIGHTS:
                both = precisions(placed({**sound, **weighed(own, weight)}), labels, artists)
                results.append(compared(name, f"sound + {weight} {what}", base, both))
        signs = Words(32).fit([fact.texts("lyrics") for fact in facts])
        alone = precisions(
            unit_rows(signs.transform([f.texts("lyrics") for f in facts])), labels, artists
        )
        results.append(compared(name, "lyrics alone, random signs for topics", base, alone))
    return results + _mixing(sound, half, kept)


def _mixing(sound: Blocks, half: Sequence[Facts], kept: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Tell whether of the ten nearest of a song without lyrics as many have some as of all."""

    def share(blocks: Blocks) -> NDArray[np.float64]:
        unit = placed(blocks)
        pairs = unit @ unit.T
        np.fill_diagonal(pairs, -2)
        nearest = np.argsort(-pairs, axis=1, kind="stable")[~kept, :10]
        return kept[nearest].mean(axis=1).astype(np.float64)[:, None]

    name = f"mandopop: neighbours with lyrics of songs without ({kept.mean():.0%} of all have some)"
    inputs = Inputs({"lyrics": 0.5}).fit(half)
    blocks = inputs.blocks(half)
    as_nothing = {
        key: VectorBlock(matrix, blocks[key].mean, blocks[key].scale, 0.5)
        for key, matrix in inputs.vectors(half).items()
    }
    base = share(sound)
    return [
        compared(name, "sound", base, base),
        compared(name, "0.5 lyrics, unknown ones as nothing", base, share({**sound, **as_nothing})),
        compared(name, "0.5 lyrics, unknown ones as chance", base, share({**sound, **blocks})),
    ]


# -- names ----------------------------------------------------------------------------------------


def moods(file: Path) -> list[dict[str, Any]]:
    """Judge titles by how near in valence and arousal the ten nearest of other artists are."""
    songs = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    facts = [Facts(title=song["title"], artists=(song["artist"],)) for song in songs]
    mood = np.array([(song["valence"], song["arousal"]) for song in songs])
    artists = np.array([song["artist"] for song in songs])
    seeds = np.random.default_rng(0).choice(len(songs), min(1500, len(songs)), replace=False)

    def near(unit: Floats) -> NDArray[np.float64]:
        result = []
        for seed in seeds:
            order = np.argsort(-(unit @ unit[seed]), kind="stable")
            order = order[artists[order] != artists[seed]][:10]
            result.append(-np.hypot(*(mood[order] - mood[seed]).T).mean())
        return np.array(result, np.float64)[:, None]

    chance = near(noise(len(songs)))
    name = "song_mood: minus distance of mood to the ten nearest of other artists"
    rows = [compared(name, "chance", chance, chance)]
    for block in ("title", "artist"):
        unit = placed(Inputs({block: 1.0}).fit(facts).blocks(facts))
        rows.append(compared(name, block, chance, near(unit)))
    return rows


def playlists(file: Path) -> list[dict[str, Any]]:
    """Judge names by whether tracks of the seed's playlist are nearer than others."""
    lists: list[list[int]] = []
    known: dict[tuple[str, str], int] = {}
    with gzip.open(file, "rt", encoding="utf-8") as text:
        for line in text:
            entries = json.loads(line)["tracks"]
            keys = {(entry["artist_name"], entry["track_name"]) for entry in entries}
            lists.append([known.setdefault(key, len(known)) for key in sorted(keys)])
    facts = [Facts(title=title, artists=(artist,)) for artist, title in known]
    artists = [artist for artist, _ in known]
    entries = np.concatenate([np.array(one) for one in lists])  # strangers are as popular as others
    random = np.random.default_rng(0)
    trials = []
    for number in random.choice(len(lists), 1500, replace=False):
        own = lists[number]
        seed = int(random.choice(own))
        held = set(own)
        strangers = [int(s) for s in random.choice(entries, SHOWN) if int(s) not in held]
        trials.append((seed, own, strangers))
    results = []
    for name, allowed in (
        ("mpd: a track of the playlist is nearer than a stranger", False),
        ("mpd: the same, among other artists", True),
    ):
        rows: dict[str, NDArray[np.float64]] = {}
        for what, weights in (
            ("chance", None), ("title", {"title": 1.0}), ("artist", {"artist": 1.0}),
            ("artist + 0.5 title", {"artist": 1.0, "title": 0.5}),
            ("artist + title", {"artist": 1.0, "title": 1.0}),
        ):  # fmt: skip
            if weights is None:
                unit = noise(len(facts))
            else:
                unit = placed(Inputs(weights).fit(facts).blocks(facts))
            rows[what] = np.array(list(_areas(unit, trials, artists, allowed)))[:, None]
        results += [compared(name, what, rows["chance"], found) for what, found in rows.items()]
    return results


def lengths(file: Path) -> list[dict[str, Any]]:
    """Judge durations and albums in the same way on the few playlists that tell them.

    One seed is a playlist here: the mean over up to 60 of its tracks, among other artists.
    """
    songs: dict[str, Facts] = {}
    lists = []
    for playlist in json.loads(file.read_text(encoding="utf-8"))["playlists"]:
        lists.append({entry["track_uri"] for entry in playlist["tracks"]})
        for entry in playlist["tracks"]:
            songs[entry["track_uri"]] = Facts(
                title=entry["track_name"], artists=(entry["artist_name"],),
                album=entry["album_name"], duration=entry["duration_ms"] / 1000,
            )  # fmt: skip
    rows, facts = {uri: row for row, uri in enumerate(songs)}, list(songs.values())
    artists = [fact.artists[0] for fact in facts]
    random = np.random.default_rng(0)
    trials = []
    for one in lists:
        own = sorted(rows[uri] for uri in one)
        far = np.setdiff1d(np.arange(len(facts)), own)
        trials.append([(seed, own, random.choice(far, SHOWN).tolist()) for seed in own[:60]])
    name = f"mpd: the same, {len(lists)} playlists with durations"
    results = []
    base = None
    for block in ("chance", "duration", "album", "title", "artist"):
        unit = noise(len(facts))
        if block != "chance":
            unit = placed(Inputs({block: 1.0}).fit(facts).blocks(facts))
        means = [np.mean(list(_areas(unit, trial, artists, True))) for trial in trials]
        found = np.array(means, np.float64)[:, None]
        base = found if base is None else base
        results.append(compared(name, block, base, found))
    return results


def _areas(
    unit: Floats,
    trials: Iterable[tuple[int, Sequence[int], Sequence[int]]],
    artists: Sequence[str],
    others_only: bool,
) -> Iterable[float]:
    """Yield, for each trial, the chance that a track of the playlist is nearer than a stranger."""
    for seed, own, strangers in trials:
        near = [t for t in own if t != seed and not (others_only and artists[t] == artists[seed])]
        far = [t for t in strangers if not (others_only and artists[t] == artists[seed])]
        if near and far:
            close, remote = unit[near] @ unit[seed], unit[far] @ unit[seed]
            wins = (close[:, None] > remote).mean() + 0.5 * (close[:, None] == remote).mean()
            yield float(wins)


# -- results --------------------------------------------------------------------------------------


def text(document: Mapping[str, Any]) -> str:
    """Lay out the results, a table for each set."""
    sets: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in document["results"]:
        sets[row["set"]].append(row)
    parts = list(document["conditions"])
    for name, rows in sets.items():
        lines = []
        for r in rows:
            low, high = r["gain 95 %"]
            gain = f"{r['gain']:+.3f} ({low:+.3f} … {high:+.3f})"
            helps = "helps" if r["helps"] else "harms" if high < 0 else ""
            p5 = f"{r['P@5']:.3f}" if "P@5" in r else ""
            lines.append((r["inputs"], r["seeds"], p5, f"{r['value']:.3f}", gain, helps))
        header = ("inputs", "seeds", "P@5", "value", "gain (95 %)", "")
        parts += ["", name, common.table(header, lines)]
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--music", type=Path, metavar="FOLDER", help="free music, by package")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    arguments = parser.parse_args()
    data = Path(os.environ.get("MURECOM_DATA") or ROOT.parent / "shared" / "data")
    results = free_music(arguments.music) if arguments.music else []
    for measure, place in (
        (mandopop, "emotion/mandopop_lyrics.csv"),
        (moods, "emotion/song_mood.jsonl"),
        (playlists, "mpd/playlists.jsonl.gz"),
        (lengths, "mpd/mpd.slice.head.json"),
    ):
        if (data / place).is_file():
            results += measure(data / place)
        else:
            common.say(f"No {place} at {data} (MURECOM_DATA names another folder).")
    if not results:
        raise SystemExit(3)
    document = {"conditions": common.conditions("murecom", "numpy"), "results": results}
    common.show(document, arguments.json, lambda: text(document))


if __name__ == "__main__":
    common.restart_fairly()
    main()
