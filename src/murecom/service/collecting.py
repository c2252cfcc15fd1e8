"""Playlists, and what is known of tracks, from services: into the library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from murecom import registry
from murecom.crawl.base import Source
from murecom.errors import BadInput, NotFound, NotReady
from murecom.jobs.crawl import crawl
from murecom.jobs.crawl_estimate import Estimate, estimate
from murecom.jobs.crawl_report import CrawlOptions, CrawlReport
from murecom.service.opened import Opened
from murecom.store import Store
from murecom.types import Progress, no_progress


@dataclass(frozen=True, slots=True)
class CrawlSource:
    """A service that can be asked: its name, what for, and what is allowed."""

    name: str
    kinds: tuple[str, ...]
    terms: str


@dataclass(frozen=True, slots=True)
class CrawlStatus:
    """How far the crawls of a source have come.

    `tasks` counts by kind and state, `words` those `seen`, `asked` for and the `playlists` that
    these found; `failures` are tasks put aside or refused: kind, key and reason.
    """

    source: str
    tasks: dict[str, dict[str, int]]
    words: dict[str, int]
    failures: tuple[tuple[str, str, str], ...]


class Collecting(Opened):
    """What others put together, asked for one by one."""

    def crawl_sources(self) -> list[CrawlSource]:
        """List the services that can be asked."""
        found = registry.members("crawl").values()
        return [CrawlSource(cls.name, cls.kinds, cls.terms) for cls in found]

    def crawl(
        self,
        source: str,
        options: CrawlOptions,
        *,
        progress: Progress = no_progress,
        tell: Callable[[str], None] | None = None,
    ) -> CrawlReport:
        """Collect from a service; see `murecom.jobs.crawl.crawl`.

        Parameters
        ----------
        source : str
            Name of the service.
        options : CrawlOptions
            What to ask for.
        progress : callable
            Told of the playlists found.
        tell : callable, optional
            Gets a sentence when a pause that the service wants is sat through.
        """
        with self._client(source, options.own, tell) as (asked, client):
            report = crawl(self.store, self.home, asked, client, options, progress)
        self._find_twins(progress)
        return report

    def crawl_estimate(self, source: str, options: CrawlOptions) -> Estimate:
        """Tell what a crawl will need; asks nobody, writes nothing, makes no database."""
        asked = self._source(source)
        if self._store is None and not Store.exists(self.settings.database):
            with (
                TemporaryDirectory(prefix="murecom-") as folder,
                Store.open(Path(folder) / "none.db") as empty,
            ):
                return estimate(empty, asked, options)
        return estimate(self.store, asked, options)

    def crawl_status(self, source: str) -> CrawlStatus:
        """Tell how far the crawls of a service have come; makes no database."""
        name = self._source(source).name
        if self._store is None and not Store.exists(self.settings.database):
            return CrawlStatus(name, {}, {"seen": 0, "asked": 0, "playlists": 0}, ())
        crawls = self.store.crawls
        tasks: dict[str, dict[str, int]] = {}
        for (kind, state), number in sorted(crawls.counts(name).items()):
            tasks.setdefault(kind, {})[state] = number
        rows = [*crawls.in_state(name, "failed"), *crawls.in_state(name, "refused")]
        failures = tuple((row.kind, row.key, row.error or "") for row in rows)
        return CrawlStatus(name, tasks, crawls.words(name), failures)

    def crawl_login(
        self,
        source: str,
        tell: Callable[[str], None],
        *,
        paste: Callable[[], str] | None = None,
    ) -> None:
        """Let the user agree, in a browser, that murecom may ask a service for them.

        Parameters
        ----------
        source : str
            Name of the service.
        tell : callable
            Shows the address to open.
        paste : callable, optional
            For a browser on another machine: gives the address at which it ended.
        """
        asked = self._source(source)
        with self._opened(asked, own=True) as (_, tokens):
            if tokens is None:
                raise BadInput(f"{source} needs no log-in. Run: murecom crawl {source}")
            tokens.log_in(tell, paste=paste)

    def crawl_logout(self, source: str) -> bool:
        """Forget the user's log-in to a service; False if there was none."""
        asked = self._source(source)
        with self._opened(asked, own=True) as (_, tokens):
            return bool(tokens is not None and tokens.log_out())

    # -- inside -----------------------------------------------------------------------------------

    def _source(self, name: str) -> Source:
        try:
            found = registry.get("crawl", name)(getattr(self.settings, name, None))
        except NotFound as error:
            raise NotFound(f"{error} List all sources: murecom crawl") from None
        assert isinstance(found, Source)
        return found

    @contextmanager
    def _client(
        self, name: str, own: bool, tell: Callable[[str], None] | None
    ) -> Iterator[tuple[Source, Any]]:
        source = self._source(name)
        if getattr(source, "needs_contact", False) and not self.settings.crawl.contact:
            raise NotReady(
                f"{name} answers only those who say who they are. "
                "Set crawl.contact to your e-mail address or page."
            )
        # what is the user's own and waits in the queue opens with the user's token only
        own = own or self.store.crawls.waits_for_user(source.name)
        with self._opened(source, own=own, tell=tell) as (client, _):
            yield source, client

    @contextmanager
    def _opened(
        self, source: Source, *, own: bool, tell: Callable[[str], None] | None = None
    ) -> Iterator[tuple[Any, Any]]:
        """Give a client within the limits of a source, and its tokens if it takes some."""
        from murecom.net import Client, Tokens

        login = source.login(own=own)
        tokens = None
        if login is not None:
            tokens = Tokens(source.name, login, url=source.url, folder=self.home)
        limit = (source.limit.calls, source.limit.seconds)

        def paused(host: str, seconds: float) -> None:
            if tell is not None:
                tell(f"{source.name} ({host}) wants a pause of {seconds:.0f} s.")

        settings = self.settings.crawl
        with Client(
            self.home / "net",
            contact=settings.contact,
            limits={source.url: limit, "*": limit},
            patience=settings.patience,
            tokens=tokens,
            workers=settings.workers,
            tell=paused,
        ) as client:
            yield client, tokens
