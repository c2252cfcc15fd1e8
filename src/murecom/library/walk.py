"""Finding music files under one or several folders.

The first step of a scan. Nothing is opened that its name explains, nothing is kept in memory but
the listing of the folder at hand, and the order is the same on every run.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from murecom.library.sniff import AUDIO_EXTENSIONS, HEAD, OTHER_EXTENSIONS, extension, is_audio

MARKERS = frozenset({".murecomignore", ".nomedia"})
"A folder below a root that holds a file of this name is skipped, with everything in it."

SYSTEM_FOLDERS = frozenset(
    {"@eaDir", "#recycle", "$RECYCLE.BIN", "System Volume Information", "lost+found", "__MACOSX"}
)
"Folders that storage boxes and operating systems make for themselves; skipped like hidden ones."


@dataclass(frozen=True, slots=True)
class Found:
    """A music file: absolute path, size in bytes, time of last change in nanoseconds."""

    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file or folder that cannot be looked at; `reason` is a sentence for the user."""

    path: str
    reason: str


def walk(
    roots: Iterable[str | os.PathLike[str]],
    *,
    extensions: Collection[str] | None = None,
    follow_links: bool = True,
) -> Iterator[Found | Unreadable]:
    """Yield the music files under `roots`, each once, in an order that does not change.

    Parameters
    ----------
    roots : iterable of path
        Folders or files; they may overlap. A file is taken even if its name is hidden.
    extensions : collection of str, optional
        Lower case, without dots; `AUDIO_EXTENSIONS` if None. A file with an extension that is
        neither among them, nor another known one, is taken when its first bytes are sound.
    follow_links : bool
        Enter linked folders and take linked files that lie outside the roots. What a walk meets by
        itself is told by its own path only, so no link leads round in a loop. Links that are roots
        are always followed.

    Yields
    ------
    Found or Unreadable
        Within a folder files come first, then folders, each sorted by name. Paths are absolute;
        bytes that are not UTF-8 stand in them as surrogates (`os.fsdecode`). A root that is
        missing or closed is told as it was given. No roots, or empty folders, yield nothing.

    Notes
    -----
    Skipped silently: hidden files and folders, `SYSTEM_FOLDERS`, folders below a root that hold
    one of `MARKERS`. Memory grows with the largest single folder, not with the library.
    """
    if isinstance(roots, (str, os.PathLike)):
        roots = [roots]
    wanted = AUDIO_EXTENSIONS if extensions is None else frozenset(extensions)
    return _Walk(wanted, follow_links).run(list(roots))


