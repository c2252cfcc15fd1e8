"""Which clips a library holds, and what is said where nothing can be learned."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.train import folders

import sounds
from murecom.errors import BadInput, NotFound
from murecom.train.dataset import check, genres_of, labels_of, read_clips


def touch(folder: Path, *names: str) -> Path:
    """Make files that nobody decodes."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"no music")
    return folder


def found(folder: Path) -> list[tuple[str, str]]:
    clips, _ = read_clips(folder)
    return [(clip.id, clip.genre) for clip in clips]


def test_a_folder_for_each_genre(tmp_path):
    touch(tmp_path, "jazz/a.mp3", "jazz/b.ogg", "rock/live/1/a.flac", "rock/b.au", "rock/cover.jpg")
    assert found(tmp_path) == [
        ("jazz/a.mp3", "jazz"),
        ("jazz/b.ogg", "jazz"),
        ("rock/b.au", "rock"),
        ("rock/live/1/a.flac", "rock"),
    ]


def test_a_folder_may_be_named_by_a_way_round(tmp_path):
    touch(tmp_path / "genres", "jazz/a.wav", "jazz/b.wav", "rock/a.wav", "rock/b.wav")
    (tmp_path / "other").mkdir()
    clips, problems = read_clips(tmp_path / "other" / ".." / "genres")
    assert [clip.id for clip in clips] == ["jazz/a.wav", "jazz/b.wav", "rock/a.wav", "rock/b.wav"]
    assert not problems


@pytest.mark.parametrize("above", ["genres", "Data/genres_original"])
def test_lonely_folders_above_the_genres(tmp_path, above):
    touch(tmp_path, *(f"{above}/{g}/{g}.0000{n}.au" for g in ("pop", "metal") for n in (0, 1)))
    clips, problems = read_clips(tmp_path)
    assert genres_of(clips) == ("metal", "pop")
    assert clips[0].id == f"{above}/metal/metal.00000.au"
    assert not problems


@pytest.mark.parametrize("above", ["", "clips/"])
def test_names_that_begin_with_the_genre(tmp_path, above):
    touch(tmp_path, *(f"{above}{g}.0000{n}.mp3" for g in ("pop", "hip.hop") for n in (0, 1)))
    touch(tmp_path, f"{above}song.mp3")
    clips, problems = read_clips(tmp_path)
    assert [clip.genre for clip in clips] == ["hip.hop", "hip.hop", "pop", "pop"]
    assert [Path(problem.path).name for problem in problems] == ["song.mp3"]
    assert "genre" in problems[0].reason


def test_loose_files_beside_folders_are_named(tmp_path):
    touch(tmp_path, "jazz/a.mp3", "jazz/b.mp3", "rock/a.mp3", "rock/b.mp3", "loose.mp3")
    clips, problems = read_clips(tmp_path)
    assert len(clips) == 4
    assert [Path(problem.path).name for problem in problems] == ["loose.mp3"]


def test_labels(tmp_path):
    touch(tmp_path, "b/1.mp3", "b/2.mp3", "a/1.mp3", "a/2.mp3")
    clips, _ = read_clips(tmp_path)
    assert labels_of(clips, genres_of(clips)) == [0, 0, 1, 1]


def test_artists_come_from_tags_only(tmp_path):
    for genre in ("a", "b"):
        sounds.write(tmp_path / genre / "Guess - Work.flac", sounds.chord(110, 1))
    import soundfile

    with soundfile.SoundFile(tmp_path / "a" / "tagged.flac", "w", 22050, 1) as file:
        file.artist = "ÀNNE"
        file.write(sounds.chord(110, 1))
    touch(tmp_path, "b/2.mp3")
    artists = {clip.id: clip.artist for clip in read_clips(tmp_path)[0]}
    assert artists["a/Guess - Work.flac"] is None
    assert artists["a/tagged.flac"] == "anne"


class TestRefusals:
    def test_no_folder(self, tmp_path):
        with pytest.raises(NotFound, match="no folder"):
            read_clips(tmp_path / "nowhere")

    def test_no_audio(self, tmp_path):
        touch(tmp_path, "jazz/readme.txt")
        with pytest.raises(BadInput, match="no audio"):
            read_clips(tmp_path)

    def test_one_genre(self, tmp_path):
        touch(tmp_path, "jazz/a.mp3", "jazz/b.mp3")
        with pytest.raises(BadInput, match=r"All clips .*\(2\) .* one genre, 'jazz'"):
            read_clips(tmp_path)

    def test_one_file_in_a_genre(self, tmp_path):
        touch(tmp_path, "jazz/a.mp3", "jazz/b.mp3", "rock/only.mp3")
        with pytest.raises(BadInput, match=r"only one of 'rock' \(.*only\.mp3\)"):
            read_clips(tmp_path)

    def test_nothing_left(self, tmp_path):
        with pytest.raises(BadInput, match="No clip"):
            check([], tmp_path)

    def test_a_library_made_for_tests(self, tmp_path):
        clips, problems = read_clips(folders.library(tmp_path))
        assert len(clips) == 12
        assert not problems
