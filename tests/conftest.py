"""What every test gets: a clean environment, no network, and clear words when it is skipped."""

from __future__ import annotations

import ipaddress
import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("MURECOM_DATA") or ROOT.parent / "shared" / "data")

# Before numpy is imported: two test runs on one machine must not fight for its cores.
for _library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA"):
    os.environ[f"{_library}_NUM_THREADS"] = "1"

# Settings and folders of the person who runs the tests stay out of them.
for _name in [n for n in os.environ if n.startswith("MURECOM_") and n != "MURECOM_DATA"]:
    del os.environ[_name]

# The same examples on every run, on machines of any speed.
hypothesis.settings.register_profile("murecom", derandomize=True, deadline=None)
hypothesis.settings.load_profile("murecom")


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Point the home folder and the folders derived from it to an empty place."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        for name, folder in {
            "XDG_DATA_HOME": ".local/share",
            "XDG_STATE_HOME": ".local/state",
            "XDG_CONFIG_HOME": ".config",
            "XDG_CACHE_HOME": ".cache",
        }.items():
            patch.setenv(name, str(home / folder))
        yield


# -- the network ------------------------------------------------------------------------------

_egress: list[str] = []
_LOOK_UPS = {"socket.getaddrinfo", "socket.gethostbyname"}


def _is_local(host: object) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name is None or name in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(name).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse_egress(event: str, args: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None  # else a socket of this machine
    elif event in _LOOK_UPS:
        host = args[0]
    else:
        return
    if not _is_local(host):
        _egress.append(f"{event} {host}")
        raise ConnectionRefusedError(f"Tests are offline, but this one asked for {host}.")


sys.addaudithook(_refuse_egress)  # sees what C code opens, too; it cannot be taken off again


@pytest.fixture(autouse=True)
def _offline() -> Iterator[None]:
    """Fail a test that reached for another machine, even if it swallowed the refusal."""
    del _egress[:]
    yield
    reached, _egress[:] = _egress[:], []
    if reached:
        pytest.fail(f"Reached for the network: {', '.join(reached)}.", pytrace=False)


# -- what may be missing ----------------------------------------------------------------------


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Give the folder of evaluation data, or skip."""
    if not DATA.is_dir():
        pytest.skip(f"no evaluation data at {DATA} (MURECOM_DATA names another folder)")
    return DATA


@pytest.fixture(scope="session")
def needs_program() -> Callable[[str], str]:
    """Give a function that finds a program by name, or skips."""

    def find(name: str, package: str | None = None) -> str:
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"{name} is not installed (apt install {package or name})")
        return path

    return find


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-skip",
        action="store_true",
        help="a skipped test fails; only those for evaluation data may miss it",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "data_dir" in getattr(item, "fixturenames", ()):
            item.add_marker("data")


def _forbid_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"{reason}\nNothing may be skipped with --no-skip."


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and item.config.getoption("no_skip") and not hasattr(report, "wasxfail"):
        if item.get_closest_marker("data") and not DATA.is_dir():
            item.config.stash[_without_data].append(item.nodeid)
        else:
            _forbid_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped and collector.config.getoption("no_skip"):
        _forbid_skip(report)
    return report


_without_data = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_without_data] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    left_out = terminalreporter.config.stash[_without_data]
    if left_out:
        terminalreporter.write_line(
            f"Skipped although nothing may be: {len(left_out)} tests need the evaluation data, "
            f"and there is none at {DATA}. MURECOM_DATA names another folder.",
            yellow=True,
        )
