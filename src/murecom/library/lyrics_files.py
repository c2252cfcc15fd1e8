"""Where the words of a track are: in its tags, or in a file beside it.

A `.lrc` or `.txt` of the same name, in the same folder or in one called `Lyrics` below it, wins
over the tags: somebody put it there for this track. A scan asks `Beside` for every music file, so
that folders are listed once and nothing is opened that did not change.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, replace

from murecom.library.lyrics import Lyrics, parse_lyrics
from murecom.library.tags import lyrics_tags
from murecom.text.encoding import decode

ENDINGS = (".lrc", ".txt")
"Endings of lyric files, the better first."

FOLDERS = frozenset({"lyrics", "lyric", "lrc", "歌词"})
"Names, in lower case, of folders of lyrics beside the music."

LARGEST = 1 << 20
"Bytes of the largest lyric file; an opera with a translation has 200,000."

LARGEST_TEXT = 1 << 16
"Bytes of the largest `.txt` that is taken for lyrics: longer ones are books and logs."


@dataclass(frozen=True, slots=True)
class LyricFile:
    """A file of lyrics; `mark` changes whenever its place, size or time of change does."""

    path: str
    mark: str


class Beside:
    """Finds lyric files; remembers the listing of the last folder, as walks go by folders."""

    def __init__(self) -> None:
        self._folder: str | None = None
        self._listing: dict[tuple[str, str], str] = {}

    def find(self, path: str) -> LyricFile | None:
        """Give the lyric file of a music file, None if there is none that can be seen."""
        folder, name = os.path.split(os.path.abspath(path))
        if folder != self._folder:
            self._folder, self._listing = folder, _listing(folder)
        if not self._listing:
            return None
        stem = os.path.splitext(name)[0].casefold()
        for ending in ENDINGS:
            found = self._listing.get((stem, ending))
            if found is None:
                continue
            try:
                status = os.stat(found)
            except OSError:
                continue
            if stat.S_ISREG(status.st_mode) and status.st_size:
                place = os.fsencode(os.path.relpath(found, folder))
                sum_ = hashlib.blake2b(place, digest_size=8)
                sum_.update(f"\0{status.st_size}\0{status.st_mtime_ns}".encode())
                return LyricFile(found, sum_.hexdigest())
        return None

    def mark(self, path: str) -> str:
        """Give the mark of a music file's lyric file, empty if there is none."""
        found = self.find(path)
        return found.mark if found else ""


def read_lyrics(path: str | os.PathLike[str]) -> Lyrics:
    """Read the words of a music file; never raises for what the files are.

    Parameters
    ----------
    path : path
        The music.

    Returns
    -------
    Lyrics
        Of the file beside it if that has any words, else of the tags: of several the timed ones, of
        those the longest. Without any, no lines; `notes` name what could not be read.
    """
    path = os.fspath(path)
    found = Beside().find(path)
    return lyrics_of(path, None if found is None else found.path)


def lyrics_of(path: str, beside: str | None) -> Lyrics:
    """Do the same for a caller who knows the lyric file already, None if there is none."""
    notes: tuple[str, ...] = ()
    if beside is not None:
        lyrics = read_lyric_file(beside)
        if lyrics.has_words or lyrics.is_instrumental:
            return lyrics
        notes = lyrics.notes
    texts, troubles = lyrics_tags(path)
    parsed = [parse_lyrics(text.replace("\0", "\n")) for text in texts]
    parsed = [one for one in parsed if one.has_words or one.is_instrumental]
    if not parsed:
        return Lyrics(notes=notes + troubles)
    best = max(parsed, key=lambda one: (one.is_timed, len(one.text)))
    return replace(best, source="tag", notes=notes + troubles + best.notes)


def read_lyric_file(path: str | os.PathLike[str]) -> Lyrics:
    """Read a file of lyrics in any encoding; never raises for what it is: `notes` say why not."""
    path = os.fspath(path)
    is_text = path.casefold().endswith(".txt")
    empty = Lyrics(source="file", path=path)
    largest = LARGEST_TEXT if is_text else LARGEST
    try:
        # a pipe would wait for ever, so look before opening
        if not stat.S_ISREG(os.stat(path).st_mode):
            return replace(empty, notes=(f"{path!r} is not a file.",))
        with open(path, "rb") as file:
            data = file.read(largest + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return replace(empty, notes=(f"{path!r} cannot be read: {reason}.",))
    if len(data) > largest:
        return replace(empty, notes=(f"{path!r} is too large for lyrics.",))
    text, _ = decode(data)
    odd = sum(c < " " and c not in "\t\n\v\f\r\x1a" for c in text) + text.count("\ufffd")
    if 20 * odd > len(text):
        return replace(empty, notes=(f"{path!r} is not text.",))
    lyrics = parse_lyrics(text)
    return replace(lyrics, source="file", path=path)


def _listing(folder: str) -> dict[tuple[str, str], str]:
    """Give the lyric files of a folder and of its folders of lyrics, by stem and ending."""
    found: dict[tuple[str, str], str] = {}
    folders = [folder]
    for place in folders:
        try:
            with os.scandir(place) as entries:
                names = sorted(entry.name for entry in entries)
        except OSError:
            continue  # the walk has said why
        for name in names:
            stem, ending = os.path.splitext(name)
            ending = ending.lower()
            if ending in ENDINGS and not name.startswith("."):
                found.setdefault((stem.casefold(), ending), os.path.join(place, name))
            elif place == folder and name.casefold() in FOLDERS:
                folders.append(os.path.join(folder, name))
    return found
