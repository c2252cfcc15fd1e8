"""Asking servers: within the limits of each, waiting where they say so, again where it broke.

Everything that murecom asks of another machine goes through here. One `Client` serves as many
threads as one likes; what it learns about hosts is in files (`limits`), so programs share that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urljoin

from murecom import __version__
from murecom.errors import BadInput, MissingExtra, NotReady, QuotaSpent, Unreachable
from murecom.net.address import has_secret, host_of, is_private, split
from murecom.net.answer import Answer
from murecom.net.clock import Clock
from murecom.net.limits import Limits, Place
from murecom.net.wire import Broken, Wire

if TYPE_CHECKING:
    import httpx2

TRIES: Final = 5
"How often a call is sent whose answer does not come; 0.5, 1, 2 and 4 s lie between, and chance."

HOPS: Final = 5
"Longest chain of redirections."

MONTH: Final = 30 * 86_400.0
"Longest pause in seconds that is believed."

PausedIf = Callable[[Any], float | None]
"Tells from the JSON of a good answer whether it says to wait: for how many seconds, 0 for some."


class Authority(Protocol):
    """Who has the tokens for some addresses; `oauth.Tokens` is one."""

    def bind(self, client: Client) -> None:
        """Take the client to ask for tokens with."""

    def headers(self, url: str) -> Mapping[str, str]:
        """Give what to send with a call; nothing for addresses of others."""

    def renew(self, headers: Mapping[str, str]) -> None:
        """Get new ones, since those were refused; NotReady if there are none to get."""

    @property
    def refusal(self) -> str:
        """What to tell when new ones are refused as well."""


@dataclass(frozen=True, slots=True)
class _Request:
    """What to ask; not shown anywhere, as it may hold secrets."""

    method: str
    url: str
    params: Mapping[str, str | int] | None
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    paused_if: PausedIf | None
    tokens: Authority | None

    def __repr__(self) -> str:
        return f"_Request({self.method} {host_of(self.url)})"


class Client:
    """Asks servers.

    Parameters
    ----------
    folder : path
        Where limits are kept; processes share them by sharing it.
    contact : str
        An e-mail address or page, told to every server as part of the User-Agent.
    limits : mapping of str to (int, float), optional
        Calls and seconds by host or address; "*" for all others. See `limits.Limits`.
    patience : float
        Longest pause in seconds that is sat through.
    tokens : Authority, optional
        Who gives the tokens.
    workers : int
        Threads that ask at the same time, at most.
    deadline : float
        Seconds that a call may take altogether, and a third of it each wait for the next bytes.
    most : int
        Bytes that an answer may have, unpacked.
    tell : callable, optional
        Called with host and seconds when a pause begins to be sat through.
    transport : optional
        How requests are sent instead of over the network, for tests.
    clock : Clock, optional
        Another clock, for tests.

    Raises
    ------
    MissingExtra
        The HTTP library is not installed.
    BadInput
        `contact` cannot be sent.
    """

    def __init__(
        self,
        folder: Path,
        *,
        contact: str = "",
        limits: Mapping[str, tuple[int, float]] | None = None,
        patience: float = 120.0,
        tokens: Authority | None = None,
        workers: int = 4,
        deadline: float = 60.0,
        most: int = 64 << 20,
        tell: Callable[[str, float], None] | None = None,
        transport: httpx2.BaseTransport | None = None,
        clock: Clock | None = None,
    ) -> None:
        if not (contact.isascii() and contact.isprintable()):
            raise BadInput(
                "The contact for other services may hold plain letters, digits and signs only. "
                "Change the setting crawl.contact."
            )
        self.folder = folder
        self._wire = Wire(
            f"murecom/{__version__}" + (f" ({contact})" if contact else ""),
            workers=workers,
            deadline=deadline,
            most=most,
            transport=transport,
        )
        self._limits = Limits(
            folder,
            {
                name if name == "*" else host_of(name): limit
                for name, limit in (limits or {}).items()
            },
            patience=patience,
            deadline=deadline,
            tell=tell,
            clock=clock,
        )
        self._tokens = tokens
        self._counting = threading.Lock()
        self._sent = 0
        self._spent: set[str] = set()
        if tokens is not None:
            tokens.bind(self)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Wake whoever waits with `Stopped`, and close the connections."""
        self._limits.stop()
        self._wire.close()

    def stop(self) -> None:
        """Wake whoever waits with `Stopped`; calls that are under way come to their end."""
        self._limits.stop()

    @property
    def sent(self) -> int:
        """Calls that were sent so far: those for tokens, those again and those in vain, too."""
        return self._sent

    def pause(self, url: str, seconds: float) -> None:
        """Leave the host of an address alone for so long, in all threads and processes.

        For who learns it from an answer without `paused_if`.
        """
        self._limits.pause(host_of(url), _believed(seconds), is_strike=False)

    def get(
        self,
        url: str,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        paused_if: PausedIf | None = None,
    ) -> Answer:
        """Ask for an address, when its host allows.

        Parameters
        ----------
        url : str
            http or https.
        params, headers : mapping, optional
            Added to the address, and sent with it.
        paused_if : callable, optional
            For services that say "too often" in a good answer: gets the JSON of every answer with
            status 2xx and gives None, or the seconds after which the call is sent again (0: as
            long as for a 429 that names no time).

        Returns
        -------
        Answer
            Of any status but those that are dealt with here: 401 to a token, 408, 429, 5xx, and
            redirections, which are followed on the same host only.

        Raises
        ------
        Paused
            The host wants to be left alone for longer than the client's patience. While that
            lasts it is raised without a call, also in other programs.
        QuotaSpent
            The key is used up; waiting does not help.
        Unreachable
            No answer, however often tried; or the way leads to another host.
        NotReady
            The token is refused, or could be read by others on its way.
        BadInput
            No address; an answer that is too large, or (with `paused_if`) no JSON.
        Stopped
            By `close` or `stop`, from another thread.
        """
        return self._call(_Request("GET", url, params, headers or {}, {}, paused_if, self._tokens))

    def post(
        self,
        url: str,
        data: Mapping[str, str] | None = None,
        *,
        json: Any = None,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        is_repeatable: bool = False,
        with_token: bool = True,
    ) -> Answer:
        """Send a form (`data`) or JSON, when the host allows.

        A call that broke is sent again only if it never reached the server, or `is_repeatable`:
        doing it twice does no harm. Without `with_token` no token is added. Else as `get`.
        """
        body = {"data": data} if json is None else {"json": json}
        tokens = self._tokens if with_token else None
        request = _Request("POST", url, params, headers or {}, body, None, tokens)
        return self._call(request, is_repeatable=is_repeatable)

    # -- a call: sent until there is an answer ------------------------------------------------

    def _call(self, request: _Request, *, is_repeatable: bool = True) -> Answer:
        try:
            import tenacity
        except ImportError as error:
            raise MissingExtra("crawl", "Asking other services") from error

        _check(request)
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(TRIES),
            wait=tenacity.wait_exponential(multiplier=0.5) + tenacity.wait_random(0.0, 0.5),
            retry=tenacity.retry_if_exception(
                lambda error: isinstance(error, Broken) and (is_repeatable or not error.was_sent)
            ),
            sleep=self._limits.rest,
            reraise=True,
        )
        try:
            return retrying(self._ask, request)
        except Broken as broken:
            tries = retrying.statistics["attempt_number"]
            times = "" if tries == 1 else f" ({tries} tries)"
            raise Unreachable(
                f"{broken.host} gives no answer: {broken}{times}. Look whether the network and the "
                "service are up, then run the same command again."
            ) from broken.__cause__

    def _ask(self, request: _Request) -> Answer:
        """Send it until the host neither wants us to wait, to renew a token nor to go elsewhere."""
        url, params = request.url, request.params
        hops, is_renewed = 0, False
        while True:
            host = host_of(url)
            if host in self._spent:
                raise _spent(host)
            place = self._limits.take(host)
            answer, sent = self._send_one(request, url, params, place)
            status = answer.status
            self._heed(host, answer)
            if status == 429 or (status == 503 and "retry-after" in answer.headers):
                self._limits.pause(host, _believed(answer.retry_after), place)
            elif status == 401 and sent and request.tokens is not None:
                if is_renewed:
                    raise NotReady(request.tokens.refusal)
                request.tokens.renew(sent)
                is_renewed = True
            elif status == 408 or status >= 500:
                raise Broken(host, f"status {status}")
            elif 300 <= status < 400 and "location" in answer.headers:
                hops += 1
                url, params = _next_address(request, url, answer, hops), None
            elif request.paused_if is not None and 200 <= status < 300:
                seconds = request.paused_if(answer.data)
                if seconds is None:
                    self._limits.done(place, is_good=True)
                    return answer
                self._limits.pause(host, _believed(seconds), place)
            else:
                return answer

    def _send_one(
        self,
        request: _Request,
        url: str,
        params: Mapping[str, str | int] | None,
        place: Place,
    ) -> tuple[Answer, Mapping[str, str]]:
        """Send it once, on a place that is left in any case; give what the token added, too."""
        has_begun = False

        def begun(status: int) -> None:
            nonlocal has_begun
            has_begun = True
            is_good = request.paused_if is None and status < 500 and status != 429
            self._limits.done(place, is_good=is_good)

        try:
            is_own = "authorization" in {name.lower() for name in request.headers}
            given = {} if is_own or request.tokens is None else request.tokens.headers(url)
            headers = {**request.headers, **given}
            with self._counting:
                self._sent += 1
            answer = self._wire.send(request.method, url, params, headers, request.body, begun)
            return answer, given
        finally:
            if not has_begun:
                self._limits.done(place)

    def _heed(self, host: str, answer: Answer) -> None:
        """Take what an answer says about the next ones: none left, of this window or at all."""
        if answer.is_quota_spent:
            self._spent.add(host)
            raise _spent(host)
        if (seconds := answer.last_for) is not None:
            self._limits.pause(host, _believed(seconds), is_strike=False)


