"""Scan a folder and print what sounds like one of its tracks.

Run it with two folders: `python similar_tracks.py MUSIC HOME`.
"""

import sys
from pathlib import Path

from murecom.service import Murecom


def main(folder: Path, home: Path) -> None:
    with Murecom(home=home) as murecom:
        murecom.scan([folder])
        [seed] = murecom.examples(1)
        print(f"Like {seed.name}:")
        for neighbour in murecom.similar([seed], k=5).tracks:
            print(f"  {neighbour.score:.2f}  {neighbour.track.name}  ({neighbour.why})")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Usage: python similar_tracks.py MUSIC_FOLDER HOME_FOLDER")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
