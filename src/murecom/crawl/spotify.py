"""Spotify: the user's own playlists, and the names of others.

Since March 2026 an application in development mode finds playlists by words, ten at a time and
a thousand in all, but reads the tracks only of those that its user made or works on. Applications
with the extended quota are asked as before (`spotify.extended`). Nothing of it may teach a model.
Source: "Web API Dev Mode Changes – Migration Guide" of February 2026 and the reference of the
Web API, as `docs/sources.md` tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from typing import Any

from murecom.crawl.answers import (
    a_list,
    an_object,
    check,
    follow,
    isrc,
    listed,
    moment,
    odd,
    part,
    positive,
    start,
    text,
    whole,
)
from murecom.crawl.base import Entry, Http, Limit, Login, Page, Source, Stub, Task
from murecom.errors import BadInput, NotReady, Unsupported
from murecom.types import Track, TrackId

_SEARCHED = 1000
"How far into what a word finds the API goes: offset and limit together."

_CLOSED = (
    "Spotify shows the tracks of a playlist only to those who made it or work on it, since "
    "March 2026. Ask for your own playlists, or import the data that Spotify lets you download."
)
_REFUSED = (
    "Spotify refuses the application: its owner needs Premium, and you must be on its list of "
    "users. Look at it in your developer dashboard."
)


class Spotify(Source):
    """The Web API of Spotify."""

    name = "spotify"
    trainable = False
    kinds = ("own", "search", "playlist")
    limit = Limit(30, 30.0)  # its window is 30 s; how many calls it takes is not published
    terms = (
        "You may keep your own playlists and the names of others to use them with this program; "
        "Spotify's developer policy forbids to teach models from them (read 2026-11-22)."
    )
    page_size = {"own": 50, "search": 10, "playlist": 50}  # noqa: RUF012
    page_calls = {"own": 2}  # noqa: RUF012
    id_prefix = "spotify:track:"  # a file on somebody's disk, spotify:local:…, is none of Spotify's

    @property
    def url(self) -> str:
        """The address that all routes begin with."""
        return str(self.settings.url).rstrip("/")

    @property
    def opens_found(self) -> bool:
        """Whether the application is one that may read playlists of others."""
        return bool(self.settings.extended)

    def login(self, *, own: bool) -> Login:
        """Ask the user's leave for what is theirs, else log in as the application alone."""
        settings = self.settings
        if not settings.client_id:
            raise NotReady(
                "Spotify answers registered applications only. Make one in its developer "
                "dashboard and set spotify.client_id; docs/sources.md shows how."
            )
        accounts = str(settings.accounts).rstrip("/")
        if own:
            return Login(
                f"{accounts}/api/token",
                f"{accounts}/authorize",
                settings.client_id,
                scopes=("playlist-read-private", "playlist-read-collaborative"),
            )
        if not settings.client_secret:
            raise NotReady(
                "To search, Spotify wants the secret of the application, too. Set "
                "spotify.client_secret, or ask for your own playlists only."
            )
        return Login(
            f"{accounts}/api/token",
            client_id=settings.client_id,
            client_secret=settings.client_secret,
        )

    def run(self, task: Task, http: Http) -> Page:
        """Ask for one page."""
        if task.kind == "own":
            return self._own(task, http)
        if task.kind == "search":
            return self._search(task, http)
        if task.kind == "playlist":
            return self._playlist(task, http)
        raise Unsupported(f"Spotify gives no {task.kind}. It gives playlists and their tracks.")

    def _own(self, task: Task, http: Http) -> Page:
        """Read a page of the playlists that the user made or follows.

        Only those that the user made or works on are open. Who the user is costs a call, which
        the place of the next page remembers: `offset/user`.
        """
        place, _, user = (task.next or "0").partition("/")
        here = start(place, "Spotify")
        if not user:
            user = text(self._asked(http, "/me", {}).get("id"))
            if not user:
                raise odd("Spotify", "no id of the user")
        page = self._asked(http, "/me/playlists", {"limit": 50, "offset": here})
        stubs, refused = self._stubs(page, here, user)
        after = follow(page.get("next"), "offset", here, "Spotify") if page["items"] else None
        return Page(
            stubs=stubs,
            next=None if after is None else f"{after}/{user}",
            total=whole(page.get("total")),
            refused=refused,
        )

    def _search(self, task: Task, http: Http) -> Page:
        here = start(task.next, "Spotify")
        size = 50 if self.settings.extended else 10
        if here + size > _SEARCHED:
            return Page()
        wanted: dict[str, str | int] = {"q": task.key, "type": "playlist"}
        found = self._asked(http, "/search", {**wanted, "limit": size, "offset": here})
        page = an_object(found, "Spotify", "playlists")
        stubs, refused = self._stubs(page, here)
        after = follow(page.get("next"), "offset", here, "Spotify") if page["items"] else None
        return Page(
            stubs=stubs,
            next=str(after) if after is not None and after + size <= _SEARCHED else None,
            total=whole(page.get("total")),
            refused=refused,
        )

    def _asked(
        self, http: Http, route: str, params: Mapping[str, str | int], refused: str = _REFUSED
    ) -> Mapping[str, Any]:
        reply = http.get(f"{self.url}{route}", params)
        check(reply, "Spotify", refused)
        return an_object(reply.data, "Spotify")

    def _stubs(
        self, page: Mapping[str, Any], here: int, user: str = ""
    ) -> tuple[tuple[Stub, ...], tuple[tuple[str, str], ...]]:
        """Read the playlists of a page; with `user`, those of others are not open."""
        stubs, refused = [], []
        for number, item in enumerate(a_list(page, "Spotify", "items"), here + 1):
            stub = _stub(item)
            if stub is None:
                reason = "it is null" if item is None else "it has no id"
                refused.append((f"playlist {number}", reason))
                continue
            is_mine = text(part(item, "owner").get("id")) == user or item.get("collaborative")
            is_open = bool(self.settings.extended) or bool(user and is_mine)
            has_words = not user or item.get("public") is True
            stubs.append(replace(stub, is_open=is_open, has_words=has_words))
        return tuple(stubs), tuple(refused)

    def _playlist(self, task: Task, http: Http) -> Page:
        """Read a page of tracks; before the first one, the name of a playlist that has none yet."""
        here = start(task.next, "Spotify")
        if not (task.key.isascii() and task.key.isalnum()):
            raise BadInput(f"{task.key!r} is no id of a playlist. It is the end of its address.")
        where = f"/playlists/{task.key}"
        about = None
        if task.next is None and not task.about.get("name"):
            fields = "id,name,description,snapshot_id,collaborative,items.total,tracks.total"
            about = _stub(self._asked(http, where, {"fields": fields}, _CLOSED))
            if about is None:
                raise odd("Spotify", "a playlist without an id")
        # the extended quota keeps the routes and fields of before
        route = "tracks" if self.settings.extended else "items"
        params: dict[str, str | int] = {"limit": 50, "offset": here, "additional_types": "track"}
        page = self._asked(http, f"{where}/{route}", params, _CLOSED)
        entries, refused = [], []
        items = a_list(page, "Spotify", "items")
        for number, item in enumerate(items, here + 1):
            track = _track(item)
            if isinstance(track, Track):
                entries.append(Entry(track, moment(item.get("added_at"))))
            else:
                refused.append((f"track {number}", track))
        after = follow(page.get("next"), "offset", here, "Spotify") if items else None
        return Page(
            playlist=about,
            entries=tuple(entries),
            next=None if after is None else str(after),
            total=whole(page.get("total")),
            refused=tuple(refused),
        )


