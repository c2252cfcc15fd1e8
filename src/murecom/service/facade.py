"""`Murecom`: one home folder, opened; everything that the commands do."""

from __future__ import annotations

from murecom.service.by_mood import ByMood
from murecom.service.collecting import Collecting
from murecom.service.collection import Collection
from murecom.service.daily import Daily
from murecom.service.evaluating import Evaluating
from murecom.service.files import PlaylistFiles
from murecom.service.genres import Genres
from murecom.service.groups import Groups
from murecom.service.importing import Importing
from murecom.service.listening import Listening
from murecom.service.matching import Matching
from murecom.service.mood_pictures import MoodPictures
from murecom.service.mood_teaching import MoodTeaching
from murecom.service.mood_tracks import MoodTracks
from murecom.service.playlist_training import PlaylistTraining
from murecom.service.training import Training
from murecom.service.words import Words


class Murecom(
    ByMood,
    Collecting,
    Collection,
    Daily,
    Evaluating,
    Listening,
    Genres,
    Groups,
    Importing,
    Matching,
    MoodPictures,
    MoodTeaching,
    MoodTracks,
    PlaylistFiles,
    PlaylistTraining,
    Training,
    Words,
):
    """Everything that murecom does with one home folder.

    Parameters
    ----------
    home : Path, optional
        Folder of database and models; MURECOM_HOME or the user's data folder by default.
    flags : mapping, optional
        Settings that win over all others, by their keys: ``{"library.workers": 1}``.

    Raises
    ------
    BadInput
        A setting is unknown or out of range.

    Examples
    --------
    >>> with Murecom(home=Path("demo")) as m:                              # doctest: +SKIP
    ...     m.scan([Path("~/Music").expanduser()])
    ...     m.similar([m.find("bach cello suite")], k=5)
    """
