"""Find the members of a family by name: recommenders, embedders, formats, sources, connectors.

A family is a package with a `base` module that holds its contract; a member is a class in one more
file of that package. So a new member of ours is found by being there. Third parties name theirs in
the entry-point group `murecom.<family>` of their own package.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import inspect
import pkgutil
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any, Final

from murecom.errors import NotFound

CONTRACTS: Final = {
    "connect": "Connector",
    "crawl": "Source",
    "embed": "Embedder",
    "formats": "Format",
    "recommend": "Recommender",
}
"Families, each with the class in its `base` that a member derives from or looks like."


@dataclass(frozen=True, slots=True)
class Problem:
    """A member of a third party that could not be used, and why."""

    family: str
    name: str
    distribution: str
    reason: str

    def __str__(self) -> str:
        """Give the warning as one sentence and its next step."""
        return (
            f"{self.distribution} offers {self.name!r} for {self.family}, but {self.reason}. "
            f"Update {self.distribution} or remove it."
        )


def members(family: str) -> dict[str, type[Any]]:
    """Give the classes of a family by name, in the order of names.

    Members of third parties that cannot be used are left out; `problems` names them.

    Raises
    ------
    NotFound
        There is no such family.
    """
    found, _ = _search(family)
    return dict(sorted(found.items()))


def get(family: str, name: str) -> type[Any]:
    """Give one class of a family; only its own file is imported if it is one of ours.

    Raises
    ------
    NotFound
        There is no such family, or no such member; the sentence tells the nearest names.
    """
    package, contract = _package(family)
    if name in _files(package):
        own = _classes(importlib.import_module(f"{package.__name__}.{name}"), contract)
        if name in own:
            return own[name]
    found = members(family)
    if name in found:
        return found[name]
    near = difflib.get_close_matches(name, found, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(found)}."
    raise NotFound(f"Nothing in {family} is called {name!r}. {hint}")


def problems(family: str | None = None) -> tuple[Problem, ...]:
    """Give what is wrong with third-party members of one family, or of all families."""
    families = [family] if family else [f for f in CONTRACTS if _exists(f)]
    return tuple(problem for f in families for problem in _search(f)[1])


def _search(family: str) -> tuple[dict[str, type[Any]], list[Problem]]:
    package, contract = _package(family)
    found: dict[str, type[Any]] = {}
    for file in _files(package):
        found |= _classes(importlib.import_module(f"{package.__name__}.{file}"), contract)

    troubles = []
    for point in entry_points(group=f"murecom.{family}"):
        try:
            found[point.name] = _load(point, contract, found)
        except Exception as error:  # a stranger's code may raise anything; it is told, not hidden
            reason = str(error) if isinstance(error, _Unfit) else f"fails to load: {error!r}"
            source = point.dist.name if point.dist else point.value
            troubles.append(Problem(family, point.name, source, reason))
    return found, troubles


class _Unfit(Exception):
    """A third-party member loads, but does not belong here."""


def _load(point: EntryPoint, contract: type[Any], taken: dict[str, type[Any]]) -> type[Any]:
    member = point.load()
    if not (inspect.isclass(member) and _fits(member, contract)):
        raise _Unfit(f"{point.value} is no {contract.__name__}")
    if point.name in taken:
        raise _Unfit(f"that name belongs to {taken[point.name].__module__}")
    return member


def _package(family: str) -> tuple[ModuleType, type[Any]]:
    """Import a family's package and the contract in its `base`."""
    if family not in CONTRACTS or not _exists(family):
        there = ", ".join(f for f in CONTRACTS if _exists(f))
        raise NotFound(f"There is no family {family!r}. There are: {there}.")
    package = importlib.import_module(f"murecom.{family}")
    base = importlib.import_module(f"murecom.{family}.base")
    return package, getattr(base, CONTRACTS[family])


def _exists(family: str) -> bool:
    find = importlib.util.find_spec
    return find(f"murecom.{family}") is not None and find(f"murecom.{family}.base") is not None


def _files(package: ModuleType) -> list[str]:
    """Give the names of the modules that may hold a member: neither `base` nor private."""
    names = (module.name for module in pkgutil.iter_modules(package.__path__))
    return sorted(name for name in names if name != "base" and not name.startswith("_"))


def _classes(module: ModuleType, contract: type[Any]) -> dict[str, type[Any]]:
    """Give the members that a module defines; one without `name` goes by the name of its file."""
    found: dict[str, type[Any]] = {}
    for title, cls in inspect.getmembers(module, inspect.isclass):
        if cls.__module__ != module.__name__ or title.startswith("_") or not _fits(cls, contract):
            continue
        if (name := _name(cls)) in found:
            raise TypeError(f"{found[name]!r} and {cls!r} are both called {name!r}.")
        found[name] = cls
    return found


def _name(cls: type[Any]) -> str:
    name = getattr(cls, "name", None)
    return name if isinstance(name, str) else cls.__module__.rpartition(".")[2]


def _fits(cls: type[Any], contract: type[Any]) -> bool:
    """Tell whether a class derives from the contract or, for a protocol, has its methods."""
    if inspect.isabstract(cls):
        return False
    if contract in cls.__mro__:
        return True
    if not getattr(contract, "_is_protocol", False):
        return False
    functions = (name for name, value in vars(contract).items() if inspect.isfunction(value))
    methods = [name for name in functions if not name.startswith("_")]
    return bool(methods) and all(callable(getattr(cls, method, None)) for method in methods)
