"""Every check as a session of its own, and the tests on each Python that murecom supports.

`./run test` does the same in one environment; this is for whoever has nox (`pip install nox`).
"""

import nox

nox.options.sessions = ["lint", "types", "imports", "tests"]
nox.options.reuse_existing_virtualenvs = True


def install(session: nox.Session) -> None:
    """Install what `locks/dev.txt` pins, and murecom from this folder."""
    session.install("--require-hashes", "--requirement", "locks/dev.txt")
    session.install("--no-deps", "--no-build-isolation", "--editable", ".")


@nox.session(python=["3.11", "3.12", "3.13"])
def tests(session: nox.Session) -> None:
    """Run the tests; arguments after `--` go to pytest."""
    install(session)
    session.run("pytest", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format."""
    install(session)
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types."""
    install(session)
    session.run("mypy")


@nox.session
def imports(session: nox.Session) -> None:
    """Check who imports whom."""
    install(session)
    session.run("lint-imports")


@nox.session
def docs(session: nox.Session) -> None:
    """Write the generated parts of `docs/` again."""
    install(session)
    session.run("python", "docs/generate.py")


@nox.session
def bench(session: nox.Session) -> None:
    """Run one benchmark: `nox -s bench -- search`."""
    install(session)
    session.run("python", f"benchmarks/{session.posargs[0]}.py", *session.posargs[1:])
