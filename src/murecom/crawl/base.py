"""The contract of sources: what can be asked for, and what an answer holds.

A source is one file beside this one: a class that knows the routes of one service and reads its
answers. It keeps nothing: queue, positions and what came of a word live in the database (`jobs`),
limits, pauses, retries and tokens in `net`. So `run` may be called again with the same task at any
time, and gives the same page.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol

from murecom.types import Track, TrackId

Kind = Literal["own", "search", "category", "playlist", "similar", "lyrics", "comments", "tags"]
"""What a task asks for: the playlists of the user, those that a word finds, those of a category,
the tracks of a playlist, tracks like a track, what is known of a track."""


@dataclass(frozen=True, slots=True)
class Task:
    """A list of pages to ask for.

    `key` is what it is about: a word, a category, the source's own id of a playlist or a track;
    `next` is where the wanted page begins, as the source itself wrote it down in `Page.next`, None
    for the first one. `about` is what whoever made the task knew, such as the name of a playlist.
    """

    kind: Kind
    key: str
    next: str | None = None
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stub:
    """A playlist that was named, not read: `key` is its id at the source.

    `size` is how many tracks it claims to have, `is_open` whether the source lets its tracks be
    read, `has_words` whether words of its name may be searched for: not those of a private one, nor
    of a name that the source made. As in `types.Playlist`: `snapshot`, `tags`.
    """

    key: str
    name: str
    size: int | None = None
    is_open: bool = True
    has_words: bool = True
    description: str | None = None
    snapshot: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A track in a playlist, and when it came in (seconds since 1970)."""

    track: Track
    added_at: int | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """A text about a track: `kind` as in `store.texts`, "" for lyrics of a track without words."""

    kind: Literal["lyrics", "comment", "title"]
    body: str
    likes: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What one call gave.

    Attributes
    ----------
    stubs : tuple of Stub
        Playlists that it names, those of "own", "search" and "category".
    playlist : Stub, optional
        What the page of a playlist tells of itself; wins over what the stub said.
    entries : tuple of Entry
        The tracks of a playlist, in order.
    tracks : tuple of (Track, float)
        Tracks like the one that was asked for, with a score; of "similar".
    texts : tuple of Words
        Of "lyrics" and "comments". No texts and no `next`: there are none.
    tags : tuple of (str, str, float)
        Key, value and weight 0..1; of "tags".
    next : str, optional
        Where the next page begins; None if this is the last one.
    total : int, optional
        How many playlists or entries the source claims that there are, which may not be true.
    refused : tuple of (str, str)
        What of the page could not be used: where it stands, and why.
    """

    stubs: tuple[Stub, ...] = ()
    playlist: Stub | None = None
    entries: tuple[Entry, ...] = ()
    tracks: tuple[tuple[Track, float], ...] = ()
    texts: tuple[Words, ...] = ()
    tags: tuple[tuple[str, str, float], ...] = ()
    next: str | None = None
    total: int | None = None
    refused: tuple[tuple[str, str], ...] = ()


class Reply(Protocol):
    """An answer of a server."""

    @property
    def status(self) -> int:
        """Status code; 401, 429 and 5xx do not come here, unless they did not go away."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers; names are found in any case."""

    @property
    def data(self) -> Any:
        """The JSON of the body; None if it is empty. Raises BadInput if it is none."""


class Http(Protocol):
    """What a source asks with; `net.Client` is one."""

    @property
    def sent(self) -> int:
        """Calls that were sent so far, those for tokens and those sent again included."""

    def get(
        self,
        url: str,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        paused_if: Callable[[Any], float | None] | None = None,
    ) -> Reply:
        """Ask for an address, when its host allows; see `net.client` for what it raises.

        `paused_if` is for services that say "too often" in a good answer: it gets the JSON and
        gives the seconds to wait before the call is sent again, None if it is an answer.
        """

    def pause(self, url: str, seconds: float) -> None:
        """Leave the host of an address alone for so long, in all threads and programs.

        For who learns it in other ways than by `paused_if`; who calls it raises Paused, too.
        """


