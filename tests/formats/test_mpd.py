"""A real MPD loads every entry of a list written for its playlist folder."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from murecom.formats import write_playlist
from murecom.types import Playlist, Track, TrackId

pytestmark = pytest.mark.server

NAMES = [
    "plain.wav",
    "Muse/Origin/01 Uno.wav",
    "#1 hit.wav",
    "#tag/#1.wav",
    "a:b.wav",
    "http:x.wav",
    "100%25 & %41.wav",
    "back\\slash.wav",
    "trailing .wav",
    "quote'\".wav",
    "晴天/周杰伦🎵.wav",
    "composed é.wav",
    "decomposed e\u0301.wav",
    "é" * 120 + ".wav",
]


class MPD:
    """A server of its own, reached by a socket in its folder; it plays into nothing."""

    def __init__(self, program: str, folder: Path) -> None:
        self.music, self.playlists = folder / "music", folder / "playlists"
        self.playlists.mkdir()
        (folder / "mpd.conf").write_text(
            f'music_directory "{self.music}"\nplaylist_directory "{self.playlists}"\n'
            f'db_file "{folder}/db"\nbind_to_address "{folder}/socket"\n'
            'filesystem_charset "UTF-8"\nauto_update "no"\nzeroconf_enabled "no"\n'
            'audio_output {\n type "null"\n name "nothing"\n}\n'
        )
        self.log = (folder / "log").open("wb")
        command = [program, "--no-daemon", "--stderr", str(folder / "mpd.conf")]
        self.process = subprocess.Popen(command, stderr=self.log)
        self.socket = socket.socket(socket.AF_UNIX)
        self.stream = self.socket.makefile("rwb")
        self.address = str(folder / "socket")

    def connect(self) -> None:
        for _ in range(100):
            if self.socket.connect_ex(self.address) == 0:
                break
            time.sleep(0.05)
        assert self.stream.readline().startswith(b"OK MPD")

    def __call__(self, command: str) -> list[str]:
        self.stream.write(command.encode() + b"\n")
        self.stream.flush()
        answer = []
        while (line := self.stream.readline().decode().rstrip("\n")) != "OK":
            assert line, "MPD hung up"
            assert not line.startswith("ACK"), line
            answer.append(line)
        return answer

    def close(self) -> None:
        self.stream.close()
        self.socket.close()
        self.process.terminate()
        self.process.wait(10)
        self.log.close()


@pytest.fixture(scope="module")
def mpd(needs_program) -> Iterator[MPD]:
    program = needs_program("mpd")
    # a short path: sockets allow about 100 bytes
    folder = Path(tempfile.mkdtemp(prefix="mpd"))
    for name in NAMES:
        (folder / "music" / name).parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(folder / "music" / name), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(bytes(16_000))
    server = MPD(program, folder)
    try:
        server.connect()
        server("update")
        while any(line.startswith("updating_db") for line in server("status")):
            time.sleep(0.02)
        yield server
    finally:
        server.close()
        shutil.rmtree(folder)


def queue(mpd: MPD, name: str) -> list[str]:
    mpd("clear")
    mpd(f"load {name}")
    return [line.removeprefix("file: ") for line in mpd("playlistinfo") if line[:6] == "file: "]


@pytest.mark.parametrize("style", ["root", "absolute"])
def test_mpd_loads_every_entry(mpd, style):
    tracks = [
        Track(TrackId("x"), "T", ("A",), duration=1.0, path=f"{mpd.music}/{n}") for n in NAMES
    ]
    report = write_playlist(
        Playlist("Mix", tuple(tracks)), mpd.playlists / "mix.m3u", style=style, root=mpd.music
    )
    assert report.written == len(NAMES)
    assert "playlist: mix" in mpd("listplaylists")
    assert queue(mpd, "mix") == NAMES
