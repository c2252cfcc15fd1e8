"""The one door to the HTTP library: a request goes out, and a whole answer comes back or none."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any

from murecom.errors import BadInput, MissingExtra
from murecom.net.address import host_of, place_of
from murecom.net.answer import Answer
from murecom.net.hiding import guard_logs
from murecom.net.limits import Stopped

if TYPE_CHECKING:
    import httpx2


class Broken(Exception):
    """A call without an answer; the message says why. `was_sent`: the server may have got it."""

    def __init__(self, host: str, why: str, *, was_sent: bool = True) -> None:
        super().__init__(why)
        self.host = host
        self.was_sent = was_sent


class Wire:
    """Connections to servers, for many threads.

    Parameters
    ----------
    agent : str
        How we call ourselves.
    workers : int
        Connections at the same time, at most.
    deadline : float
        Seconds that a call may take altogether, and a third of it each wait for the next bytes.
    most : int
        Bytes that an answer may have, unpacked.
    transport : optional
        Instead of the network, for tests.
    """

    def __init__(
        self,
        agent: str,
        *,
        workers: int,
        deadline: float,
        most: int,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        try:
            import httpx2
        except ImportError as error:
            raise MissingExtra("crawl", "Asking other services") from error
        guard_logs()
        self._deadline = deadline
        self._most = most
        self._http = httpx2.Client(
            headers={"User-Agent": agent, "Accept": "application/json"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # none is kept
            timeout=httpx2.Timeout(deadline / 3, pool=deadline),
            limits=httpx2.Limits(max_connections=workers, max_keepalive_connections=workers),
            transport=transport,
            # A proxy of the environment is for other machines.
            mounts=(
                {}
                if transport
                else {f"all://{host}": None for host in ("localhost", "127.0.0.1", "[::1]")}
            ),
            follow_redirects=False,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def send(
        self,
        method: str,
        url: str,
        params: Mapping[str, str | int] | None,
        headers: Mapping[str, str],
        body: Mapping[str, Any],
        begun: Callable[[int], None],
    ) -> Answer:
        """Send a request and read the whole answer.

        Parameters
        ----------
        method, url, params, headers
            As usual.
        body : mapping
            `data` (a form) or `json`; empty for none.
        begun : callable
            Called with the status as soon as that is there.

        Raises
        ------
        Broken
            No answer, or half of one.
        BadInput
            The request cannot be made, or the answer is too large.
        Stopped
            Somebody has closed the connections.
        """
        import httpx2

        end = time.monotonic() + self._deadline
        try:
            request = self._http.build_request(method, url, params=params, headers=headers, **body)
            response = self._http.send(request, stream=True)
            try:
                begun(response.status_code)
                content = self._read(response, end)
            finally:
                response.close()
        except RuntimeError:
            if not self._http.is_closed:
                raise
            raise Stopped(
                "Stopped before a call was sent. Run the same command to go on."
            ) from None
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, httpx2.LocalProtocolError) as error:
            raise BadInput(
                f"Nothing can be asked of {place_of(url)}: the address, or what is sent, is not "
                "valid. Check the address in the settings."
            ) from error
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            unsent = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
            raise Broken(
                host_of(url), _reason(error), was_sent=not isinstance(error, unsent)
            ) from error
        return Answer(response.status_code, response.headers, content, place_of(url))

    def _read(self, response: httpx2.Response, end: float) -> bytes:
        """Read a body, as long as it is neither too large nor too slow.

        One that comes with 429 or 503 may break off: what counts of these is in the headers.
        """
        import httpx2

        body = bytearray()
        try:
            for part in response.iter_bytes():
                body += part
                if len(body) > self._most:
                    raise BadInput(
                        f"The answer of {place_of(str(response.request.url))} is larger than "
                        f"{self._most / 2**20:g} MB. Leave it out."
                    )
                if time.monotonic() > end:
                    raise httpx2.ReadTimeout("the whole answer takes too long")
        except (httpx2.TransportError, httpx2.DecodingError):
            if response.status_code not in (429, 503):
                raise
            return b""
        return bytes(body)


def _reason(error: Exception) -> str:
    """Say what broke, without what the library says: that may hold addresses."""
    import httpx2

    if isinstance(error, httpx2.TimeoutException):
        return "it is too slow"
    if isinstance(error, httpx2.ConnectError | httpx2.ProxyError):
        return "no connection"
    if isinstance(error, httpx2.DecodingError):
        return "it came damaged"
    return "the connection broke"
