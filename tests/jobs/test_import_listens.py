"""The import of listens and of what files say of tracks: again without harm, on after a stop."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from murecom.jobs import import_
from murecom.jobs.import_ import ImportOptions, ImportReport, import_playlists
from murecom.store import Store

URI = "spotify:track:{:022d}"
EXPORTIFY = (
    "Track URI,Track Name,Artist Name(s),Added At,Genres,Energy,Valence,Tempo\n"
    f"{URI.format(1)},Song,Ann,2021-03-04T05:06:07Z,pop,0.8,0.66,120\n"
    f"{URI.format(2)},Other,Bob,2021-03-05T05:06:07Z,,,,\n"
)


def line(at: int, number: int) -> str:
    about = {"artist_name": f"A{number % 7}", "track_name": f"T{number}"}
    return json.dumps({"listened_at": at, "track_metadata": about}) + "\n"


def lines(count: int) -> str:
    return "".join(line(1_500_000_000 + n * 100, n % 50) for n in range(count))


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "music.db") as opened:
        yield opened


@pytest.fixture
def bring(store: Store, tmp_path: Path):
    def call(*paths: Path, **more: Any) -> ImportReport:
        report = import_playlists(store, tmp_path / "home", ImportOptions(paths, **more))
        return replace(report, seconds=0.0)

    return call


def test_the_same_import_twice_changes_nothing(store, bring, tmp_path):
    path = tmp_path / "listens.jsonl"
    path.write_text(lines(300) + "oops\n")
    report = bring(path)
    assert (report.listens, report.new_listens, report.tracks, report.refused) == (300, 300, 50, 1)
    assert (report.playlists, report.entries) == (0, 0)
    before = list(store.listens.plays())
    assert bring(path).unchanged == 1
    report = bring(path, again=True)
    assert (report.listens, report.new_listens, report.tracks) == (300, 0, 0)
    assert list(store.listens.plays()) == before
    path.write_text(lines(320))
    assert bring(path).new_listens == 20


def test_times_that_cannot_be_true_are_refused(store, bring, tmp_path):
    path = tmp_path / "listens.jsonl"
    future = int(time.time()) + 40 * 86_400
    path.write_text(line(-5, 1) + line(0, 1) + line(future, 1) + line(9_000_000, 1) + line(9, 2))
    report = bring(path)
    assert (report.listens, report.new_listens, report.refused) == (2, 2, 3)
    rows = [row.split("\t")[1:] for row in Path(report.refused_file).read_text().splitlines()[1:]]
    assert [where for where, _ in rows] == ["listen 1", "listen 2", "listen 3"]
    assert "1970" in rows[0][1]
    assert "future" in rows[2][1]


def test_a_dry_run_counts_listens(store, bring, tmp_path):
    path = tmp_path / "listens.jsonl"
    path.write_text(lines(30))
    report = bring(path, dry_run=True)
    assert (report.listens, report.new_listens) == (30, 0)
    assert store.listens.count() == 0


def test_exportify_is_not_learned_from_unless_somebody_says_so(store, bring, tmp_path):
    path = tmp_path / "evening.csv"
    path.write_text(EXPORTIFY)
    report = bring(path)
    assert (report.playlists, report.entries, report.abouts, report.tracks) == (1, 2, 1, 2)
    assert report.withheld == 1
    assert store.playlists.lists().playlists == []
    (playlist,) = store.playlists.iter()
    assert playlist.added == (1614834367, 1614920767)
    told = store.descriptors.get([playlist.tracks[0].id])[playlist.tracks[0].id]
    assert told == {
        "spotify_energy": (0.8, ""), "spotify_valence": (0.66, ""), "spotify_tempo": (120.0, "BPM"),
    }  # fmt: skip
    assert [tag[:2] for tag in store.tags.get(playlist.tracks[0].id)] == [("genre", "pop")]
    report = bring(path, trainable=True)
    assert (report.replaced, report.withheld) == (1, 0)
    assert len(store.playlists.lists().playlists) == 1
    assert bring(path, again=True).replaced == 0
    assert len(store.playlists.lists().playlists) == 1, "what was decided holds"


def test_a_folder_of_everything(store, bring, tmp_path):
    folder = tmp_path / "Downloads"
    folder.mkdir()
    (folder / "listens.jsonl").write_text(lines(10))
    (folder / "scrobbles.csv").write_text("uts,artist,track\n1614834360,Ann,Song\n")
    (folder / "evening.csv").write_text(EXPORTIFY)
    (folder / "table.csv").write_text("playlist;artist;title\nL;Ann;Song\n")
    (folder / "netease.txt").write_text("夜##安静##7##1\t5::晴天::周杰伦::100\n")
    (folder / "notes.txt").write_text("Buy milk.\n")
    (folder / "budget.csv").write_text("month,sum\n1,2\n")
    with zipfile.ZipFile(folder / "my_spotify_data.zip", "w") as file:
        track = {"trackName": "Song", "artistName": "Ann", "trackUri": URI.format(1)}
        lists = [{"name": "Mine", "lastModifiedDate": "2024-01-01", "items": [{"track": track}]}]
        file.writestr("Spotify Account Data/Playlist1.json", json.dumps({"playlists": lists}))
    report = bring(folder)
    assert (report.files, report.passed, report.failed, report.refused) == (6, 2, 0, 0)
    assert (report.playlists, report.listens, report.abouts) == (4, 11, 1)
    sources = sorted(str(playlist.id).split(":")[0] for playlist in store.playlists.iter())
    assert sources == ["csv", "exportify", "netease", "spotify_export"]
    mood = store.playlists.get("netease:7")
    assert mood.tags == ("安静",)
    report = bring(folder, again=True)
    assert (report.added, report.replaced, report.new_listens, report.tracks) == (0, 0, 0, 0)


def test_dates_stay_with_their_tracks_where_some_are_refused(store, bring, tmp_path):
    about = {"https://musicbrainz.org/doc/jspf#track": {"added_at": "2021-03-04T05:06:00+00:00"}}
    tracks = [{"title": "x" * 2000}, {"title": "B", "extension": about}]
    path = tmp_path / "a.jspf"
    path.write_text(json.dumps({"playlist": {"title": "L", "track": tracks}}))
    assert bring(path).refused == 1
    (playlist,) = store.playlists.iter()
    assert playlist.added == (1614834360,)


def test_stopped_in_the_middle_it_goes_on(store, bring, tmp_path, monkeypatch):
    monkeypatch.setattr(import_, "BATCH", 10)
    path = tmp_path / "listens.jsonl"
    path.write_text(lines(95))
    put, calls = store.listens.put_many, []

    def interrupted(listens, **more):
        calls.append(len(listens))
        if len(calls) == 5:
            raise KeyboardInterrupt
        return put(listens, **more)

    monkeypatch.setattr(store.listens, "put_many", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bring(path)
    assert store.listens.count() == store.imports.get(str(path)).playlists == 40
    report = bring(path)
    assert report.listens == report.new_listens == 55
    assert store.imports.get(str(path)).finished


@pytest.mark.slow
def test_killed_in_the_middle_of_a_file_of_listens(tmp_path: Path):
    path = tmp_path / "listens.jsonl"
    path.write_text("".join(line(1_500_000_000 + n, n % 5000) for n in range(150_000)))

    def command(home: Path) -> list[str]:
        return [sys.executable, "-m", "murecom", "--home", str(home), "import", "-q", str(path)]

    def heard(home: Path) -> list[Any]:
        with Store.open(home / "murecom.db") as store:
            return list(store.listens.plays())

    began = time.monotonic()
    assert subprocess.run(command(tmp_path / "calm"), check=False).returncode == 0
    whole = time.monotonic() - began
    expected = heard(tmp_path / "calm")
    assert len(expected) == 150_000
    home, rng, met = tmp_path / "home", random.Random(4), 0
    for _ in range(8):
        process = subprocess.Popen(command(home), start_new_session=True)
        time.sleep(rng.uniform(0.3, 0.7) * whole)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        if (home / "murecom.db").exists():
            rows = heard(home)
            assert rows == expected[: len(rows)]
            met += 0 < len(rows) < len(expected)
    assert met, "no kill met an import that was under way"
    assert subprocess.run(command(home), check=False).returncode == 0
    assert heard(home) == expected


def test_what_lastfm_passed_on_is_not_counted_twice(store, bring, tmp_path):
    about = {"artist_name": "Ann feat. Bob", "track_name": "Duo"}
    names = [{"artist_credit_name": "Ann"}, {"artist_credit_name": "Bob"}]
    other = about | {"mbid_mapping": {"artists": names}}
    other["additional_info"] = {"spotify_id": f"https://open.spotify.com/track/{'0' * 22}"}
    rows = [{"listened_at": 1614834360, "track_metadata": other}]
    rows += [{"listened_at": 1614834960, "track_metadata": about}]
    (tmp_path / "listens.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "scrobbles.csv").write_text(
        "uts,artist,track\n1614834360,Ann,DUO\n1614834960,Ann feat. Bob,Duo\n1614835000,Ann,Duo\n"
    )
    assert bring(tmp_path / "listens.jsonl").new_listens == 2
    report = bring(tmp_path / "scrobbles.csv")
    assert (report.listens, report.new_listens, store.listens.count()) == (3, 1, 3)


def test_what_was_forgotten_is_read_again(store, bring, tmp_path):
    file = tmp_path / "listens.jsonl"
    file.write_text(lines(3))
    assert bring(file).new_listens == 3
    assert bring(file).unchanged == 1
    store.listens.forget()
    assert bring(file).new_listens == 3, "nobody has to know of --again"


def test_other_files_are_named(bring, tmp_path):
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "a.jsonl").write_text(lines(1))
    other = tmp_path / "lists" / "table.csv"
    other.write_text("height,weight\n1,2\n")
    report = bring(tmp_path / "lists")
    assert (report.passed, report.other_files) == (1, [str(other)])


def test_an_id_told_with_another_name_is_counted(store, bring, tmp_path):
    for number, name in enumerate(("Song", "Quite another")):
        row = {"track_uri": "x:1", "track_name": name, "artist_name": name}
        text = json.dumps({"name": name, "tracks": [row]})
        (tmp_path / f"{number}.jsonl").write_text(text + "\n")
    assert bring(tmp_path / "0.jsonl").differing == 0
    assert bring(tmp_path / "1.jsonl").differing == 1
    assert store.tracks.get(["x:1"])["x:1"].title == "Song"