@dataclass(frozen=True, slots=True)
class Limit:
    """How often a host may be asked: so many calls in any window of so many seconds."""

    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Login:
    """How a token is had: OAuth 2.0, by client credentials, or by PKCE where `scopes` are asked.

    `key_header` and `key_prefix` are how a fixed token is sent instead, if `token` is one.
    """

    token_url: str = ""
    authorize_url: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    scopes: tuple[str, ...] = ()
    token: str = field(default="", repr=False)
    key_prefix: str = "Bearer "


class Source(ABC):
    """One service. Made with its section of the settings."""

    name: ClassVar[str]
    "How users call it; also the source of the ids that it gives."

    trainable: ClassVar[bool]
    "Whether its terms let models learn from its playlists."

    kinds: ClassVar[tuple[Kind, ...]]
    "What it can be asked for."

    limit: ClassVar[Limit]
    "What its documentation allows, or where that is silent a rate that is polite."

    terms: ClassVar[str]
    "What is allowed, in a sentence, with the date on which it was read; shown before a crawl."

    id_kinds: ClassVar[tuple[str, ...]] = ()
    "Kinds of `Track.ids` beside its own name by which it knows tracks, such as `mbid`."

    page_size: ClassVar[Mapping[str, int]] = {}
    "How many playlists or entries a page has by kind of task, for estimates."

    page_calls: ClassVar[Mapping[str, int]] = {}
    "How many calls a page takes at most by kind of task, where that is more than one."

    id_prefix: ClassVar[str | None] = None
    """What the ids of tracks that it knows begin with, before its own id of them: its name and a
    colon if None, "" if it can be asked for tracks of any source."""

    needs_contact: ClassVar[bool] = False
    "Whether it answers only those who say who they are: `crawl.contact` must be set."

    def __init__(self, settings: Any) -> None:
        self.settings = settings

    @property
    @abstractmethod
    def url(self) -> str:
        """The address that all routes begin with, without a slash at the end.

        Raises
        ------
        NotReady
            A setting is missing; the message names it.
        """

    @property
    def opens_found(self) -> bool:
        """Whether tracks of playlists that a word finds can be read, as far as is known before."""
        return True

    def takes_word(self, word: str) -> bool:
        """Tell whether a word can be searched for."""
        return True

    def login(self, *, own: bool) -> Login | None:
        """Tell how to log in, `own` for what is the user's; None where nobody needs to.

        Raises
        ------
        NotReady
            A setting is missing; the message names it.
        """
        return None

    def seeds(self, words: Sequence[str], *, own: bool) -> list[Task]:
        """Give the tasks that a crawl begins with.

        Parameters
        ----------
        words : sequence of str
            What the user named: words, or categories where the source has these.
        own : bool
            Begin with the user's own playlists.

        Raises
        ------
        Unsupported
            The source does not have that.
        """
        tasks = [Task("own", "")] if own else []
        return tasks + [Task("search", word) for word in words]

    @abstractmethod
    def run(self, task: Task, http: Http) -> Page:
        """Ask for one page.

        Raises
        ------
        NotFound
            What the task is about does not exist any more.
        Unsupported
            The source refuses it, and would again; the message says why.
        BadInput
            The answer is not what the service documents. It may be another time.
        Paused, QuotaSpent, Unreachable
            As the client raises them.
        """

    def key_of(self, track_id: TrackId) -> str | None:
        """Give the source's own id of a track; None if the track is not of this source."""
        prefix = self.prefix
        key = track_id.removeprefix(prefix)
        return key if key and track_id.startswith(prefix) else None

    @property
    def prefix(self) -> str:
        """What the ids of tracks that it knows begin with; see `id_prefix`."""
        return f"{self.name}:" if self.id_prefix is None else self.id_prefix
