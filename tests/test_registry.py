"""Members are found by being there; strangers' broken ones are named and left out."""

import sys
from textwrap import dedent

import pytest

import murecom
from murecom import registry
from murecom.errors import NotFound

BASE = """
    from abc import ABC, abstractmethod
    class Fruit(ABC):
        @abstractmethod
        def juice(self): ...
"""
APPLE = """
    from murecom.fruit.base import Fruit
    class Apple(Fruit):
        name = "apple"
        def juice(self): return "cider"
"""
PEAR = """
    from murecom.fruit.base import Fruit
    class Helper: ...
    class _Hidden(Fruit):
        def juice(self): return "none"
    class Unfinished(Fruit): ...
    class Pear(Fruit):                     # no name: goes by its file
        def juice(self): return "perry"
    class Quince(Pear):
        name = "quince"
"""


@pytest.fixture
def fruit(tmp_path, monkeypatch):
    """Add a family of our own to murecom for one test."""
    folder = tmp_path / "fruit"
    folder.mkdir()
    files = {"__init__": "", "base": BASE, "apple": APPLE, "pear": PEAR, "_knife": "1 / 0"}
    for name, text in files.items():
        (folder / f"{name}.py").write_text(dedent(text))
    monkeypatch.setattr(murecom, "__path__", [*murecom.__path__, str(tmp_path)])
    monkeypatch.setitem(registry.CONTRACTS, "fruit", "Fruit")
    yield folder
    for name in [n for n in sys.modules if n.startswith("murecom.fruit")]:
        del sys.modules[name]
    vars(murecom).pop("fruit", None)


@pytest.fixture
def offer(tmp_path, monkeypatch):
    """Install a third-party package that offers members."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))

    def install(module, text, points):
        (site / f"{module}.py").write_text(dedent(text))
        info = site / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        lines = [f"{name} = {module}:{attribute}" for name, attribute in points.items()]
        (info / "entry_points.txt").write_text("[murecom.fruit]\n" + "\n".join(lines) + "\n")

    yield install
    for name in [n for n, m in sys.modules.items() if str(site) in str(getattr(m, "__file__", ""))]:
        del sys.modules[name]


def test_a_member_is_found_by_being_there(fruit):
    assert list(registry.members("fruit")) == ["apple", "pear", "quince"]
    (fruit / "zest.py").write_text(dedent(APPLE).replace("apple", "zest"))
    assert "zest" in registry.members("fruit")


def test_get_imports_the_one_file_only(fruit):
    assert registry.get("fruit", "apple")().juice() == "cider"
    assert "murecom.fruit.pear" not in sys.modules


def test_get_finds_a_member_in_a_file_of_another_name(fruit):
    assert registry.get("fruit", "quince").__name__ == "Quince"


def test_an_unknown_name_gets_the_nearest_ones(fruit):
    with pytest.raises(NotFound, match=r"'aple'.* Did you mean apple"):
        registry.get("fruit", "aple")
    with pytest.raises(NotFound, match="There are: apple, pear, quince"):
        registry.get("fruit", "xyz")


def test_base_and_private_files_are_no_members(fruit):
    for name in ("base", "_knife"):
        with pytest.raises(NotFound):
            registry.get("fruit", name)


def test_an_unknown_family():
    with pytest.raises(NotFound, match="no family 'vegetable'"):
        registry.members("vegetable")


def test_two_of_one_name_in_a_file_are_a_mistake(fruit):
    (fruit / "plum.py").write_text(dedent(PEAR) + "class Prune(Fruit):\n    juice = Pear.juice\n")
    with pytest.raises(TypeError, match="both called 'plum'"):
        registry.members("fruit")


def test_a_protocol_is_met_by_having_its_methods(fruit):
    (fruit / "base.py").write_text(
        "from typing import Protocol\n"
        "class Fruit(Protocol):\n    x: int\n    def juice(self): ...\n"
    )
    (fruit / "apple.py").write_text("class Apple:\n    def juice(self): ...\nclass Stone: ...\n")
    (fruit / "pear.py").unlink()
    assert list(registry.members("fruit")) == ["apple"]


def test_third_parties_join_by_entry_point(fruit, offer):
    offer("orchard", APPLE, {"cherry": "Apple"})
    assert registry.get("fruit", "cherry").__module__ == "orchard"
    assert registry.problems("fruit") == ()


def test_broken_third_parties_are_named_and_left_out(fruit, offer):
    offer("rotten", "import no_such_module", {"banana": "Banana"})
    offer("odd", f"stone = 1\n{dedent(APPLE)}", {"stone": "stone", "gone": "Gone", "pear": "Apple"})
    assert list(registry.members("fruit")) == ["apple", "pear", "quince"]
    problems = {p.name: p for p in registry.problems("fruit")}
    assert problems["banana"].distribution == "rotten"
    assert "no_such_module" in problems["banana"].reason
    assert problems["stone"].reason == "odd:stone is no Fruit"
    assert "fails to load" in problems["gone"].reason
    assert problems["pear"].reason == "that name belongs to murecom.fruit.pear"
    assert str(problems["stone"]).endswith("Update odd or remove it.")
    assert set(problems) <= {p.name for p in registry.problems()}


@pytest.mark.parametrize("family", [f for f in registry.CONTRACTS if registry._exists(f)])
def test_our_own_families_have_members(family):
    members = registry.members(family)
    assert members
    for name, member in members.items():
        assert registry.get(family, name) is member
