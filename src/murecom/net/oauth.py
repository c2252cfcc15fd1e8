"""Who we are to a service: tokens by OAuth 2.0 (RFC 6749), kept and renewed.

Three ways, as a service asks for: a fixed token of the user; one of the application by client
credentials; one of the user, who agrees in the browser (authorization code with PKCE, RFC 7636).
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import threading
import webbrowser
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import parse_qs, urlencode

from murecom.errors import BadInput, NotReady
from murecom.net.address import host_of, is_private, split
from murecom.net.answer import Answer
from murecom.net.client import Client
from murecom.net.listener import PATH, Listener
from murecom.net.token_file import Token, TokenFile

PATIENCE: Final = 300.0
"Seconds that somebody has to agree in the browser."


class Login(Protocol):
    """How a token is had; `crawl.base.Login` is one."""

    @property
    def token_url(self) -> str:
        """Where a token is asked for."""

    @property
    def authorize_url(self) -> str:
        """What the browser opens."""

    @property
    def client_id(self) -> str:
        """Name of the application."""

    @property
    def client_secret(self) -> str:
        """Its password, if it has one."""

    @property
    def scopes(self) -> tuple[str, ...]:
        """Rights that the user gives; none: the application asks for itself."""

    @property
    def token(self) -> str:
        """A fixed token, which needs no log-in."""

    @property
    def key_prefix(self) -> str:
        """What stands before a token, such as "Bearer "."""


class Tokens:
    """The token for one service, shared by all threads, and through its file by all programs.

    Parameters
    ----------
    name : str
        Of the service, as in the settings.
    login : Login
        How its token is had.
    url : str
        Where it may be sent: to this scheme, host and port alone.
    folder : path
        Where `tokens/<name>.json` is, readable by its owner alone (0600); that of the application
        is in `<name>-app.json`.
    how : str, optional
        The command to log in with, for messages.
    """

    def __init__(self, name: str, login: Login, *, url: str, folder: Path, how: str = "") -> None:
        self._name = name
        self._login = login
        self._url = url
        self._how = how or f"murecom crawl {name} --login"
        kind = name if login.scopes else f"{name}-app"
        self._file = TokenFile(folder / "tokens" / f"{kind}.json")
        self._door = threading.Lock()
        self._client: Client | None = None

    def __repr__(self) -> str:
        return f"Tokens({self._name!r})"

    def bind(self, client: Client) -> None:
        """Take the client to ask for tokens with; `Client(tokens=...)` does it."""
        self._client = client

    @property
    def refusal(self) -> str:
        """What to tell when a new token is refused, too."""
        if self._login.token:
            return f"{self._name} does not accept the token. Check the setting {self._name}.token."
        if not self._login.scopes:
            return f"{self._name} refuses the application. Check it in the dashboard there."
        return f"The log-in to {self._name} is not accepted any more. Run: {self._how}"

    @property
    def is_there(self) -> bool:
        """Whether calls could be sent without anybody logging in first."""
        return bool(self._login.token) or not self._login.scopes or self._kept() is not None

    def headers(self, url: str) -> Mapping[str, str]:
        """Give what to send with a call to an address; nothing to any but the service.

        Raises
        ------
        NotReady
            Nobody has logged in yet, or not since the application or its rights changed; or the
            address is plain http.
        Paused, QuotaSpent, Unreachable
            As the client raises them, where a token had to be renewed.
        """
        if _origin(url) != _origin(self._url):
            return {}
        _check_private(url)
        if self._login.token:
            return self._header(self._login.token)
        token = self._kept()
        return self._header((token if token and token.is_fresh else self._renewed("")).access)

    def renew(self, headers: Mapping[str, str]) -> None:
        """Get a new token, unless somebody else has done so since `headers` were given.

        Raises
        ------
        NotReady
            There is none without logging in again.
        """
        if self._login.token:
            raise NotReady(self.refusal)
        self._renewed(headers.get("Authorization", ""))

    def log_in(
        self,
        tell: Callable[[str], None],
        *,
        port: int = 0,
        browse: Callable[[str], Any] = webbrowser.open,
        paste: Callable[[], str] | None = None,
        patience: float = PATIENCE,
    ) -> None:
        """Let the user agree in a browser, and keep the token.

        Parameters
        ----------
        tell : callable
            Shows a line to the user: the address to open.
        port : int
            Where to listen on 127.0.0.1; 0 for any free one.
        browse : callable
            Opens an address in a browser.
        paste : callable, optional
            For a browser on another machine: nothing is opened and nobody listens, the user gives
            the address at which the browser ended.
        patience : float
            Seconds to wait for the user.

        Raises
        ------
        NotReady
            Nobody agreed in time, or the user or the service refused.
        BadInput
            The service needs no log-in, or what was pasted is not that address.
        """
        login = self._login
        if login.token or not login.scopes:
            raise BadInput(f"{self._name} needs no log-in. Run the command itself.")
        _check_private(login.authorize_url)
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
        with Listener(port, state, is_deaf=paste is not None) as listener:
            hashed = hashlib.sha256(verifier.encode()).digest()
            query = {
                "response_type": "code",
                "client_id": login.client_id,
                "scope": " ".join(login.scopes),
                "redirect_uri": listener.url,
                "state": state,
                "code_challenge_method": "S256",
                "code_challenge": base64.urlsafe_b64encode(hashed).rstrip(b"=").decode(),
            }
            address = f"{login.authorize_url}?{urlencode(query)}"
            tell(f"Agree in the browser that murecom may ask {self._name} for you: {address}")
            if paste is None:
                browse(address)
                answer = listener.wait(patience)
            else:
                answer = _pasted(paste(), state)
        if answer is None:
            raise NotReady(
                f"Nobody agreed within {patience / 60:g} minutes. Run again: {self._how}"
            )
        if "code" not in answer:
            raise NotReady(
                f"{self._name} did not let murecom in ({_word(answer.get('error'))}). Register "
                f"http://127.0.0.1{PATH} as redirect address of your application there, then run: "
                f"{self._how}"
            )
        form = {
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": query["redirect_uri"],
            "code_verifier": verifier,
        }
        with self._door, self._file.held():
            self._file.write(self._ask(form))

    def log_out(self) -> bool:
        """Forget the token; False if there was none. The service itself is not told."""
        return self._file.remove()

    # -- getting one --------------------------------------------------------------------------

    def _header(self, token: str) -> dict[str, str]:
        return {"Authorization": f"{self._login.key_prefix}{token}"}

    def _kept(self) -> Token | None:
        """Give the token of the file, if it is this application's and has the rights needed."""
        token = self._file.read()
        if token is None or token.client_id != self._login.client_id:
            return None
        return token if set(self._login.scopes) <= set(token.scopes) else None

    def _renewed(self, refused: str) -> Token:
        """Get a token other than the refused one: another's, or a new one."""
        with self._door, self._file.held():
            token = self._kept()
            is_other = token is not None and self._header(token.access)["Authorization"] != refused
            if token is not None and token.is_fresh and is_other:
                return token
            if not self._login.scopes:
                token = self._ask({"grant_type": "client_credentials"})
            elif token is not None and token.refresh:
                form = {"grant_type": "refresh_token", "refresh_token": token.refresh}
                token = self._ask(form, old=token.refresh)
            else:
                raise NotReady(f"Nobody has logged in to {self._name} yet. Run: {self._how}")
            self._file.write(token)
            return token

    def _ask(self, form: Mapping[str, str], old: str = "") -> Token:
        """Ask the service for a token; the client's secret goes as RFC 6749, 2.3.1 has it."""
        if self._client is None:
            raise NotReady("Tokens are asked for through a client. Make one: Client(tokens=...)")
        login = self._login
        _check_private(login.token_url)
        headers = {}
        if login.client_secret:
            pair = f"{login.client_id}:{login.client_secret}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        else:
            form = {**form, "client_id": login.client_id}
        answer = self._client.post(
            login.token_url, form, headers=headers, is_repeatable=True, with_token=False
        )
        if answer.status != 200:
            raise self._refused(answer)
        return Token.of_answer(answer.data, login.client_id, login.scopes, old)

    def _refused(self, answer: Answer) -> NotReady:
        try:
            why = _word(answer.data.get("error") if isinstance(answer.data, dict) else None)
        except BadInput:
            why = _word(None)
        if why in ("invalid_grant", "invalid_scope"):
            return NotReady(f"The log-in to {self._name} has ended ({why}). Run: {self._how}")
        return NotReady(
            f"{self._name} gives no token (status {answer.status}, {why}). Check client_id and "
            f"client_secret of [{self._name}] in the settings."
        )


def _origin(url: str) -> tuple[str, str]:
    return split(url).scheme, host_of(url)


def _check_private(url: str) -> None:
    if not is_private(url):
        raise NotReady(
            f"A token would go to {host_of(url) or 'nowhere'} where others can read it on its way. "
            "Set an address that begins with https://."
        )


def _pasted(text: str, state: str) -> dict[str, str]:
    values = {key: found[0] for key, found in parse_qs(split(text.strip()).query).items()}
    if not secrets.compare_digest(values.get("state", "").encode(), state.encode()):
        raise BadInput(
            "That is not the address at which this log-in ended. Copy the whole address that the "
            f"browser shows in the end; it begins with http://127.0.0.1 and holds {PATH}."
        )
    return values


def _word(error: object) -> str:
    """Give the code of an error (RFC 6749, 5.2), and nothing else that a server might write."""
    is_code = isinstance(error, str) and re.fullmatch(r"[a-z_]{1,40}", error)
    return str(error) if is_code else "no reason given"
