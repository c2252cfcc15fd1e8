"""`murecom crawl` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crawl_double import Catalogue, Made, catalogue, entry
from murecom import registry
from murecom.cli import run
from murecom.crawl.base import Login, Page, Task
from murecom.errors import NotFound, NotReady, Paused, QuotaSpent, Unsupported
from murecom.store import Store


class Shop:
    """A home, and the service "made" behind the command."""

    def __init__(self, home: Path, capsys: Any) -> None:
        self.home, self.capsys = home, capsys
        self.source = Made(catalogue(30))

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        code = run(["--home", str(self.home), "crawl", *arguments])
        out = self.capsys.readouterr()
        return code, out.out, out.err


@pytest.fixture
def shop(tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> Shop:
    made = Shop(tmp_path / "home", capsys)
    known = registry.get

    def get(family: str, name: str) -> Any:
        return (lambda settings: made.source) if name == "made" else known(family, name)

    monkeypatch.setattr(registry, "get", get)
    return made


def test_a_walk(shop: Shop) -> None:
    code, out, _ = shop("made", "--seed", "rain", "--playlists", "0")
    assert code == 0
    assert "calls to made in" in out
    assert "added 28  entries" in out
    code, out, _ = shop("made", "--status")
    assert code == 0
    assert "28 done" in out
    assert "asked for, which found" in out
    code, out, err = shop("made")
    assert (code, out) == (1, "")
    assert "All that was found was asked for." in err


def test_status_makes_no_database(shop: Shop) -> None:
    code, out, _ = shop("made", "--status")
    assert code == 0
    assert "Nothing was asked of made yet" in out
    assert not (shop.home / "murecom.db").exists()


def test_a_key_that_ends_in_the_middle(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    twins: list[Any] = []
    monkeypatch.setattr("murecom.service.Murecom._find_twins", lambda *a: twins.append(a))

    def refuse(task: Task) -> Page | None:
        if task.kind == "playlist" and len(shop.source.asked) > 20:
            raise NotReady("Log in again.")
        return None

    shop.source.hook = refuse
    code, out, err = shop("made", "--seed", "rain", "--json")
    assert code == 1
    assert json.loads(out)["stopped"] == "Log in again."
    assert json.loads(out)["added"] > 0
    assert "Stopped early by made: Log in again." in err
    assert len(twins) == 1


def test_marks_are_told(shop: Shop) -> None:
    shop("made", "--own", "--not-trainable")
    code, out, _ = shop("made", "--own", "--trainable")
    assert code == 0
    assert "unchanged 28  marked 28" in out


def test_names_only(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Made, "opens_found", False)
    _, out, _ = shop("made", "--seed", "rain", "--playlists", "100", "-n")
    assert out.startswith("100 playlists by name only: about 20 calls")


def test_json(shop: Shop) -> None:
    code, out, err = shop("made", "--seed", "rain", "--playlists", "5", "--json", "-q")
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert answer["added"] + answer["closed"] == 5
    assert answer["source"] == "made"
    assert answer["waiting"] > 0


def test_nothing_named(shop: Shop) -> None:
    code, _, err = shop("made")
    assert code == 1
    assert "murecom crawl made --seed jazz" in err


def test_a_word_that_finds_nothing(shop: Shop) -> None:
    code, out, _ = shop("made", "--seed", "zither")
    assert code == 3
    assert "added 0" in out


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [(Paused("made rests.", 4e9), 4, "Resume after 20"), (QuotaSpent("Spent."), 1, "Spent.")],
)
def test_stopped_early(shop: Shop, error: Exception, code: int, said: str) -> None:
    def stop(task: Task) -> Page | None:
        if task.kind == "playlist":
            raise error
        return None

    shop.source.hook = stop
    found, out, err = shop("made", "--seed", "rain")
    assert found == code
    assert said in err
    assert "call" in out


def test_failures_are_named(shop: Shop) -> None:
    def fail(task: Task) -> Page | None:
        if task.kind == "playlist" and task.key.startswith("p1"):
            raise Unsupported("Not\x1b[31m for you.")
        if task.kind == "playlist" and task.key.startswith("p2"):
            raise NotFound("Gone.")
        return Page(refused=(("track 1", "an episode"),)) if task.key == "p4" else None

    shop.source.hook = fail
    code, out, err = shop("made", "--seed", "rain", "--playlists", "0")
    assert code == 4
    assert "declined" in out
    assert "gone" in out
    assert "playlist p1: Not\ufffd[31m for you." in err
    assert "refused.tsv" in err
    code, out, err = shop("made", "--status")
    assert "murecom crawl made --again" in err


def test_closed_ones_only(shop: Shop) -> None:
    shop.source = Made(Catalogue())
    shop.source.catalogue.add("x", "rain", 9, is_open=False)
    code, out, err = shop("made", "--seed", "rain")
    assert code == 0
    assert "closed 1" in out
    assert "only their names are known" in err


def test_about_tracks(shop: Shop) -> None:
    shop("made", "--seed", "rain", "--playlists", "3")
    code, out, _ = shop("made", "--with", "lyrics,tags", "--with", "tags", "--calls", "6")
    assert code == 0
    assert out.startswith("6 calls to made")
    code, _, err = shop("made", "--with", "smell")
    assert code == 2
    assert "it has: lyrics, comments, tags, similar" in err


def test_dry_run_asks_nobody(shop: Shop) -> None:
    code, out, err = shop("made", "--seed", "rain", "--playlists", "1000", "-n")
    assert (code, err) == (0, "")
    assert out == (
        "1,000 playlists: about 14,200 calls, about 24 min at 10/s, with lists of usual length.\n"
    )
    assert shop.source.asked == []
    assert not (shop.home / "murecom.db").exists()
    shop("made", "--seed", "rain", "--playlists", "0")
    _, out, _ = shop("made", "--playlists", "10", "-n")
    assert "as earlier crawls went" in out
    _, out, _ = shop("made", "--playlists", "0", "-n")
    assert "is not known" in out
    _, out, _ = shop("made", "--with", "tags", "--calls", "5", "-n")
    assert "about 5 calls" in out


def test_sources_are_listed(shop: Shop) -> None:
    code, out, err = shop()
    assert code == 0
    assert "spotify" in out
    assert "(read 20" in err


def test_usage(shop: Shop) -> None:
    assert shop("made", "--status", "--login")[0] == 2
    assert shop("made", "--paste")[0] == 2
    code, _, err = shop("spottify", "--seed", "x")
    assert code == 3
    assert "Did you mean spotify? List all sources: murecom crawl" in err
    assert shop("deezer", "--with", "lyrics")[0] == 2
    assert shop("deezer", "--own", "-n")[0] == 2
    for empty in ("", "  "):
        code, _, err = shop("made", "--seed", "rain", "--seed", empty)
        assert code == 2
        assert "an empty one finds nothing" in err
    assert shop.source.asked == []


def test_login(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    code, _, err = shop("made", "--login")
    assert code == 1
    assert "needs no log-in" in err
    assert "Nobody was logged in" in shop("made", "--logout")[2]
    login = Login("http://127.0.0.1:9/t", "http://127.0.0.1:9/a", "id", scopes=("read",))
    monkeypatch.setattr(Made, "login", lambda self, own: login)
    told: list[Any] = []
    monkeypatch.setattr("murecom.net.Tokens.log_in", lambda *a, **k: told.append(k))
    code, _, err = shop("made", "--login", "--paste")
    assert code == 0
    assert callable(told[0]["paste"])
    assert "murecom crawl made --own" in err


def test_contact_is_asked_for(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.source.needs_contact = True  # type: ignore[misc]
    code, _, err = shop("made", "--seed", "rain")
    assert code == 1
    assert "crawl.contact" in err
    monkeypatch.setenv("MURECOM_CRAWL__CONTACT", "me@example.org")
    assert shop("made", "--seed", "rain")[0] == 0


def test_what_may_be_learned_from(shop: Shop) -> None:
    shop("made", "--seed", "rain", "--playlists", "2", "--not-trainable")
    with Store.open(shop.home / "murecom.db") as store:
        assert store.status()["trainable"] == 0
        assert entry(1).track.id == "made:1"
