"""The command line: data on stdout, talk on stderr, exit codes that scripts can trust."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import sounds
from murecom.cli import group, run


def test_help_names_every_command(murecom, capsys):
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    commands = group.list_commands(None)
    assert {"scan", "similar", "continue", "radio", "path", "duplicates", "search"} < set(commands)
    assert {"playlist", "status", "config", "doctor", "backup"} < set(commands)
    assert [name for name in commands if name not in text] == []


def test_every_command_and_option_is_explained():
    import click

    def walk(command, name):
        assert command.help, name
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, f"{name} {option.name}"
        if isinstance(command, click.Group):
            for sub in command.list_commands(click.Context(command)):
                walk(command.get_command(click.Context(command), sub), f"{name} {sub}")

    walk(group, "murecom")


def test_similar_as_text_json_and_lines(murecom):
    code, out, _ = murecom("similar", "Song 000", "-k", "3")
    assert code == 0
    assert len(out.splitlines()) == 3
    code, out, _ = murecom("similar", "Song 000", "-k", "3", "--json")
    answer = json.loads(out)
    assert list(answer) == ["seeds", "tracks", "model", "notes"]
    assert list(answer["seeds"][0]) == [
        "id",
        "title",
        "artists",
        "album",
        "duration",
        "path",
        "ids",
    ]
    assert {"track", "score", "why"} == set(answer["tracks"][0])
    code, out, _ = murecom("similar", "Song 000", "-k", "3", "--jsonl")
    assert [json.loads(line)["track"]["id"] for line in out.splitlines()] == [
        row["track"]["id"] for row in answer["tracks"]
    ]


@pytest.mark.parametrize("suffix", ["m3u", "m3u8", "xspf", "jspf", "json", "jsonl"])
def test_output_files(murecom, tmp_path, suffix):
    file = tmp_path / f"evening.{suffix}"
    code, out, err = murecom("continue", "--seed", "Song 000", "--length", "4", "-o", file)
    assert (code, out) == (0, "")
    assert file.stat().st_size > 0
    if suffix.startswith("m3u"):
        assert "Wrote" in err
        entries = [line for line in file.read_text().splitlines() if line[0] != "#"]
        assert len(entries) == 4
        assert all((tmp_path / entry).is_file() for entry in entries)


def test_an_unknown_output_format(murecom, tmp_path):
    code, _, err = murecom("similar", "Song 000", "-o", tmp_path / "x.doc")
    assert code == 2
    assert ".m3u" in err
    assert ".json" in err
    code, _, err = murecom("search", "Song", "-o", tmp_path / "x.m3u")
    assert code == 2
    assert ".m3u," not in err
    assert murecom("similar", "Song 000", "-o", tmp_path / "no/x.m3u")[0] == 2


def test_continue_a_file_and_convert_it(murecom, tmp_path):
    murecom("continue", "--seed", "Song 000", "--length", "3", "-o", tmp_path / "a.m3u8")
    code, out, _ = murecom("continue", tmp_path / "a.m3u8", "--length", "2", "--json")
    answer = json.loads(out)
    assert code == 0
    assert len(answer["seeds"]) == 3
    assert len(answer["tracks"]) == 2
    code, _, _ = murecom("playlist", "convert", tmp_path / "a.m3u8", tmp_path / "a.xspf")
    assert code == 0
    code, out, _ = murecom("playlist", "show", tmp_path / "a.xspf", "--json")
    assert len(json.loads(out)[0]["tracks"]) == 3
    assert murecom("playlist", "convert", tmp_path / "a.m3u8", tmp_path / "a.doc")[0] == 2
    assert murecom("continue")[0] == 2


def test_radio_and_path(murecom):
    code, out, _ = murecom("radio", "Song 000", "--length", "5", "--random-seed", "1")
    assert code == 0
    assert len(out.splitlines()) == 5
    code, out, _ = murecom("path", "Song 000", "Song 302", "--steps", "5", "--json")
    titles = [row["track"]["title"] for row in json.loads(out)["tracks"]]
    assert (titles[0], titles[-1], len(titles)) == ("Song 000", "Song 302", 5)
    assert murecom("radio", "Song 000", "--json")[0] == 2


def test_exit_codes(murecom, tmp_path):
    assert murecom("similar", "no such song")[0] == 3
    assert murecom("search", "qqqqqq")[0] == 3
    assert murecom("similar")[0] == 2
    assert murecom("similar", "Song 000", "-k", "0")[0] == 2
    assert murecom("path", "Song 000", "Song 000")[0] == 1
    assert murecom("similar", "Song 000", "--by", "playlists")[0] == 1
    code, _, err = murecom("similr", "x")
    assert code == 2
    assert "similar" in err
    assert murecom("scan", tmp_path / "nowhere", home=tmp_path / "new")[0] == 3


def test_ambiguous_text_offers_numbered_choices(murecom):
    code, out, err = murecom("similar", "artist 1")
    assert (code, out) == (2, "")
    assert "  1  Artist 1" in err
    assert "--first" in err
    assert murecom("similar", "artist 1", "--first")[0] == 0


def test_one_unknown_seed_among_known_ones(murecom):
    code, out, err = murecom("similar", "Song 000", "no such song", "-k", "2")
    assert code == 0
    assert len(out.splitlines()) == 2
    assert "no such song" in err


def test_status_has_integers_at_top_level(murecom):
    code, out, _ = murecom("status", "--json")
    status = json.loads(out)
    assert code == 0
    for name in ("tracks", "playlists", "artists", "vectors", "failed"):
        assert isinstance(status[name], int)
    assert status["tracks"] == 12
    code, out, _ = murecom("status", "--examples", "3")
    assert len(out.splitlines()) == 3


def test_scan_tells_failures_and_exits_with_4(murecom, tmp_path):
    music, home = tmp_path / "music", tmp_path / "home"
    sounds.library(music, artists=1, tracks=1)
    (music / "broken.mp3").write_text("no music at all")
    code, out, _ = murecom("scan", "--workers", "1", music, home=home)
    assert code == 4
    assert "added 1" in out
    assert "failed 1 (murecom scan --failed lists them)" in out
    code, out, _ = murecom("scan", "--failed", "--json", home=home)
    [failure] = json.loads(out)
    assert failure["path"].endswith("broken.mp3")
    assert failure["reason"]
    code, out, _ = murecom("scan", "--dry-run", "--retry", "--json", music, home=home)
    assert json.loads(out)["again"] == 1
    (music / "broken.mp3").unlink()
    code, out, _ = murecom("scan", "--json", home=home)
    assert (code, json.loads(out)["gone"]) == (0, 1)


def test_an_empty_folder(murecom, tmp_path):
    (tmp_path / "empty").mkdir()
    code, _, err = murecom("scan", tmp_path / "empty", home=tmp_path / "home")
    assert code == 0
    assert "No music was found" in err


def test_quiet_says_nothing(murecom):
    assert murecom("similar", "Song 000", "-k", "50", "-q")[2] == ""
    assert murecom("similar", "Song 000", "-k", "50")[2] != ""


def test_backup_and_doctor(murecom, tmp_path):
    assert murecom("backup", tmp_path / "copy.db")[0] == 0
    assert murecom("backup", tmp_path / "copy.db")[0] == 2
    assert murecom("backup", tmp_path / "copy.db", "--force")[0] == 0
    (tmp_path / "other").mkdir()
    (tmp_path / "copy.db").rename(tmp_path / "other/murecom.db")
    code, out, _ = murecom("status", "--json", home=tmp_path / "other")
    assert json.loads(out)["tracks"] == 12
    code, out, _ = murecom("doctor")
    assert code == 0
    assert "network" in out


def test_config_shows_where_values_come_from(murecom, tmp_path, monkeypatch):
    monkeypatch.setenv("MURECOM_PLAYLIST__ARTIST_CAP", "5")
    code, out, _ = murecom("config", "show", "--origin", "--json")
    rows = {row["key"]: row for row in json.loads(out)}
    assert code == 0
    assert rows["playlist.artist_cap"]["value"] == 5
    assert "MURECOM_PLAYLIST__ARTIST_CAP" in str(rows["playlist.artist_cap"]["origin"])
    monkeypatch.setenv("MURECOM_PLAYLIST__ARTIST_KAP", "5")
    code, _, err = murecom("config", "show")
    assert code == 1
    assert "artist_cap" in err.lower()
    monkeypatch.delenv("MURECOM_PLAYLIST__ARTIST_KAP")
    assert murecom("config", "init")[0] == 0
    assert (tmp_path / "murecom.toml").exists()
    assert murecom("config", "show")[0] == 0


def test_completion(murecom):
    for shell in ("bash", "zsh", "fish"):
        code, out, _ = murecom("completion", shell)
        assert code == 0
        assert "_MURECOM_COMPLETE" in out


def test_names_cannot_steer_the_terminal(murecom, tmp_path):
    music, home = tmp_path / "music", tmp_path / "home"
    sounds.write(tmp_path / "x.wav", sounds.chord(200)).rename(_made(music) / "a\x1b[31mred\n.wav")
    sounds.write(tmp_path / "x.wav", sounds.chord(300)).rename(music / os.fsdecode(b"\xe9.wav"))
    assert murecom("scan", "--workers", "1", music, home=home)[0] == 0
    code, out, _ = murecom("status", "--examples", "1", home=home)
    code, out, _ = murecom("similar", out.strip(), home=home)
    assert code == 0
    assert "\x1b" not in out


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def test_reader_that_had_enough(scanned):
    """`murecom radio … | head` ends quietly."""
    command = f"'{sys.executable}' -m murecom --home '{scanned}' radio 'Song 000' | head -n 3"
    result = subprocess.run(
        command, shell=True, capture_output=True, text=True, timeout=60, check=False
    )
    assert len(result.stdout.splitlines()) == 3
    assert "Traceback" not in result.stderr
    assert "Error" not in result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    ("end", "code", "says"),
    [
        ("| true; exit ${PIPESTATUS[0]}", 0, ""),
        (">&-", 0, ""),
        ("> /dev/full", 1, "No space left on device"),
    ],
)
def test_stdout_that_takes_nothing_is_no_traceback(scanned, end, code, says):
    command = f"'{sys.executable}' -m murecom --home '{scanned}' similar 'Song 000' -q {end}"
    result = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == code
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == (1 if says else 0)


def test_scan_names_what_the_list_of_failures_cannot(murecom, tmp_path):
    music, home = _made(tmp_path / "music"), tmp_path / "home"
    (music / "link.mp3").symlink_to("nowhere")
    code, _, err = murecom("scan", "--workers", "1", music, tmp_path / "missing", home=home)
    assert code == 4
    assert f"{music / 'link.mp3'}: This link leads nowhere. Mend or remove it." in err
    assert "There is no file or folder" in err


def test_a_watch_outlives_an_unplugged_disk(murecom, tmp_path, monkeypatch):
    music, home = _made(tmp_path / "music"), tmp_path / "home"
    sounds.write(music / "a.wav", sounds.chord(200))
    looks = []

    def sleep(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 1:
            music.rename(tmp_path / "away")
        elif len(looks) == 3:
            (tmp_path / "away").rename(music)
            sounds.write(music / "b.wav", sounds.chord(300))
        elif len(looks) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr("murecom.cli.scan.time", SimpleNamespace(sleep=sleep))
    code, out, err = murecom("scan", "--watch", "--workers", "1", music, home=home)
    assert code == 130
    assert out.splitlines()[-1].startswith("Scanned 2 files")
    assert err.count("There is no file or folder") == 1


def test_doctor_in_a_home_that_is_not_there_makes_nothing(murecom, tmp_path):
    code, out, _ = murecom("doctor", home=tmp_path / "none")
    assert code == 0
    assert "Run: murecom scan" in out
    assert not (tmp_path / "none").exists()


def test_doctor_counts_tracks_with_vectors(murecom):
    assert "12 tracks, 12 with vectors" in murecom("doctor")[1]


def test_help_is_quick_because_it_loads_little(scanned):
    """Loads neither numpy nor pydantic nor rich; the time itself is for a benchmark."""
    code = (
        "import sys; from murecom.cli import run; run(['--help']); "
        "print(sorted({'numpy', 'rich', 'pydantic', 'sqlalchemy'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines()[-1] == "[]"


def test_forget_a_folder(murecom, tmp_path):
    music, home = tmp_path / "music", tmp_path / "home"
    sounds.library(music, artists=1, tracks=1)
    assert murecom("scan", "--workers", "1", music, home=home)[0] == 0
    assert murecom("scan", "--forget", home=home)[0] == 2
    assert murecom("scan", "--forget", music, home=home)[0] == 0
    _, out, _ = murecom("status", "--json", home=home)
    assert (json.loads(out)["tracks"], json.loads(out)["roots"]) == (0, [])


def test_root_style_takes_the_folder_that_holds_most(murecom, tmp_path):
    music, home = tmp_path / "music", tmp_path / "home"
    sounds.library(music, artists=2, tracks=2)
    sounds.library(tmp_path / "a", artists=1, tracks=1)[0].rename(tmp_path / "a/one.wav")
    sounds.write(tmp_path / "a/one.wav", sounds.chord(700, seconds=9))
    assert murecom("scan", "--workers", "1", music, tmp_path / "a", home=home)[0] == 0
    file = tmp_path / "list.m3u"
    seed = ("similar", "Song 000", "-k", "4", "--artist-cap", "0", "--path-style", "root")
    code, _, err = murecom(*seed, "-o", file, home=home)
    entries = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    assert len(entries) == 3
    assert all((music / entry).is_file() for entry in entries)
    assert code == 4
    assert "Left out" in err