def _check(request: _Request) -> None:
    if not request.url.lower().startswith(("http://", "https://")) or not host_of(request.url):
        raise BadInput(
            f"An address begins with http:// or https:// and a host; that of "
            f"{host_of(request.url) or 'a service'} does not. Correct it in the settings."
        )
    if not is_private(request.url) and has_secret(request.url, request.params, request.headers):
        raise NotReady(
            f"A key would go to {host_of(request.url)} where others can read it on its way. Set an "
            "address that begins with https://."
        )


def _next_address(request: _Request, url: str, answer: Answer, hops: int) -> str:
    """Give where a redirection leads, if that is on the same host and no less private."""
    try:
        to = urljoin(url, answer.headers["location"])
    except ValueError:
        to = ""
    is_same = host_of(to) == host_of(url) and split(to).scheme in ("http", "https")
    is_worse = is_private(url) and not is_private(to)
    if request.method != "GET" or not is_same or is_worse or hops > HOPS:
        raise Unreachable(
            f"{host_of(url)} sends on to {host_of(to) or 'nowhere'}, where murecom does not go. "
            "Look whether the network wants a log-in first, or the address in the settings is old."
        )
    return to


def _spent(host: str) -> QuotaSpent:
    return QuotaSpent(
        f"{host} answers no more: the quota of your key is spent, and waiting does not help. Look "
        "at the quota of your application there; then run the same command again."
    )


def _believed(seconds: float | None) -> float | None:
    return None if seconds is None else min(max(seconds, 0.0), MONTH)
