"""Parts that share no clip and no artist; published lists, well and badly written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.errors import BadInput, NotFound
from murecom.train.dataset import Clip
from murecom.train.splits import folds, published, whole


def made(genres: dict[str, int], artists: int = 0) -> list[Clip]:
    """Make clips; with `artists`, so many for each genre, taking turns."""
    return [
        Clip(
            Path(f"/music/{genre}/{genre}.{n:05d}.wav"),
            genre,
            f"{genre} artist {n % artists}" if artists else None,
            f"{genre}/{genre}.{n:05d}.wav",
        )
        for genre, count in genres.items()
        for n in range(count)
    ]


def check(clips, split):
    """Check what holds for every division."""
    for fold in split.folds:
        parts = [set(part.tolist()) for part in (fold.train, fold.valid, fold.test)]
        assert sum(map(len, parts)) == len(set.union(*parts)) == len(clips)
        assert parts[0]
        assert {clips[row].genre for row in parts[0]} == {clip.genre for clip in clips}
    tested = np.concatenate([fold.test for fold in split.folds])
    assert sorted(tested) == list(range(len(clips)))


@given(
    st.lists(st.integers(2, 12), min_size=2, max_size=5),
    st.integers(2, 6),
    st.integers(0, 3),
)
def test_every_clip_is_tested_once(counts, count, seed):
    clips = made({f"g{k}": n for k, n in enumerate(counts)})
    split = folds(clips, count, seed)
    check(clips, split)
    assert split.kind == "stratified"
    for fold in split.folds:  # genres are even to one clip
        for k, n in enumerate(counts):
            here = sum(clips[row].genre == f"g{k}" for row in fold.test)
            assert abs(here - n / len(split.folds)) < 1


@given(st.integers(2, 5), st.integers(2, 5), st.integers(0, 3))
def test_no_artist_in_two_parts(artists, count, seed):
    clips = made({"jazz": 11, "rock": 8}, artists)
    split = folds(clips, count, seed)
    assert split.kind == "artist"
    for fold in split.folds:
        who = [{clips[row].artist for row in part} for part in (fold.train, fold.valid, fold.test)]
        assert not who[0] & who[1]
        assert not who[0] & who[2]
        assert not who[1] & who[2]
    tested = np.concatenate([fold.test for fold in split.folds])
    assert sorted(tested) == list(range(len(clips)))


def test_clips_without_artist_stand_alone():
    clips = [*made({"jazz": 6, "rock": 6}, 3), *made({"jazz": 2})]
    split = folds(clips, 3)
    assert split.kind == "artist"
    assert "2 of 14 clips have no artist" in split.notes[0]


def test_one_artist_in_a_genre_cannot_be_kept_apart():
    clips = [*made({"jazz": 6}, 1), *made({"rock": 6}, 3)]
    split = folds(clips, 3)
    assert split.kind == "stratified"
    assert "'jazz'" in split.notes[0]
    check(clips, split)


def test_same_seed_same_folds():
    clips = made({"jazz": 9, "rock": 7})
    again = [fold.test.tolist() for fold in folds(clips, 3, 4).folds]
    assert [fold.test.tolist() for fold in folds(clips, 3, 4).folds] == again
    assert [fold.test.tolist() for fold in folds(clips, 3, 5).folds] != again


def test_fewer_folds_than_asked():
    split = folds(made({"jazz": 2, "rock": 3}), 5)
    assert len(split.folds) == 3
    assert "3 are made" in split.notes[-1]


def test_one_fold_is_refused():
    with pytest.raises(BadInput, match="at least 2"):
        folds(made({"jazz": 2, "rock": 3}), 1)


def test_whole_keeps_a_validation_part():
    clips = made({"jazz": 10, "rock": 10}, 5)
    fold = whole(clips)
    assert not len(fold.test)
    assert 2 <= len(fold.valid) <= 6
    assert not {clips[r].artist for r in fold.valid} & {clips[r].artist for r in fold.train}


class TestPublished:
    @pytest.fixture
    def clips(self) -> list[Clip]:
        return made({"blues": 5, "metal": 5})

    def write(self, tmp_path: Path, text: str) -> Path:
        path = tmp_path / "split.csv"
        path.write_text(text, encoding="utf-8")
        return path

    @pytest.mark.parametrize("form", ["{g}.0000{n}", "{g}/{g}.0000{n}.wav", "{g}.0000{n}.au"])
    @pytest.mark.parametrize("header", ["", "id,part\n", "filename,split\n"])
    def test_ids_are_understood(self, tmp_path, clips, form, header):
        parts = ["train", "train", "valid", "test", "test"]
        lines = [
            f"{form.format(g=g, n=n)},{parts[n]}" for g in ("blues", "metal") for n in range(5)
        ]
        split = published(clips, self.write(tmp_path, header + "\n".join(lines) + "\n"))
        (fold,) = split.folds
        assert fold.train.tolist() == [0, 1, 5, 6]
        assert fold.valid.tolist() == [2, 7]
        assert fold.test.tolist() == [3, 4, 8, 9]
        assert split.kind == "published"
        assert not split.sentences

    def test_unknown_and_absent_are_named(self, tmp_path, clips):
        text = "blues.00000,train\nmetal.00000,train\nblues.00001,test\nblues.00099,test\n"
        split = published(clips, self.write(tmp_path, text))
        assert split.unknown == ("blues.00099",)
        assert len(split.absent) == 7
        said = " ".join(split.sentences)
        assert "1 ids of the list fit no clip: blues.00099" in said
        assert "7 clips are not on the list" in said

    def test_without_validation_part_one_is_carved(self, tmp_path, clips):
        lines = [f"{c.id},{'test' if c.id.endswith('4.wav') else 'training'}" for c in clips]
        (fold,) = published(clips, self.write(tmp_path, "\n".join(lines))).folds
        assert len(fold.valid)
        assert len(fold.train) + len(fold.valid) == 8

    def test_shared_artists_are_told(self, tmp_path):
        clips = made({"blues": 4, "metal": 4}, 2)
        parts = ["train", "train", "test", "valid"] * 2
        text = "\n".join(f"{c.id},{p}" for c, p in zip(clips, parts, strict=True))
        assert "artists" in published(clips, self.write(tmp_path, text)).notes[0]

    @pytest.mark.parametrize(
        ("text", "match"),
        [
            ("blues.00000,train\nblues.00001,teach\n", "line 2"),
            ("blues.00000,train\nblues.00001\n", "line 2"),
            ("blues.00000,train\nblues.00000,test\n", "stands in 'train' and in 'test'"),
            ("blues.00000,train\n", "part 'test'"),
            ("blues.00000,train\nmetal.00001,test\n", "trains no clip"),
            ("", "part 'train'"),
        ],
    )
    def test_bad_lists(self, tmp_path, clips, text, match):
        with pytest.raises(BadInput, match=match):
            published(clips, self.write(tmp_path, text))

    def test_id_that_fits_several(self, tmp_path):
        clips = [
            Clip(Path(f"/m/{g}/{n}.wav"), g, None, f"{g}/{n}.wav")
            for g in ("a", "b")
            for n in (1, 2)
        ]
        with pytest.raises(BadInput, match="fits several"):
            published(clips, self.write(tmp_path, "1,train\n"))

    def test_no_file(self, tmp_path, clips):
        with pytest.raises(NotFound, match="no file"):
            published(clips, tmp_path / "none.csv")