class _Walk:
    def __init__(self, extensions: frozenset[str], follow_links: bool) -> None:
        self.extensions = extensions
        # an extension that the user took out of the list must not come back by sniffing
        self.ignored = (OTHER_EXTENSIONS | AUDIO_EXTENSIONS) - extensions
        self.follow_links = follow_links
        self.roots: list[str] = []  # real paths
        self.tops: list[str] = []  # real paths of roots and of followed links
        self.areas: set[tuple[int, int]] = set()  # the same by device and inode

    def run(self, roots: list[str | os.PathLike[str]]) -> Iterator[Found | Unreadable]:
        folders: list[str] = []
        files: list[str] = []
        for root in roots:
            try:
                is_folder = stat.S_ISDIR(os.stat(root).st_mode)
            except (OSError, ValueError) as error:
                yield Unreadable(os.fspath(root), _reason(error, os.fspath(root)))
            else:
                (folders if is_folder else files).append(os.path.abspath(root))

        for folder in self._outermost(folders):
            yield from self._folder(folder)
        told: set[str] = set()
        for file in files:
            real = os.path.realpath(file)
            if real not in told and not self._meets(real):
                told.add(real)
                yield from self._root_file(file)

    def _outermost(self, folders: list[str]) -> list[str]:
        """Give the folders that no other one leads to, and enter them in `tops` and `areas`."""
        real = {folder: os.path.realpath(folder) for folder in folders}
        kept: list[str] = []
        for folder in sorted(real, key=lambda folder: len(real[folder])):
            if not self._covers(real[folder]):
                self._enter(real[folder])
                kept.append(folder)
        self.roots = list(self.tops)
        return [folder for folder in real if folder in kept]

    def _enter(self, real: str) -> None:
        self.tops.append(real)
        status = os.stat(real)
        if status.st_ino:  # some network file systems have no numbers
            self.areas.add((status.st_dev, status.st_ino))

    def _covers(self, real: str) -> bool:
        """Tell whether the walk meets this real path by itself."""
        for top in self.tops:
            if real == top:
                return True
            prefix = os.path.join(top, "")
            if not real.startswith(prefix):
                continue
            parts = real[len(prefix) :].split(os.sep)
            if any(_is_hidden(part) for part in parts):
                continue
            below = [os.path.join(top, *parts[: i + 1]) for i in range(len(parts))]
            if not any(os.path.lexists(os.path.join(b, m)) for b in below for m in MARKERS):
                return True
        return False

    def _meets(self, link: str) -> bool:
        """Tell whether the file that a link shows is found under its own path."""
        real = os.path.realpath(link)
        return os.path.exists(real) and self._covers(real) and self._is_music(real)

    def _folder(self, root: str) -> Iterator[Found | Unreadable]:
        pending = [root]
        while pending:
            folder = pending.pop()
            try:
                files, folders, links = self._listing(folder, is_root=folder == root)
            except OSError as error:
                yield Unreadable(folder, _reason(error, folder))
                continue
            for name in links:
                target = os.path.join(folder, name)
                if os.path.isdir(target):
                    if self._leads_out(target, folder):
                        self._enter(os.path.realpath(target))
                        folders.append(name)
                elif not self._meets(target):
                    files.append(name)
            for name in sorted(files):
                yield from self._file(os.path.join(folder, name))
            # the last in is the first out: names in falling order
            pending += [os.path.join(folder, name) for name in sorted(folders, reverse=True)]

    def _listing(self, folder: str, *, is_root: bool) -> tuple[list[str], list[str], list[str]]:
        """Give the names of files that may be music, of folders, and of links."""
        files, folders, links = [], [], []
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if name in MARKERS and not is_root:
                    return [], [], []
                if _is_hidden(name):
                    continue
                if entry.is_symlink():
                    if self.follow_links:
                        links.append(name)
                elif entry.is_dir(follow_symlinks=False):
                    if not self._is_area(entry):
                        folders.append(name)
                elif extension(name) not in self.ignored:
                    files.append(name)
        return files, folders, sorted(links)

    def _is_area(self, entry: os.DirEntry[str]) -> bool:
        """Tell whether a folder is walked on its own account, as a root or by a link."""
        if len(self.areas) == 1 and len(self.tops) == 1:
            return False  # nothing but the root itself: spare a look at every folder
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            return False  # entering it will tell why
        return (status.st_dev, status.st_ino) in self.areas

    def _leads_out(self, link: str, folder: str) -> bool:
        """Tell whether a link shows a folder that the walk does not meet otherwise.

        A folder that holds a root, or the link itself, is a loop and never entered.
        """
        real = os.path.realpath(link)
        held = [*self.roots, os.path.realpath(folder)]
        prefix = os.path.join(real, "")
        if any(path == real or path.startswith(prefix) for path in held):
            return False
        return not self._covers(real)

    def _is_music(self, path: str) -> bool:
        kind = extension(path)
        if kind in self.extensions or kind in self.ignored:
            return kind in self.extensions
        try:
            status = os.stat(path)
            if not stat.S_ISREG(status.st_mode) or not status.st_size:
                return False
            with open(path, "rb", buffering=0) as file:
                return is_audio(file.read(HEAD))
        except OSError:
            return False  # without a name that promises music nobody misses it

    def _file(self, path: str) -> Iterator[Found | Unreadable]:
        if not self._is_music(path):
            return
        try:
            status = os.stat(path)
        except OSError as error:
            if not isinstance(error, FileNotFoundError):
                yield Unreadable(path, _reason(error, path))
            elif os.path.islink(path):
                yield Unreadable(path, "This link leads nowhere. Mend or remove it.")
            return  # else it was removed while the walk was under way
        if stat.S_ISREG(status.st_mode):
            yield Found(path, status.st_size, status.st_mtime_ns)
        elif not stat.S_ISDIR(status.st_mode):
            yield Unreadable(path, "This is a pipe or a device, not a file. Leave it out.")

    def _root_file(self, path: str) -> Iterator[Found | Unreadable]:
        if not self._is_music(path):
            reason = "This is not a music file. Name a music file or a folder."
            yield Unreadable(path, reason)
        elif not os.access(path, os.R_OK):
            yield Unreadable(path, _reason(PermissionError(errno.EACCES, ""), path))
        else:
            yield from self._file(path)


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name in SYSTEM_FOLDERS


def _reason(error: OSError | ValueError, path: str) -> str:
    """Say why a path cannot be looked at, and what to do."""
    number = getattr(error, "errno", None)
    if number in (errno.ENOENT, errno.ENOTDIR) or isinstance(error, ValueError):
        return f"There is no file or folder {path!r}."
    if number in (errno.EACCES, errno.EPERM):
        return "No permission to read this. Allow it (chmod u+rX) or leave it out."
    if number == errno.ENAMETOOLONG:
        return "The path is too long for this system. Shorten a name in it."
    if number == errno.ELOOP:
        return "These links lead round in a loop. Remove one."
    text = getattr(error, "strerror", None) or str(error)
    return f"The system says: {text}. Check the disk, then scan again."
