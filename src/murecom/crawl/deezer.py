"""Deezer: playlists that a word finds, and their tracks with ISRC.

Its catalogue is open without a key. Errors come with status 200 and a body that says which.
Source: the API reference of Deezer and the client libraries that `docs/sources.md` names.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from murecom.crawl.answers import (
    a_list,
    an_object,
    check,
    follow,
    isrc,
    listed,
    odd,
    part,
    positive,
    start,
    text,
    whole,
)
from murecom.crawl.base import Entry, Http, Limit, Page, Source, Stub, Task
from murecom.errors import BadInput, NotFound, Paused, Unreachable, Unsupported
from murecom.types import Track, TrackId

_PAGE = 100

_WINDOW = 5.0
"Seconds in which Deezer counts calls; after them a spent quota is whole again."

_REFUSED = "Deezer shows that to its owner only. Leave it out."


class Deezer(Source):
    """The open API of Deezer."""

    name = "deezer"
    trainable = False
    kinds = ("search", "playlist")
    limit = Limit(50, _WINDOW)
    terms = (
        "Deezer opens its catalogue to programs, at most 50 calls in 5 seconds; whether its terms "
        "allow to keep much of it is not settled, so nothing of it teaches models "
        "(read 2026-11-22)."
    )
    page_size = {"search": _PAGE, "playlist": _PAGE}  # noqa: RUF012

    @property
    def url(self) -> str:
        """The address that all routes begin with."""
        return str(self.settings.url).rstrip("/")

    def seeds(self, words: Sequence[str], *, own: bool) -> list[Task]:
        """Give the words to search for."""
        if own:
            raise Unsupported(
                "Deezer takes no new applications, so nobody can log in to their own playlists. "
                "Name words to search for."
            )
        return super().seeds(words, own=False)

    def run(self, task: Task, http: Http) -> Page:
        """Ask for one page."""
        if task.kind == "search":
            return self._search(task, http)
        if task.kind == "playlist":
            return self._playlist(task, http)
        raise Unsupported(f"Deezer gives no {task.kind}. It gives playlists and their tracks.")

    def _search(self, task: Task, http: Http) -> Page:
        here = start(task.next, "Deezer")
        params: dict[str, str | int] = {"q": task.key, "index": here, "limit": _PAGE}
        page = _asked(http, f"{self.url}/search/playlist", params)
        items = a_list(page, "Deezer", "data")
        stubs, refused = [], []
        for number, item in enumerate(items, here + 1):
            stub = _stub(item)
            if stub is None:
                refused.append((f"playlist {number}", "it has no id"))
            else:
                stubs.append(stub)
        return Page(
            stubs=tuple(stubs),
            next=_after(page, items, here),
            total=whole(page.get("total")),
            refused=tuple(refused),
        )

    def _playlist(self, task: Task, http: Http) -> Page:
        """Read a page of tracks; before the first one, the name of a playlist that has none yet."""
        here = start(task.next, "Deezer")
        if whole(task.key) is None:
            raise BadInput(f"{task.key!r} is no id of a playlist at Deezer, which is a number.")
        where = f"{self.url}/playlist/{task.key}"
        about = None
        if task.next is None and not task.about.get("name"):
            about = _stub(_asked(http, where))
            if about is None:
                raise odd("Deezer", "a playlist without an id")
        page = _asked(http, f"{where}/tracks", {"index": here, "limit": _PAGE})
        items = a_list(page, "Deezer", "data")
        entries, refused = [], []
        for number, item in enumerate(items, here + 1):
            track = _track(item)
            if isinstance(track, Track):
                added = whole(item.get("time_add"))
                entries.append(Entry(track, added or None))
            else:
                refused.append((f"track {number}", track))
        return Page(
            playlist=about,
            entries=tuple(entries),
            next=_after(page, items, here),
            total=whole(page.get("total")),
            refused=tuple(refused),
        )


def _after(page: Mapping[str, Any], items: list[Any], here: int) -> str | None:
    """Give where the next page begins; an empty page is the last one, whatever it says."""
    place = follow(page.get("next"), "index", here, "Deezer") if items else None
    return None if place is None else str(place)


def _asked(
    http: Http, url: str, params: Mapping[str, str | int] | None = None
) -> Mapping[str, Any]:
    """Give what was asked for, or raise what the error in its place means.

    Codes: 4 quota, 100 and 500 to 600 wrong request, 200 and 300 not allowed, 700 busy, 800 no
    such thing. The client waits for the quota; it comes here if it does not get better.
    """
    reply = http.get(url, params, paused_if=_pause)
    try:
        error = part(reply.data, "error")
    except BadInput:  # the status says more than a page in place of an answer
        check(reply, "Deezer", _REFUSED)
        raise
    code = whole(error.get("code"))
    if code is None:
        check(reply, "Deezer", _REFUSED)
    data = an_object(reply.data, "Deezer")
    if not data.get("error"):
        return data
    said = text(error.get("message"))
    if code == 4:
        http.pause(url, _WINDOW)  # said with a status that is not good, or five times over
        raise Paused(
            "Deezer wants a pause: too many calls. Try again in a few seconds.",
            time.time() + _WINDOW,
        )
    if code == 700:
        raise Unreachable("Deezer is busy. Try again later.")
    if code == 800:
        raise NotFound("Deezer has none by that id any more. Leave it out.")
    if code in (200, 300):
        raise Unsupported(_REFUSED)
    raise BadInput(
        f"Deezer does not take the request: {said or 'it says not why'} (code {code}). "
        "Look for a newer version of murecom."
    )


def _pause(data: Any) -> float | None:
    """Tell whether the quota is spent, and when it is whole again."""
    return _WINDOW if whole(part(data, "error").get("code")) == 4 else None


def _stub(item: Any) -> Stub | None:
    if not isinstance(item, dict) or (key := whole(item.get("id"))) is None:
        return None
    return Stub(
        str(key),
        text(item.get("title")),
        whole(item.get("nb_tracks")),
        is_open=item.get("public") is not False,
        has_words=item.get("public") is not False,
        description=text(item.get("description")) or None,
        snapshot=text(item.get("checksum")) or None,
    )


def _track(item: Any) -> Track | str:
    """Read an entry of a playlist, or say why it is no track."""
    if not isinstance(item, dict):
        return "it is null"
    key, title = whole(item.get("id")), text(item.get("title"))
    if not key:  # files that a user sent have negative ids
        return "it has no id of the catalogue"
    if not title:
        return "it has no name"
    people = listed(item.get("contributors")) or [item.get("artist")]
    names = [text(person.get("name")) for person in people if isinstance(person, dict)]
    code = isrc(item.get("isrc"))
    return Track(
        TrackId(f"deezer:{key}"),
        title,
        tuple(dict.fromkeys(name for name in names if name)),
        text(part(item, "album").get("title")) or None,
        positive(item.get("duration")),
        ids={"deezer": str(key), **({"isrc": code} if code else {})},
    )
