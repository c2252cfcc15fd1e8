"""Tracks under the names of artists and albums."""

from murecom.library.groups import by_album, by_artist
from murecom.types import Track, TrackId


def track(title="x", artists=(), album=None) -> Track:
    return Track(TrackId(f"t:{title}{artists}{album}"), title, tuple(artists), album)


def names(groups) -> dict[str, tuple[int, ...]]:
    return {group.name: group.rows for group in groups}


def test_spellings_of_one_artist_are_one_under_the_usual_name():
    tracks = [
        track(artists=[name]) for name in ("Sigur Rós", "SIGUR ROS", "Sigur Rós", "sigur rós")
    ]
    assert names(by_artist(tracks)) == {"Sigur Rós": (0, 1, 2, 3)}


def test_every_artist_of_a_track_counts_and_guests_do():
    tracks = [
        track(artists=["Queen", "David Bowie"]),
        track("Under Pressure (feat. David Bowie)", ["Queen"]),
        track("Without", ["Nobody Else"]),
    ]
    assert names(by_artist(tracks)) == {
        "David Bowie": (0, 1),
        "Nobody Else": (2,),
        "Queen": (0, 1),
    }


def test_a_guest_who_is_also_named_counts_once():
    tracks = [track("Song (feat. B)", ["A", "B", "b"])]
    assert names(by_artist(tracks)) == {"A": (0,), "B": (0,)}


def test_nobody_is_left_out():
    tracks = [track(artists=[name]) for name in ("Various Artists", "V.A.", "群星", "Unknown", " ")]
    assert by_artist([*tracks, track()]) == []
    assert names(by_artist([track(artists=["!!!"])])) == {"!!!": (0,)}


def test_albums_of_one_title_differ_by_artist():
    tracks = [
        track(artists=["A"], album="Greatest Hits"),
        track(artists=["B"], album="Greatest Hits"),
        track(artists=["A"], album="greatest  hits"),
        track(artists=["C"], album="Soundtrack"),
        track(artists=["D"], album="Soundtrack"),
        track(artists=["E"]),
        track(album="Unknown Album"),
        track(album="Nameless"),
    ]
    owners = [None, None, None, "Various Artists", "Various Artists", None, None, None]
    assert names(by_album(tracks, owners)) == {
        "A – Greatest Hits": (0, 2),
        "B – Greatest Hits": (1,),
        "Various Artists – Soundtrack": (3, 4),
        "Nameless": (7,),
    }
