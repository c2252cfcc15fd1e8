"""The script `run`, with programs of our own making in place of Python, apt and murecom."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOLS = (
    "cat",
    "cksum",
    "cut",
    "dirname",
    "du",
    "head",
    "ls",
    "mkdir",
    "mv",
    "rm",
    "sed",
    "sh",
    "tail",
)
MURECOM = """
echo "$@" >>calls
case "$3" in
scan) exit "${SCAN:-0}" ;;
status) cat examples ;;
continue) printf '#EXTM3U\\nmusic/a b.mp3\\n' >.demo/evening.m3u8 ;;
esac
"""


@pytest.fixture
def clone(tmp_path):
    """Give a fresh clone with a space in its name, whose PATH holds the plainest tools only."""
    clone = tmp_path / "a clone"
    (clone / "locks").mkdir(parents=True)
    for name in ("run", "pyproject.toml", "locks/runtime.txt", "locks/dev.txt"):
        shutil.copy(ROOT / name, clone / name)
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    return clone


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def run(clone, *arguments, **variables):
    environment = {"PATH": str(clone.parent / "bin"), **variables}
    command = [clone / "run", *arguments]
    done = subprocess.run(
        command, env=environment, cwd=clone.parent, capture_output=True, text=True
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def ready(clone):
    """Give a clone whose environment is made already, with a murecom that only takes notes."""
    pinned = (clone / "locks" / "runtime.txt").read_bytes() + (
        clone / "pyproject.toml"
    ).read_bytes()
    checksum = subprocess.run(["cksum"], input=pinned, capture_output=True, check=True).stdout
    program(clone / ".venv" / "bin" / "python", f'exec "{sys.executable}" "$@"')
    program(clone / ".venv" / "bin" / "murecom", MURECOM)
    (clone / ".venv" / "runtime.stamp").write_text(f"{clone} {checksum.decode()}")
    (clone / ".demo" / "music").mkdir(parents=True)
    (clone / ".demo" / "music" / "a b.mp3").touch()
    (clone / "examples").write_text(
        '[{"id": "file:1", "title": "It\'s", "artists": ["A", "B"]},'
        ' {"id": "file:2", "title": null, "artists": []}]'
    )
    return clone


def test_without_a_command_it_tells_them(clone):
    code, _, err = run(clone)
    assert code == 2
    assert "./run demo" in err
    code, out, _ = run(clone, "--help")
    assert code == 0
    assert out == err


def test_without_python_it_says_so(clone):
    code, _, err = run(clone, "test")
    assert code == 1
    assert "There is no Python here. Install Python 3.11 or newer" in err


def test_an_old_python_is_named(clone):
    program(clone.parent / "bin" / "python3", 'case "$2" in *print*) echo 3.9 ;; *) exit 1 ;; esac')
    code, _, err = run(clone, "demo")
    assert code == 1
    assert "needs Python 3.11 or newer, but python3 is Python 3.9" in err


def test_a_python_without_venv_gets_the_package_to_install(clone):
    text = 'case "$2" in *print*) echo 3.12 ;; *ensurepip*) exit 1 ;; esac'
    program(clone.parent / "bin" / "python3", text)
    code, _, err = run(clone, "test")
    assert code == 1
    assert "sudo apt install python3-venv  (or python3.12-venv)" in err
    assert not (clone / ".venv").exists()


def test_a_better_python_is_found_beside_an_old_one(clone):
    program(clone.parent / "bin" / "python3", 'case "$2" in *print*) echo 3.9 ;; *) exit 1 ;; esac')
    program(
        clone.parent / "bin" / "python3.12", 'case "$1" in -m) echo "$@" >asked; exit 7 ;; esac'
    )
    code, _, _ = run(clone, "test")
    assert code == 7
    assert (clone / "asked").read_text() == "-m venv .venv\n"


def test_the_demo_shows_what_it_types(ready):
    (ready.parent / "my music").mkdir()
    code, out, err = run(ready, "demo", "my music")
    assert code == 0, err
    typed = [line for line in out.splitlines() if line.startswith("$ ")]
    name = r"'A - It'\''s'"
    assert typed == [
        f"$ murecom --home .demo/own scan '{ready.parent}/my music'",
        f"$ murecom --home .demo/own similar --first {name} -k 5",
        "$ murecom --home .demo/own similar --first file:2 -k 5",
        f"$ murecom --home .demo/own path --first {name} file:2 --steps 6",
        f"$ murecom --home .demo/own continue --first --seed {name} --length 12"
        " -o .demo/evening.m3u8",
        "$ murecom --home .demo/own mood tracks",
        "$ murecom --home .demo/own mood 'quiet and a little sad' --length 6",
        "$ murecom --home .demo/own mood 'angry at everything' --journey 'calm, at home'"
        " --length 6",
    ]
    assert ".demo/evening.m3u8: 1 tracks, and each file is there." in out
    assert "murecom --help" in out
    calls = (ready / "calls").read_text().splitlines()
    assert "--home .demo/own similar --first A - It's -k 5" in calls


def test_the_demo_goes_on_when_some_files_are_broken_and_stops_when_the_scan_fails(ready):
    assert run(ready, "demo", str(ready), SCAN="4")[0] == 0
    assert run(ready, "demo", str(ready), SCAN="1")[0] == 1


def test_the_demo_says_when_a_playlist_names_a_missing_file(ready):
    (ready / ".demo" / "music" / "a b.mp3").unlink()
    code, _, err = run(ready, "demo", str(ready))
    assert code == 1
    assert "names .demo/music/a b.mp3, but there is no such file" in err


def test_the_demo_says_when_there_is_no_music(ready):
    (ready / "examples").write_text("[]")
    code, _, err = run(ready, "demo", str(ready))
    assert code == 1
    assert "could be analysed; see: murecom scan --failed" in err
    code, _, err = run(ready, "demo", "nowhere")
    assert code == 1
    assert "There is no folder" in err


def test_free_music_without_apt(ready):
    code, _, err = run(ready, "demo")
    assert code == 1
    assert "apt-get or dpkg is not here" in err
    assert "./run demo /path/to/music" in err.replace(str(ready / "run"), "./run")


def apt(clone, known):
    """Make an apt-get that knows some packages, and after an update all."""
    program(
        clone.parent / "bin" / "apt-get",
        f"""for last; do :; done
        echo "$last" >>"{clone}/asked"
        case "$last {known} $(cat "{clone}/updated" 2>&1)" in
        update*) echo all >"{clone}/updated" ;;
        nothing* | *' '"$last"' '* | *all) : >"$last.deb" ;;
        *) echo "E: Unable to locate package $last"; exit 100 ;;
        esac""",
    )
    program(clone.parent / "bin" / "dpkg", 'mkdir -p "$3" && : >"$3/song.ogg"')


def test_free_music_is_fetched_once(ready):
    apt(ready, "asc-music fretsonfire-songs-muldjord singularity-music ")
    code, _, err = run(ready, "demo")
    assert code == 0, err
    assert sorted(p.name for p in (ready / ".demo" / "music").iterdir() if p.is_dir()) == [
        *("asc", "fretsonfire", "singularity"),
    ]
    asked = (ready / "asked").read_text()
    assert run(ready, "demo")[0] == 0
    assert (ready / "asked").read_text() == asked  # the second time nothing
    code, _, err = run(ready, "demo", "--more")
    assert code == 0
    assert "singularity" not in (ready / "asked").read_text().removeprefix(asked)


def test_without_lists_of_packages_own_ones_are_fetched(ready):
    apt(ready, "")
    code, _, err = run(ready, "demo", "--more")
    assert code == 0, err
    assert "update" in (ready / "asked").read_text()
    assert (ready / ".demo" / "music" / "wesnoth" / "song.ogg").exists()


def test_what_cannot_be_had_is_named(ready):
    apt(ready, "asc-music singularity-music ")
    text = (ready.parent / "bin" / "apt-get").read_text().replace("echo all", "echo nil")
    program(ready.parent / "bin" / "apt-get", text)
    code, _, err = run(ready, "demo")
    assert code == 0, err
    assert "going on without: fretsonfire-songs-muldjord (E: Unable to locate package" in err
