"""The fakes keep the rules they are there for, and their documents see when one drifts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from jsonschema import Draft202012Validator

from fakes import serve
from fakes.asking import PLAIN
from fakes.deezer import FakeDeezer
from fakes.deezer import track as song
from fakes.document import FOLDER, Document
from fakes.spotify import FakeSpotify, track
from fakes.web import Call
from murecom.crawl.spotify import Spotify

Made = tuple[FakeSpotify, Spotify]


def ask(url: str, token: str, **params: Any) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with httpx2.Client(trust_env=False, headers=headers, verify=PLAIN) as client:
        return client.get(url, params=params)


def send(url: str, form: dict[str, str]) -> httpx2.Response:
    with httpx2.Client(trust_env=False, verify=PLAIN) as client:
        return client.post(url, data=form)


# -- rules -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"limit": 10}, 200),
        ({"limit": 50}, 400),
        ({"limit": 0}, 400),
        ({"limit": 10, "offset": 990}, 200),
        ({"limit": 10, "offset": 991}, 400),
        ({"limit": 10, "offset": -1}, 400),
    ],
)
def test_pages_of_a_search(spotify: Made, params: dict[str, int], status: int) -> None:
    fake, source = spotify
    answer = ask(f"{source.url}/search", fake.grant(None), q="rain", type="playlist", **params)
    assert answer.status_code == status


def test_items_are_for_owners_and_members(spotify: Made) -> None:
    fake, source = spotify
    lists = {
        fake.add("Mine", [track(1)], owner=fake.user): 200,
        fake.add("Ours", [track(1)], members=(fake.user,)): 200,
        fake.add("Theirs", [track(1)]): 403,
        "unknown": 404,
    }
    token = fake.grant(fake.user)
    for key, status in lists.items():
        assert ask(f"{source.url}/playlists/{key}/items", token).status_code == status
        assert ask(f"{source.url}/playlists/{key}/tracks", token).status_code == 404


def test_a_code_is_for_who_has_the_verifier_and_once(spotify: Made) -> None:
    fake, source = spotify
    root = source.url.removesuffix("/v1")
    verifier = "v" * 50
    hashed = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": fake.client_id,
        "redirect_uri": "http://127.0.0.1:9/callback",
        "code_challenge_method": "S256",
        "code_challenge": base64.urlsafe_b64encode(hashed).rstrip(b"=").decode(),
    }

    def trade(verifier: str, code: str) -> httpx2.Response:
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        form |= {"client_id": fake.client_id, "redirect_uri": asked["redirect_uri"]}
        return send(f"{root}/api/token", form)

    def agree() -> str:
        answer = ask(f"{root}/authorize", "", **asked)
        return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]

    assert trade("w" * 50, agree()).json()["error"] == "invalid_grant"
    code = agree()
    given = trade(verifier, code)
    assert given.status_code == 200
    assert trade(verifier, code).json()["error"] == "invalid_grant"
    form = {"grant_type": "refresh_token", "client_id": fake.client_id}
    form["refresh_token"] = given.json()["refresh_token"]
    assert send(f"{root}/api/token", form).status_code == 200
    assert send(f"{root}/api/token", form).json()["error"] == "invalid_grant"


def test_who_calls_during_a_pause_waits_longer(spotify: Made) -> None:
    fake, source = spotify
    fake.pause(100)
    waits = [int(ask(f"{source.url}/me", "").headers["retry-after"]) for _ in range(3)]
    assert waits[0] < waits[1] < waits[2]


def test_the_log_tells_how_many_came_at_once(deezer: tuple[FakeDeezer, Any]) -> None:
    fake, source = deezer
    for _ in range(3):
        ask(f"{source.url}/search/playlist", "", q="x")
    times = [call.at for call in fake.calls]
    assert fake.most_in(60) == 3
    assert fake.most_in((times[1] - times[0]) / 2) >= 1


# -- documents ---------------------------------------------------------------------------------

NAMES = ("deezer", "lastfm", "listenbrainz", "spotify")


@pytest.mark.parametrize("name", NAMES)
def test_documents_are_schemas_and_say_where_they_come_from(name: str) -> None:
    document = Document(name)
    for schema in document.content["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    about = document.content["info"]["description"]
    assert "read 2026-11-22" in about
    assert "Nothing of it is recorded" in about
    assert {path.stem for path in FOLDER.glob("*.json")} >= set(NAMES)


def drifted(make: Callable[[dict[str, Any]], None]) -> list[str]:
    """Give what the document says of a fake with a track that was changed."""
    row = song(1)
    make(row)
    fake = FakeDeezer()
    key = fake.add("Rain", [row])
    with serve(fake) as url:
        ask(f"{url}/playlist/{key}/tracks", "")
    return Document("deezer").faults(fake.calls[0])


def test_a_fake_that_drifts_is_found_out() -> None:
    assert drifted(lambda row: None) == []
    assert drifted(lambda row: row.update(popularity=7))
    assert drifted(lambda row: row.pop("title"))
    assert drifted(lambda row: row.update(duration="3:20"))


def test_a_source_that_asks_for_more_than_is_documented_is_found_out() -> None:
    good = {"q": "rain", "index": "0", "limit": "100"}
    answer = {"data": [], "total": 0}
    for query, is_right in (
        (good, True),
        ({**good, "limit": "101"}, False),
        ({**good, "order": "RANKING"}, False),
        ({"index": "0"}, False),
    ):
        call = Call(0.0, "GET", "/search/playlist", query, {}, status=200, answer=answer)
        assert (Document("deezer").faults(call) == []) is is_right
    other = Call(0.0, "GET", "/chart", {}, {}, status=200, answer={})
    assert Document("deezer").faults(other)
