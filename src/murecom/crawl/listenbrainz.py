"""ListenBrainz: playlists of its users, with MusicBrainz ids, and recordings heard together.

Open data that models may learn from. Its playlists are JSPF with an extension of MusicBrainz; what
is heard together comes from another server, of experiments ("labs").
Source: the API documentation of ListenBrainz and its JSPF extension, as `docs/sources.md` tells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from murecom.crawl.answers import (
    a_list,
    an_object,
    check,
    isrc,
    listed,
    mbid,
    moment,
    odd,
    part,
    positive,
    start,
    text,
    whole,
)
from murecom.crawl.base import Entry, Http, Limit, Login, Page, Reply, Source, Stub, Task
from murecom.errors import BadInput, NotReady, Unsupported
from murecom.types import Track, TrackId

_PLAYLIST = "https://musicbrainz.org/doc/jspf#playlist"
_TRACK = "https://musicbrainz.org/doc/jspf#track"

_PAGE = 25
"The number of playlists on a page that its documentation gives."

_REFUSED = (
    "ListenBrainz shows that to its owner only. Set listenbrainz.token if it is yours, and "
    "crawl.contact to an address that it can write to; else leave it out."
)

_SHORTEST = 3
"Characters that it wants of a word to search for."

_ALGORITHM = "session_based_days_7500_session_300_contribution_5_threshold_15_limit_50_skip_30"
"Which of its tables to ask: heard within one session, over twenty years, the 50 nearest."


class ListenBrainz(Source):
    """The API of ListenBrainz."""

    name = "listenbrainz"
    trainable = True
    needs_contact = True
    id_kinds = ("mbid",)
    kinds = ("own", "search", "playlist", "similar")
    limit = Limit(1, 1.0)
    terms = (
        "ListenBrainz gives its data to everybody for any use, at most one call a second, and "
        "wants to be told who asks (read 2026-11-22)."
    )
    page_size = {"own": _PAGE, "search": _PAGE}  # noqa: RUF012

    @property
    def url(self) -> str:
        """The address that all routes but that of similar recordings begin with."""
        return str(self.settings.url).rstrip("/")

    def login(self, *, own: bool) -> Login | None:
        """Send the user's token if there is one; only private playlists need it."""
        token = self.settings.token
        return Login(token=token, key_prefix="Token ") if token else None

    def takes_word(self, word: str) -> bool:
        """Tell whether a word is long enough to be searched for."""
        return len(word) >= _SHORTEST

    def seeds(self, words: Sequence[str], *, own: bool) -> list[Task]:
        """Give the user's own playlists and the words to search for."""
        if own and not self.settings.user:
            raise NotReady("Whose playlists is not known. Set listenbrainz.user to your name.")
        return super().seeds(words, own=own)

    def run(self, task: Task, http: Http) -> Page:
        """Ask for one page."""
        if task.kind == "own":
            if not self.settings.user:
                raise NotReady("Whose playlists is not known. Set listenbrainz.user to your name.")
            return self._named(
                f"/1/user/{quote(self.settings.user, safe='')}/playlists", {}, task, http
            )
        if task.kind == "search":
            if not self.takes_word(task.key):
                raise Unsupported(
                    f"ListenBrainz searches for {_SHORTEST} characters or more. "
                    "Name a longer word, or two of them together."
                )
            return self._named("/1/playlist/search", {"query": task.key}, task, http)
        if task.kind == "playlist":
            return self._playlist(task, http)
        if task.kind == "similar":
            return self._similar(task, http)
        raise Unsupported(
            f"ListenBrainz gives no {task.kind}. It gives playlists and similar recordings."
        )

    def _named(self, route: str, params: dict[str, str | int], task: Task, http: Http) -> Page:
        """Read a page of playlists without their tracks."""
        here = start(task.next, "ListenBrainz")
        reply = http.get(f"{self.url}{route}", {**params, "count": _PAGE, "offset": here})
        _check(reply)
        page = an_object(reply.data, "ListenBrainz")
        items = a_list(page, "ListenBrainz", "playlists")
        total = whole(page.get("playlist_count"))
        stubs, refused = [], []
        for number, item in enumerate(items, here + 1):
            stub = _stub(part(item, "playlist"))
            if stub is None:
                refused.append((f"playlist {number}", "it has no MusicBrainz id"))
            else:
                stubs.append(stub)
        # a full page may have a next one, whatever the total says
        after = here + len(items)
        has_more = len(items) >= _PAGE or (bool(items) and total is not None and after < total)
        return Page(
            stubs=tuple(stubs),
            next=str(after) if has_more else None,
            total=total,
            refused=tuple(refused),
        )

    def _playlist(self, task: Task, http: Http) -> Page:
        """Read a playlist, which comes whole."""
        key = mbid(task.key)
        if key is None:
            raise BadInput(f"{task.key!r} is no id of a playlist, which is a MusicBrainz id.")
        reply = http.get(f"{self.url}/1/playlist/{key}")
        # that a contact is set was seen to before (`needs_contact`): 403 is about this list
        check(reply, "ListenBrainz", _REFUSED)
        content = an_object(reply.data, "ListenBrainz", "playlist")
        about = _stub(content)
        if about is None:
            raise odd("ListenBrainz", "a playlist without a MusicBrainz id")
        entries, refused = [], []
        items = a_list(content, "ListenBrainz", "track")
        for number, item in enumerate(items, 1):
            track = _track(item)
            if track is None:
                refused.append((f"track {number}", "it has neither a MusicBrainz id nor a title"))
            else:
                added = part(part(item, "extension"), _TRACK).get("added_at")
                entries.append(Entry(track, moment(added)))
        return Page(
            playlist=about, entries=tuple(entries), total=len(items), refused=tuple(refused)
        )

    def _similar(self, task: Task, http: Http) -> Page:
        """Read the recordings that are heard together with one, nearest first.

        Scores are counts of sessions, weighed; here they are parts of the highest one. The server
        gives neither an order nor each recording once.
        """
        key = mbid(task.key) or mbid(task.about.get("mbid"))
        if key is None:
            raise Unsupported(
                "ListenBrainz knows recordings by MusicBrainz ids, and the track has none. "
                "Tag it with Picard, or leave it out."
            )
        labs = str(self.settings.labs).rstrip("/")
        params = {"recording_mbids": key, "algorithm": _ALGORITHM}
        reply = http.get(f"{labs}/similar-recordings/json", params)
        _check(reply)
        found: dict[str, tuple[Track, float]] = {}
        refused = []
        for number, item in enumerate(a_list(reply.data, "ListenBrainz"), 1):
            other = mbid(item.get("recording_mbid")) if isinstance(item, dict) else None
            score = positive(item.get("score")) if isinstance(item, dict) else None
            if other is None or score is None:
                refused.append((f"recording {number}", "it has no MusicBrainz id or no score"))
            elif other != key and (other not in found or score > found[other][1]):
                artist = text(item.get("artist_credit_name"))
                track = Track(
                    TrackId(f"listenbrainz:{other}"),
                    text(item.get("recording_name")) or None,
                    (artist,) if artist else (),
                    text(item.get("release_name")) or None,
                    ids={"mbid": other},
                )
                found[other] = track, score
        best = max((score for _, score in found.values()), default=1.0)
        tracks = sorted(found.values(), key=lambda pair: (-pair[1], pair[0].id))
        return Page(
            tracks=tuple((track, score / best) for track, score in tracks),
            refused=tuple(refused),
        )


