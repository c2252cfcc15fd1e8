"""Scan a folder and print what sounds like its first track: `python similar_tracks.py FOLDER`."""

import sys
from pathlib import Path

from murecom.service import Murecom


def main(folder: Path, home: Path | None = None) -> None:
    with Murecom(home=home) as murecom:
        murecom.scan([folder])
        [seed] = murecom.examples(1)
        print(f"Like {seed.name}:")
        for neighbour in murecom.similar([seed], k=5).tracks:
            print(f"  {neighbour.score:.2f}  {neighbour.track.name}  ({neighbour.why})")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
