"""What the client makes of answers: told, waited for, asked again, or given up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from murecom import __version__
from murecom.errors import BadInput, NotReady, Paused, QuotaSpent, Unreachable
from murecom.net import Client
from net_doubles import Script, Scripted, SetClock, said

URL = "https://music.test/v1/search"

Open = Callable[..., tuple[Client, Script, SetClock]]


@pytest.fixture
def open_(tmp_path: Path) -> Open:
    def open_(*answers: Scripted, **more: Any) -> tuple[Client, Script, SetClock]:
        clock = SetClock()
        script = Script(*answers, clock=clock)
        return Client(tmp_path, transport=script, clock=clock, **more), script, clock

    return open_


def test_it_says_who_asks_and_gives_the_answer(open_: Open) -> None:
    client, script, _ = open_(said({"a": [1]}, X_Total="7"), contact="me@music.test")
    with client:
        answer = client.get(URL, {"q": "雨 夜", "limit": 10}, {"X-Own": "yes"})
    assert (answer.status, answer.headers["x-TOTAL"], answer.data) == (200, "7", {"a": [1]})
    (asked,) = script.asked
    assert asked.headers["user-agent"] == f"murecom/{__version__} (me@music.test)"
    assert (asked.url.params["q"], asked.url.params["limit"]) == ("雨 夜", "10")
    assert asked.headers["x-own"] == "yes"


@pytest.mark.parametrize("contact", ["Jörg", "a\r\nX-Evil: 1"])
def test_a_contact_that_cannot_be_sent(tmp_path: Path, contact: str) -> None:
    with pytest.raises(BadInput, match=r"crawl\.contact"):
        Client(tmp_path, contact=contact)


@pytest.mark.parametrize("status", [204, 304, 400, 401, 403, 404, 422])
def test_other_answers_are_given_as_they_are(open_: Open, status: int) -> None:
    client, script, _ = open_(httpx2.Response(status))
    answer = client.get(URL)
    assert (answer.status, answer.data, len(script.asked)) == (status, None, 1)


@pytest.mark.parametrize("body", [b"<html>", b'{"a": [1', b"\xff\xfe\x00", b"[NaN]", b"[" * 99_999])
def test_what_is_no_json(open_: Open, body: bytes) -> None:
    client, _, _ = open_(httpx2.Response(200, content=body))
    answer = client.get(URL, {"api_key": "hush"})
    with pytest.raises(BadInput, match=r"music\.test/v1/search cannot be read") as told:
        _ = answer.data
    assert "hush" not in str(told.value)


# -- waiting --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"Retry_After": "30"}, 30, 30),
        (
            {
                "Retry_After": "Mon, 23 Nov 2026 10:00:40 GMT",
                "Date": "Mon, 23 Nov 2026 10:00:00 GMT",
            },
            40,
            40,
        ),
        ({"X_RateLimit_Reset_In": "7"}, 7, 7),
        ({"Retry_After": "0"}, 1, 1.25),
        ({"Retry_After": "-5"}, 1, 1.25),
        ({"Retry_After": "soon"}, 1, 1.25),
        ({}, 1, 1.25),
    ],
)
def test_a_refusal_is_waited_for(
    open_: Open, headers: dict[str, str], least: float, most: float
) -> None:
    status = 503 if headers.get("Retry_After", "").isdigit() else 429  # both may name a time
    client, script, _ = open_(said(status=status, **headers), said())
    assert client.get(URL).status == 200
    first, second = script.times
    assert least <= second - first <= most + 0.1


def test_a_long_refusal_pauses_this_and_the_next_start(open_: Open) -> None:
    client, script, clock = open_(said(status=429, Retry_After="86400"), said())
    with pytest.raises(Paused, match=r"resume after \d\d:\d\d") as told:
        client.get(URL)
    assert told.value.until == pytest.approx(clock.wall() + 86_400, abs=1)
    again, second, other = open_(said())
    with pytest.raises(Paused):
        again.get(URL)
    assert (len(script.asked), second.asked, other.waits) == (1, [], [])
    assert again.get("https://other.test/").status == 200


def test_a_server_that_always_refuses_pauses_in_the_end(open_: Open) -> None:
    client, script, _ = open_(said(status=429, Retry_After="1"))
    with pytest.raises(Paused):
        client.get(URL)
    assert len(script.asked) == 8  # waits of 1, 2, 4 ... 64 s, and 128 s is too long


def test_unbelievable_pauses_are_cut(open_: Open) -> None:
    client, _, clock = open_(said(status=429, Retry_After="9" * 300))
    with pytest.raises(Paused) as told:
        client.get(URL)
    assert told.value.until <= clock.wall() + 31 * 86_400


@pytest.mark.parametrize("status", [403, 429])
def test_a_spent_quota_is_not_asked_again(open_: Open, status: int) -> None:
    body = {"error": {"status": status, "reason": "QUOTA_EXCEEDED"}}
    client, script, clock = open_(said(body, status, Retry_After="5"))
    for _ in range(2):
        with pytest.raises(QuotaSpent, match="quota of your key"):
            client.get(URL)
    assert (len(script.asked), clock.waits) == (1, [])


def test_the_last_call_of_a_window_is_heeded(open_: Open) -> None:
    last = said(X_RateLimit_Remaining="0", X_RateLimit_Reset_In="9")
    client, script, _ = open_(said(X_RateLimit_Remaining="1", X_RateLimit_Reset_In="9"), last)
    for _ in range(3):
        client.get(URL)
    first, second, third = script.times
    assert (second - first, third - second) == (0, pytest.approx(9.0))


def test_a_good_answer_may_say_wait(open_: Open) -> None:
    def quota(data: Any) -> float | None:
        return data["error"].get("wait", 0) if "error" in data else None

    client, script, _ = open_(
        said({"error": {"code": 4, "wait": 5}}), *[said({"error": {"code": 4}})] * 3, said({"a": 1})
    )
    assert client.get(URL, paused_if=quota).data == {"a": 1}
    waits = [b - a for a, b in zip(script.times, script.times[1:], strict=False)]
    assert waits[0] == pytest.approx(5.0)
    assert [wait >= least for wait, least in zip(waits[1:], (2, 4, 8), strict=True)] == [True] * 3
    client.get(URL, paused_if=quota)
    assert script.times[-1] == script.times[-2]


def test_a_source_may_pause_its_host(open_: Open) -> None:
    client, _, _ = open_(said())
    client.pause("https://music.test", 600.0)
    with pytest.raises(Paused):
        open_(said())[0].get(URL)


# -- asking again ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        said(status=500),
        said(status=503),
        said(status=408),
        httpx2.ReadTimeout("slow"),
        httpx2.ConnectError("refused"),
        httpx2.RemoteProtocolError("cut"),
        httpx2.DecodingError("damaged"),
    ],
    ids=lambda fault: getattr(fault, "status_code", type(fault).__name__),
)
def test_faults_are_tried_again_and_given_up(open_: Open, fault: Scripted) -> None:
    client, script, clock = open_(fault, fault, said())
    assert client.get(URL).status == 200
    assert [round(wait) for wait in clock.waits] in ([0, 1], [0, 2], [1, 1], [1, 2])
    client, script, clock = open_(fault)
    with pytest.raises(Unreachable, match=r"music\.test gives no answer: .* \(5 tries\)\. Look"):
        client.get(URL)
    assert len(script.asked) == 5
    assert 7.5 <= sum(clock.waits) <= 10


def test_what_changes_something_is_sent_once(open_: Open) -> None:
    client, script, _ = open_(httpx2.ReadTimeout("slow"), said())
    with pytest.raises(Unreachable, match="it is too slow"):
        client.post(URL, json={"name": "mine"})
    assert len(script.asked) == 1
    for fault in (httpx2.ConnectError("refused"), said(status=429)):  # it never got there
        client, script, _ = open_(fault, said())
        assert client.post(URL, {"a": "b"}).status == 200
        assert script.asked[1].content == b"a=b"
    client, script, _ = open_(said(status=502), said())
    assert client.post(URL, json=[1], is_repeatable=True).status == 200
    assert script.asked[1].content == b"[1]"


def test_every_attempt_takes_a_place(open_: Open) -> None:
    fault = said(status=500)
    client, script, _ = open_(fault, fault, said(), limits={"https://music.test/v1": (1, 20.0)})
    client.get(URL)
    gaps = [b - a for a, b in zip(script.times, script.times[1:], strict=False)]
    assert all(gap >= 20.0 for gap in gaps)


# -- elsewhere ------------------------------------------------------------------------------------


def test_a_redirection_on_the_same_host_is_followed(open_: Open) -> None:
    client, script, _ = open_(
        said(status=301, Location="/v2/search?page=2"),
        said(status=302, Location="https://music.test:443/v3"),
        said(),
    )
    assert client.get(URL, {"q": "a"}).status == 200
    assert [str(asked.url) for asked in script.asked[1:]] == [
        "https://music.test/v2/search?page=2",
        "https://music.test/v3",
    ]


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.test/",
        "http://music.test/",
        "https://music.test:8443/",
        "file:///etc/passwd",
        "http://[::1/",
    ],
)
def test_a_redirection_elsewhere_is_not(open_: Open, to: str) -> None:
    client, script, _ = open_(said(status=302, Location=to), said())
    with pytest.raises(Unreachable, match=r"music\.test sends on to .*, where murecom does not go"):
        client.get(URL)
    assert len(script.asked) == 1


def test_a_circle_has_an_end(open_: Open) -> None:
    client, script, _ = open_(said(status=302, Location=URL))
    with pytest.raises(Unreachable):
        client.get(URL)
    assert len(script.asked) == 6


@pytest.mark.parametrize("url", ["ftp://music.test/", "music.test", "https://", "", "http://[::1/"])
def test_what_is_no_address(open_: Open, url: str) -> None:
    client, script, _ = open_(said())
    with pytest.raises(BadInput, match="address"):
        client.get(url)
    assert script.asked == []


def test_a_key_does_not_go_where_others_can_read_it(open_: Open) -> None:
    client, script, _ = open_(said())
    for params, headers in [({"api_key": "k"}, None), (None, {"Authorization": "Token k"})]:
        with pytest.raises(NotReady, match="https://"):
            client.get("http://192.168.1.9:3000/", params, headers)
        client.get("http://127.0.0.1:3000/", params, headers)
    client.get("http://192.168.1.9:3000/", {"keywords": "a"})
    assert len(script.asked) == 3


def test_all_that_is_sent_is_counted(open_: Open) -> None:
    client, script, _ = open_(httpx2.Response(502), httpx2.Response(429), said({}))
    client.get(URL)
    assert client.sent == len(script.asked) == 3
