"""No secret is written down: not in logs at any level, not in messages, not in reprs."""

from __future__ import annotations

import logging
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fakes import Cut, serve
from murecom.errors import MurecomError
from murecom.net import Client
from murecom.net.hiding import hide
from net_doubles import Script, said


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("GET https://a.test/?api_key=K1&q=x", "GET https://a.test/?api_key=***&q=x"),
        ("?q=x&access_token=K1'", "?q=x&access_token=***'"),
        ("http://me:K1@a.test/x", "http://***@a.test/x"),
        ("Authorization: Bearer K1", "Authorization: ***"),
        ("[(b'Set-Cookie', b'sid=K1'), (b'Date', b'now')]", None),
        ("keywords=rain&monkey=1", "keywords=rain&monkey=1"),
    ],
)
def test_hide(text: str, hidden: str | None) -> None:
    assert "K1" not in hide(text)
    assert hidden is None or hide(text) == hidden


def test_nothing_of_a_call_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """With every logger at DEBUG, over a real connection; good, broken and refused calls."""

    def good(request: Request) -> Response:
        answer = JSONResponse({"access_token": "s3cret-body"})
        answer.set_cookie("sid", "s3cret-cookie")
        return answer

    async def cut(request: Request) -> Response:
        return Cut()

    routes = [Route("/good", good, methods=["GET", "POST"]), Route("/cut", cut)]
    caplog.set_level(logging.DEBUG)
    for name in ("httpx2", "httpcore2", "httpcore2.http11", "httpcore2.connection", "murecom"):
        caplog.set_level(logging.DEBUG, logger=name)
    said: list[str] = []
    with serve(Starlette(routes=routes)) as url, Client(tmp_path) as client:
        login = url.replace("//", "//me:s3cret-user@")
        headers = {"Authorization": "Bearer s3cret-header"}
        client.get(f"{url}/good", {"api_key": "s3cret-key", "q": "open"}, headers)
        client.get(f"{login}/good?token=s3cret-in-url")
        client.post(f"{url}/good", {"client_secret": "s3cret-form"}, headers=headers)
        client._limits.rest = lambda seconds: None  # type: ignore[method-assign]
        try:
            client.get(f"{url}/cut", {"api_key": "s3cret-key"}, headers)
        except MurecomError as error:
            said += [str(error), repr(error), repr(error.__cause__), repr(error.__context__)]
        said += [repr(client), repr(client.get(f"{login}/good", {"sk": "s3cret-key"}))]
    said += [record.getMessage() for record in caplog.records]
    said += [str(vars(record)) for record in caplog.records]
    assert sum("receive_response_headers" in text for text in said) > 3
    assert sum("q=open" in text for text in said) > 0
    assert len(said) > 50
    assert [text for text in said if "s3cret" in text] == []


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(200, content=b"<html>s3cret"),
        said(status=302, Location="https://evil.test/?token=s3cret"),
        said({"error": {"reason": "QUOTA_EXCEEDED", "message": "s3cret"}}, 429),
        said(status=429, Retry_After="9999"),
        said({"message": "s3cret"}, status=500),
        httpx2.ReadError("https://music.test/?api_key=s3cret"),
    ],
)
def test_nothing_of_a_call_is_in_messages(
    tmp_path: Path, answer: httpx2.Response, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(tmp_path, transport=Script(answer))
    monkeypatch.setattr(client._limits, "rest", lambda seconds: None)
    headers = {"Authorization": "s3cret"}
    with pytest.raises(MurecomError) as told:
        _ = client.get("https://me:s3cret@music.test/", {"api_key": "s3cret"}, headers).data
    assert "s3cret" not in str(told.value)