def _stub(item: Any) -> Stub | None:
    """Read a playlist; None if it has no id. Its tracks are counted in one of two fields.

    Descriptions come escaped for HTML (issue 980 of spotify/web-api), names do not.
    """
    key = text(item.get("id")) if isinstance(item, dict) else ""
    if not key:
        return None
    size = whole(part(item, "items").get("total"))
    return Stub(
        key,
        text(item.get("name")),
        whole(part(item, "tracks").get("total")) if size is None else size,
        description=unescape(text(item.get("description"))) or None,
        snapshot=text(item.get("snapshot_id")) or None,
    )


def _track(item: Any) -> Track | str:
    """Read an entry of a playlist, or say why it is no track."""
    found = None
    if isinstance(item, dict):
        found = item.get("item") or item.get("track")
    if not isinstance(found, dict):
        return "it is null, so the track is not there any more"
    uri = text(found.get("uri"))
    if item.get("is_local") is True or uri.startswith("spotify:local:"):
        return "it is a file on the disk of whoever made the playlist"
    if found.get("type") == "episode" or uri.startswith("spotify:episode:"):
        return "it is an episode of a podcast"
    if not uri.startswith("spotify:track:"):
        return "it has no id"
    title = text(found.get("name"))
    if not title:
        return "it has no name, so the track is not there any more"
    names = [text(a.get("name")) for a in listed(found.get("artists")) if isinstance(a, dict)]
    code = isrc(part(found, "external_ids").get("isrc"))
    return Track(
        TrackId(uri),
        title,
        tuple(name for name in names if name),
        text(part(found, "album").get("name")) or None,
        positive(found.get("duration_ms"), 1000),
        ids={"spotify": uri, **({"isrc": code} if code else {})},
    )