def _check(reply: Reply) -> None:
    """Pass an answer; 403 is how ListenBrainz answers those who do not say who they are."""
    if reply.status == 403:
        raise NotReady(
            "ListenBrainz answers nobody who does not say who asks. Set crawl.contact to your "
            "e-mail address or page."
        )
    check(reply, "ListenBrainz")


def _stub(playlist: Any) -> Stub | None:
    if not isinstance(playlist, Mapping):
        return None
    key = next((k for uri in listed(playlist.get("identifier")) if (k := mbid(uri))), None)
    if key is None:
        return None
    more = part(part(playlist, "extension"), _PLAYLIST)
    return Stub(
        key,
        text(playlist.get("title")),
        has_words=more.get("public") is not False,
        description=text(playlist.get("annotation")) or None,
        snapshot=text(more.get("last_modified_at")) or None,
    )


def _track(item: Any) -> Track | None:
    """Read a track of a JSPF; without a MusicBrainz id it is known by its names."""
    if not isinstance(item, dict):
        return None
    uris = listed(item.get("identifier"))
    key = next((k for uri in uris if "/recording/" in text(uri) and (k := mbid(uri))), None)
    code = next((c for uri in uris if (c := isrc(text(uri).removeprefix("isrc:")))), None)
    title, album = text(item.get("title")) or None, text(item.get("album")) or None
    artists, duration = _artists(item), positive(item.get("duration"), 1000)
    ids = {**({"mbid": key} if key else {}), **({"isrc": code} if code else {})}
    if key:
        track_id = f"listenbrainz:{key}"
    elif title:
        track_id = f"text:{Track(TrackId(''), title, artists).name}"
    else:
        return None
    return Track(TrackId(track_id), title, artists, album, duration, ids=ids)


def _artists(item: dict[str, Any]) -> tuple[str, ...]:
    """Give the artists one by one, as the extension tells them, else the name of all together."""
    more = part(part(part(item, "extension"), _TRACK), "additional_metadata")
    names = [
        text(artist.get("artist_credit_name"))
        for artist in listed(more.get("artists"))
        if isinstance(artist, dict)
    ]
    if not names or not all(names):
        names = [text(item.get("creator"))]
    return tuple(name for name in names if name)
