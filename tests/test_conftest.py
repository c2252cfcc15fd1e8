"""The test set-up itself: what is skipped is told, and the network is closed."""

import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest


@pytest.fixture
def run(tmp_path):
    """Give a function that runs pytest on a text, in a folder with our set-up, and its output."""
    tests = tmp_path / "project" / "tests"
    tests.mkdir(parents=True)
    shutil.copy(Path(__file__).with_name("conftest.py"), tests)

    def run(text, *arguments, data=tmp_path / "nowhere"):
        (tests / "test_it.py").write_text(dedent(text))
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rs", *arguments]
        environment = {"MURECOM_DATA": str(data), "MURECOM_SOUND__WINDOWS": "9", "PATH": "/nowhere"}
        done = subprocess.run(
            command, cwd=tests.parent, env=environment, capture_output=True, text=True
        )
        return done.returncode, done.stdout

    return run


SKIPS = """
    import pytest
    def test_data(data_dir): assert data_dir.is_dir()
    def test_program(needs_program): needs_program("ffmpeg")
    @pytest.mark.xfail
    def test_known(): assert False
"""


def test_what_is_missing_is_told(run):
    code, output = run(SKIPS)
    assert code == 0
    assert "no evaluation data at" in output
    assert "ffmpeg is not installed (apt install ffmpeg)" in output


def test_with_no_skip_a_skip_fails_and_only_the_data_may_be_missing(run, tmp_path):
    code, output = run(SKIPS, "--no-skip")
    assert code == 1
    assert "1 failed, 1 skipped, 1 xfailed" in output
    assert "Nothing may be skipped" in output
    assert "1 tests need the evaluation data, and there is none" in output
    code, output = run(SKIPS, "--no-skip", "-k", "data", data=tmp_path)
    assert "1 passed" in output


def test_with_no_skip_a_whole_file_cannot_be_skipped_either(run):
    code, output = run('import pytest\npytest.importorskip("no_such_module")', "--no-skip")
    assert code != 0
    assert "no_such_module" in output


def test_the_network_is_closed_even_to_who_swallows_the_refusal(run):
    _, output = run(
        """
        import contextlib, socket
        def test_local():
            with socket.create_server(("127.0.0.1", 0)) as server:
                socket.create_connection(server.getsockname()).close()
        def test_look_up():
            with contextlib.suppress(OSError): socket.getaddrinfo("example.org", 80)
        def test_address():
            with contextlib.suppress(OSError): socket.socket().connect(("192.0.2.1", 80))
        """
    )
    assert "Reached for the network: socket.getaddrinfo example.org" in output
    assert "Reached for the network: socket.connect 192.0.2.1" in output
    assert "1 failed" not in output
    assert "test_local" not in output


def test_the_environment_of_the_tester_stays_outside(run):
    code, output = run(
        """
        import os
        from pathlib import Path
        def test_it():
            assert "MURECOM_SOUND__WINDOWS" not in os.environ
            assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
            assert list(Path.home().iterdir()) == []
        """
    )
    assert code == 0, output
