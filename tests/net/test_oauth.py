"""Tokens: had, kept, renewed once for all, and never told to anybody else."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fakes import serve
from murecom.crawl.base import Http, Login
from murecom.errors import BadInput, NotReady, Unreachable
from murecom.net import Client, Tokens
from murecom.net.token_file import Token, TokenFile

SCOPES = ("list-read", "list-modify")


class Accounts:
    """A service with a log-in that checks what OAuth 2.0 and PKCE ask for."""

    def __init__(self) -> None:
        self.good = "none yet"
        self.refresh = "refresh-0"
        self.challenges: dict[str, str] = {}
        self.forms: list[dict[str, Any]] = []
        self.asked = 0
        self.lasts = 3600
        self.is_rotating = True
        self.delay = 0.0
        self.error: str | None = None
        routes = [
            Route("/api/me", self.me),
            Route("/token", self.token, methods=["POST"]),
        ]
        self.app = Starlette(routes=routes)
        self.url = ""

    def me(self, request: Request) -> Response:
        self.asked += 1
        is_good = request.headers.get("authorization") == f"Bearer {self.good}"
        return JSONResponse({"me": 1}, 200 if is_good else 401)

    async def token(self, request: Request) -> Response:
        form: dict[str, Any] = dict(parse_qsl((await request.body()).decode()))
        form["authorization"] = request.headers.get("authorization", "")
        self.forms.append(form)
        await asyncio.sleep(self.delay)
        if self.error or not self._may(form):
            error = {"error": self.error or "invalid_grant", "error_description": "s3cret"}
            return JSONResponse(error, 400)
        self.good = f"access-{len(self.forms)}"
        data: dict[str, Any] = {"access_token": self.good, "expires_in": self.lasts}
        if form["grant_type"] != "client_credentials":
            data["scope"] = " ".join(SCOPES)
            if self.is_rotating or form["grant_type"] == "authorization_code":
                self.refresh = f"refresh-{len(self.forms)}"
                data["refresh_token"] = self.refresh
        return JSONResponse(data)

    def _may(self, form: dict[str, Any]) -> bool:
        if form["grant_type"] == "refresh_token":
            return form["refresh_token"] == self.refresh and form["client_id"] == "me"
        if form["grant_type"] == "authorization_code":
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            return self.challenges.pop(form["code"], "") == challenge
        pair = base64.b64encode(b"me:hush").decode()
        return str(form["authorization"]) == f"Basic {pair}"

    def agree(self, address: str, **changes: str) -> int:
        """Do what a browser does after its user agreed; give the status of the last page."""
        query = {key: value[0] for key, value in parse_qs(urlsplit(address).query).items()}
        assert query["code_challenge_method"] == "S256"
        self.challenges["code-1"] = query["code_challenge"]
        answer = {"code": "code-1", "state": query["state"], **changes}
        back = "&".join(f"{key}={value}" for key, value in answer.items() if value)
        try:
            with urllib.request.urlopen(f"{query['redirect_uri']}?{back}", timeout=5) as page:
                return int(page.status)
        except HTTPError as error:
            with error:
                return error.code


@pytest.fixture
def accounts() -> Iterator[Accounts]:
    accounts = Accounts()
    with serve(accounts.app) as accounts.url:
        yield accounts


Open = Callable[..., tuple[Tokens, Client]]


@pytest.fixture
def open_(accounts: Accounts, tmp_path: Path) -> Iterator[Open]:
    clients: list[Client] = []

    def open_(**changes: Any) -> tuple[Tokens, Client]:
        values: dict[str, Any] = {
            "token_url": f"{accounts.url}/token",
            "authorize_url": f"{accounts.url}/authorize",
            "client_id": "me",
            "scopes": SCOPES,
        }
        login = Login(**{**values, **changes})
        tokens = Tokens("music", login, url=f"{accounts.url}/api", folder=tmp_path)
        clients.append(Client(tmp_path, tokens=tokens))
        return tokens, clients[-1]

    yield open_
    for client in clients:
        client.close()


def log_in(tokens: Tokens, accounts: Accounts, **more: Any) -> list[str]:
    told: list[str] = []

    def browse(address: str) -> None:
        threading.Thread(target=accounts.agree, args=(address,), daemon=True).start()

    tokens.log_in(told.append, browse=more.pop("browse", browse), **more)
    return told


def me(client: Client, accounts: Accounts) -> int:
    return client.get(f"{accounts.url}/api/me").status


# -- the application itself -----------------------------------------------------------------------


def test_client_credentials(open_: Open, accounts: Accounts, tmp_path: Path) -> None:
    tokens, client = open_(scopes=(), client_secret="hush")
    assert tokens.is_there
    assert [me(client, accounts) for _ in range(3)] == [200] * 3
    assert [form["grant_type"] for form in accounts.forms] == ["client_credentials"]
    _, other = open_(scopes=(), client_secret="hush")
    assert me(other, accounts) == 200
    assert len(accounts.forms) == 1  # the file is shared
    assert (tmp_path / "tokens" / "music-app.json").exists()


def test_a_wrong_secret(open_: Open, accounts: Accounts) -> None:
    accounts.error = "invalid_client"
    _, client = open_(scopes=(), client_secret="wrong")
    with pytest.raises(NotReady, match=r"invalid_client.*client_secret of \[music\]") as told:
        me(client, accounts)
    assert "wrong" not in str(told.value)
    assert "s3cret" not in str(told.value)


def test_a_fixed_token(open_: Open, accounts: Accounts) -> None:
    tokens, client = open_(token="fixed")
    accounts.good = "fixed"
    assert tokens.is_there
    assert me(client, accounts) == 200
    accounts.good = "another"
    with pytest.raises(NotReady, match=r"setting music\.token"):
        me(client, accounts)
    with pytest.raises(BadInput, match="needs no log-in"):
        log_in(tokens, accounts)
    assert accounts.forms == []


# -- the user -------------------------------------------------------------------------------------


def test_logging_in_and_out(open_: Open, accounts: Accounts, tmp_path: Path) -> None:
    tokens, client = open_()
    assert not tokens.is_there
    with pytest.raises(NotReady, match="Run: murecom crawl music --login"):
        me(client, accounts)
    (line,) = log_in(tokens, accounts)
    query = parse_qs(urlsplit(line).query)
    assert query["scope"] == [" ".join(SCOPES)]
    assert query["redirect_uri"][0].startswith("http://127.0.0.1:")
    assert tokens.is_there
    assert me(client, accounts) == 200
    file = tmp_path / "tokens" / "music.json"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [tokens.log_out(), tokens.log_out()] == [True, False]
    with pytest.raises(NotReady):
        me(client, accounts)


def test_only_the_right_answer_counts(open_: Open, accounts: Accounts) -> None:
    """Others know neither the state nor the verifier; browsers ask for icons."""
    tokens, client = open_()
    codes: list[int] = []

    def browse(address: str) -> None:
        codes.append(accounts.agree(address, state="guessed"))
        codes.append(accounts.agree(address, state=""))
        icon = parse_qs(urlsplit(address).query)["redirect_uri"][0].replace("callback", "icon")
        codes.append(accounts.agree(address.replace("callback", "favicon.ico")) if icon else 0)
        codes.append(accounts.agree(address))

    log_in(tokens, accounts, browse=browse)
    assert codes == [400, 400, 404, 200]
    assert me(client, accounts) == 200


def test_somebody_says_no(open_: Open, accounts: Accounts) -> None:
    tokens, _ = open_()

    def browse(address: str) -> None:
        accounts.agree(address, code="", error="access_denied")

    with pytest.raises(NotReady, match=r"access_denied.*http://127\.0\.0\.1/callback"):
        log_in(tokens, accounts, browse=browse)


def test_nobody_says_anything(open_: Open, accounts: Accounts) -> None:
    tokens, _ = open_()
    with pytest.raises(NotReady, match="Nobody agreed"):
        log_in(tokens, accounts, browse=lambda address: False, patience=0.05)


def test_a_browser_on_another_machine(open_: Open, accounts: Accounts) -> None:
    tokens, client = open_()
    seen: list[str] = []

    def paste() -> str:
        query = {key: value[0] for key, value in parse_qs(urlsplit(seen[-1]).query).items()}
        accounts.challenges["code-2"] = query["code_challenge"]
        return f" {query['redirect_uri']}?code=code-2&state={query['state']}\n"

    tokens.log_in(seen.append, paste=paste, browse=lambda address: pytest.fail("opened"))
    assert me(client, accounts) == 200
    for wrong in ("", "http://127.0.0.1:8888/callback?code=x&state=y"):
        with pytest.raises(BadInput, match="whole address"):
            tokens.log_in(seen.append, paste=lambda text=wrong: text)


def test_a_port_that_is_taken(open_: Open, accounts: Accounts) -> None:
    tokens, _ = open_()
    with pytest.raises(NotReady, match="another port"):
        log_in(tokens, accounts, port=urlsplit(accounts.url).port)


# -- renewing -------------------------------------------------------------------------------------


def test_eight_threads_renew_once(open_: Open, accounts: Accounts) -> None:
    tokens, client = open_()
    log_in(tokens, accounts)
    accounts.good, accounts.delay = "taken back", 0.05
    _, other = open_()  # stands for another program
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(me, one, accounts) for one in (client, other) * 8]
        assert {answer.result() for answer in asked} == {200}
    assert [form["grant_type"] for form in accounts.forms] == [
        "authorization_code",
        "refresh_token",
    ]


@pytest.mark.parametrize("is_rotating", [True, False])
def test_it_is_renewed_before_its_end(open_: Open, accounts: Accounts, is_rotating: bool) -> None:
    accounts.lasts, accounts.is_rotating = 20, is_rotating  # less than EARLY
    tokens, client = open_()
    log_in(tokens, accounts)
    assert [me(client, accounts) for _ in range(3)] == [200] * 3
    assert [form["grant_type"] for form in accounts.forms[1:]] == ["refresh_token"] * 3
    assert accounts.asked == 3  # none was refused


def test_a_log_in_that_has_ended(open_: Open, accounts: Accounts) -> None:
    tokens, client = open_()
    log_in(tokens, accounts)
    accounts.good = accounts.refresh = "taken back"
    with pytest.raises(NotReady, match=r"invalid_grant.*Run: murecom crawl music --login") as told:
        me(client, accounts)
    assert "s3cret" not in str(told.value)


def test_a_new_token_that_is_refused_too(open_: Open, accounts: Accounts) -> None:
    tokens, client = open_()
    log_in(tokens, accounts)
    me_route = f"{accounts.url}/api/other"  # 404 here; 401 for whatever comes
    accounts.app.router.routes.append(Route("/api/other", lambda _: Response(status_code=401)))
    with pytest.raises(NotReady, match="not accepted any more"):
        client.get(me_route)
    assert len(accounts.forms) == 2


def test_another_application_or_other_rights_log_in_again(open_: Open, accounts: Accounts) -> None:
    log_in(open_()[0], accounts)
    assert not open_(client_id="other")[0].is_there
    assert not open_(scopes=(*SCOPES, "more"))[0].is_there
    assert open_(scopes=SCOPES[:1])[0].is_there


@pytest.mark.parametrize("answer", [[], {}, {"access_token": 7}, {"access_token": "a\r\nb"}])
def test_an_answer_without_a_token(answer: Any) -> None:
    with pytest.raises(BadInput, match="no token"):
        Token.of_answer(answer, "me", ())


# -- where it goes, where it stays ----------------------------------------------------------------


def test_it_goes_to_the_service_alone(open_: Open, accounts: Accounts) -> None:
    tokens, _ = open_(token="fixed")
    assert tokens.headers(f"{accounts.url}/api/x")["Authorization"] == "Bearer fixed"
    for url in ("https://evil.test/api", accounts.url.replace("http:", "https:"), "http://[::1/"):
        assert tokens.headers(url) == {}


def test_it_does_not_go_over_plain_http(tmp_path: Path) -> None:
    url = "http://192.168.1.9/api"
    tokens = Tokens("music", Login(token="fixed"), url=url, folder=tmp_path)
    with Client(tmp_path, tokens=tokens) as client, pytest.raises(NotReady, match="https://"):
        client.get(url)
    tokens = Tokens("music", Login(scopes=SCOPES, authorize_url=url), url=url, folder=tmp_path)
    with pytest.raises(NotReady, match="https://"):
        tokens.log_in(print)


def test_it_is_not_shown(open_: Open, accounts: Accounts, tmp_path: Path) -> None:
    tokens, client = open_(client_secret="hush")
    log_in(tokens, accounts)
    kept = TokenFile(tmp_path / "tokens" / "music.json").read()
    assert kept is not None
    for shown in map(repr, (tokens, client, kept)):
        assert not any(secret in shown for secret in ("hush", kept.access, kept.refresh))


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"access": 1}'])
def test_a_damaged_file_asks_to_log_in_again(
    open_: Open, accounts: Accounts, tmp_path: Path, damage: str
) -> None:
    tokens, client = open_()
    log_in(tokens, accounts)
    (tmp_path / "tokens" / "music.json").write_text(damage)
    with pytest.raises(NotReady, match="--login"):
        me(client, accounts)
    log_in(tokens, accounts)
    assert me(client, accounts) == 200
    assert json.loads((tmp_path / "tokens" / "music.json").read_text())["client_id"] == "me"


def test_a_folder_that_cannot_be_written(open_: Open, accounts: Accounts, tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text("a file stands in the way")
    tokens, _ = open_()
    with pytest.raises(Unreachable, match=r"--home|whose file"):
        log_in(tokens, accounts)


def test_a_client_is_what_sources_ask_with(open_: Open) -> None:
    http: Http = open_()[1]
    assert callable(http.get)
