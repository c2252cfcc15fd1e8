"""Last.fm: the tags that listeners gave to a track, and the tracks that they hear with it.

It knows tracks by artist and title, so a track of any source can be asked for: the key of a task
is the id of the track, and `Task.about` holds its "title", "artists" and, where it is known,
"mbid". Errors come as a body with a number, under any status.
Source: the API documentation of Last.fm, as `docs/sources.md` tells.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from murecom.crawl.answers import an_object, check, listed, mbid, part, positive, text
from murecom.crawl.base import Http, Limit, Page, Reply, Source, Task
from murecom.errors import BadInput, NotFound, NotReady, Paused, Unreachable, Unsupported
from murecom.types import Track, TrackId

_WAIT = 60.0
"Seconds to wait when it has had too many calls; it does not say how long it wants."

_SIMILAR = 100
"Similar tracks to ask for in one call."


class LastFM(Source):
    """The API of Last.fm."""

    name = "lastfm"
    trainable = False
    kinds = ("tags", "similar")
    id_prefix = ""  # a track of any source can be asked for
    limit = Limit(1, 1.0)  # no figure is given; "several calls per second" may cost the key
    terms = (
        "Last.fm gives its data for non-commercial use, at most 100 MB of it to keep; nothing of "
        "it teaches models (read 2026-11-22)."
    )

    @property
    def url(self) -> str:
        """The address that all methods are asked at."""
        self._key()
        return str(self.settings.url).rstrip("/")

    def seeds(self, words: Sequence[str], *, own: bool) -> list[Task]:
        """Refuse: Last.fm has no playlists any more."""
        raise Unsupported(
            "Last.fm has no playlists. Ask it for the tags of tracks that you have, or import "
            "your listening history from a file."
        )

    def run(self, task: Task, http: Http) -> Page:
        """Ask for one page."""
        if task.kind == "tags":
            return self._tags(task, http)
        if task.kind == "similar":
            return self._similar(task, http)
        raise Unsupported(f"Last.fm gives no {task.kind}. It gives tags and similar tracks.")

    def _tags(self, task: Task, http: Http) -> Page:
        """Read the tags of a track; the commonest one weighs 1."""
        tags, refused = [], []
        found = self._asked("track.getTopTags", "toptags", task, http)
        for number, item in enumerate(listed(found.get("tag")), 1):
            name = text(item.get("name")) if isinstance(item, dict) else ""
            count = positive(item.get("count")) if isinstance(item, dict) else None
            if not name:
                refused.append((f"tag {number}", "it has no name"))
            elif count is not None:  # 0 says that hardly anybody gave it
                tags.append(("tag", name, min(count, 100.0) / 100))
        return Page(tags=tuple(tags), refused=tuple(refused))

    def _similar(self, task: Task, http: Http) -> Page:
        """Read the tracks that listeners of a track hear, too, nearest first."""
        tracks, refused = [], []
        found = self._asked("track.getSimilar", "similartracks", task, http, {"limit": _SIMILAR})
        for number, item in enumerate(listed(found.get("track")), 1):
            title = text(item.get("name")) if isinstance(item, dict) else ""
            match = positive(item.get("match")) if isinstance(item, dict) else None
            if not title or match is None:
                refused.append((f"track {number}", "it has no name or no match"))
                continue
            artist = text(part(item, "artist").get("name"))
            known = mbid(item.get("mbid"))
            named = Track(TrackId(""), title, (artist,) if artist else ())
            track = Track(
                TrackId(f"text:{named.name}"),  # it has no ids of its own
                title,
                named.artists,
                duration=positive(item.get("duration")),
                ids={"mbid": known} if known else {},
            )
            tracks.append((track, min(match, 1.0)))
        return Page(tracks=tuple(tracks), refused=tuple(refused))

    def _asked(
        self,
        method: str,
        field: str,
        task: Task,
        http: Http,
        more: Mapping[str, str | int] | None = None,
    ) -> Mapping[str, Any]:
        title, artist = text(task.about.get("title")), _first(task.about.get("artists"))
        known = mbid(task.about.get("mbid"))
        if title and artist:
            # by names first: an mbid finds nothing where Last.fm does not know it
            which: dict[str, str | int] = {"artist": artist, "track": title, "autocorrect": 1}
        elif known:
            which = {"mbid": known}
        else:
            raise Unsupported(
                "Last.fm knows tracks by artist and title, and the track lacks one of them. "
                "Tag its file, or leave it out."
            )
        key = {"method": method, "api_key": self._key(), "format": "json"}
        where, params = f"{self.url}/", {**key, **which, **(more or {})}
        reply = http.get(where, params, paused_if=_pause)
        try:
            return an_object(_answer(reply), "Last.fm", field)
        except Paused:  # said with a status that is not good, where the client does not look
            http.pause(where, _WAIT)
            raise

    def _key(self) -> str:
        if not self.settings.api_key:
            raise NotReady(
                "Last.fm answers registered applications only. Make a key on its page for API "
                "accounts and set lastfm.api_key; docs/sources.md shows how."
            )
        return str(self.settings.api_key)


def _first(artists: Any) -> str:
    """Give the first artist: Last.fm files a track under one name."""
    return next((name for value in listed(artists) if (name := text(value))), "")


def _pause(data: Any) -> float | None:
    """Tell whether it has had too many calls."""
    return _WAIT if isinstance(data, dict) and data.get("error") == 29 else None


def _answer(reply: Reply) -> Mapping[str, Any]:
    """Give what was asked for, or raise what the error in its place means.

    Codes: 6 not found or a wrong parameter, 8 11 16 try again, 29 too many calls; 4, 10, 26 the
    key is wrong or suspended.
    """
    try:
        data = reply.data
    except BadInput:  # the status says more than a page in place of an answer
        check(reply, "Last.fm")
        raise
    code = data.get("error") if isinstance(data, dict) else None
    if not code:
        check(reply, "Last.fm")
        return an_object(data, "Last.fm")
    said = text(data.get("message")) or "it says not why"
    if code == 6:
        raise NotFound(f"Last.fm does not know the track: {said}. Leave it out.")
    if code in (8, 11, 16):
        raise Unreachable("Last.fm is not in order. Try again later.")
    if code == 29:
        raise Paused(
            "Last.fm wants a pause: too many calls. Try again in a minute.", time.time() + _WAIT
        )
    if code in (4, 10, 26):
        raise NotReady(f"Last.fm does not accept the key: {said}. Check lastfm.api_key.")
    raise BadInput(
        f"Last.fm does not take the request: {said} (code {code}). "
        "Look for a newer version of murecom."
    )
