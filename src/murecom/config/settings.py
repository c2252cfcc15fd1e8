"""What can be set: one class a section, one field a setting, its help under the field.

A new setting is one field here; `./run docs` then writes its row into `docs/settings.md`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr

from murecom.config.origin import Origin


def as_list(value: Any) -> Any:
    """Read a list out of text: a JSON list, or else the whole text as its one element.

    The environment and the command line hold text only. Nothing is split at commas or colons,
    because names of artists and folders contain them.
    """
    if not isinstance(value, str):
        return value
    return json.loads(value) if value.lstrip().startswith("[") else [value]


def _extension(value: Any) -> Any:
    return value.lower().lstrip(".") if isinstance(value, str) else value


FOLDERS = "folders"
"Marks folders, and lists of them: they are made absolute when they are read."

SECRET = "secret"
"Marks keys and tokens: they are never shown."

Secret = Annotated[str, Field(repr=False), SECRET]
Texts = Annotated[tuple[str, ...], BeforeValidator(as_list)]
Folders = Annotated[tuple[Path, ...], BeforeValidator(as_list), FOLDERS]
FolderText = Annotated[str | None, BeforeValidator(lambda value: value or None), FOLDERS]
FolderTexts = Annotated[tuple[str, ...], BeforeValidator(as_list), FOLDERS]
Extension = Annotated[str, BeforeValidator(_extension)]
Extensions = Annotated[tuple[Extension, ...], BeforeValidator(as_list)]
Weight = Annotated[float, Field(ge=0, le=10)]


class Section(BaseModel):
    """A group of settings: unknown names are refused, values cannot be changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Library(Section):
    """The music files and how they are read."""

    roots: Folders = ()
    "Folders that `murecom scan` reads when it is given none."

    extensions: Extensions = ()
    "Endings of file names that count as music; when none are given, all that murecom knows."

    workers: Annotated[int, Field(ge=0, le=1024)] = 0
    "Processes that analyse at the same time; 0 takes one for each core (of the whole cluster)."

    follow_links: bool = True
    "Enter folders behind symbolic links; loops are never followed twice."


class Engine(Section):
    """Where heavy work runs: see docs/cluster.md."""

    kind: Literal["local", "ray"] = "local"
    "`local` is this machine, `ray` a cluster of machines; it needs the extra `cluster`."

    address: Annotated[str | None, BeforeValidator(lambda value: value or None)] = None
    "Head of the cluster, such as `10.0.0.5:6379`; without one, what this machine is part of."


class Store(Section):
    """Where everything that murecom knows is kept."""

    url: Annotated[str | None, BeforeValidator(lambda value: value or None)] = None
    "Address of the database as SQLAlchemy writes it; without one, SQLite at `murecom.db` in home."


class Sound(Section):
    """How the sound of a track becomes a vector."""

    model: Literal["msd", "rich", "genre_cnn"] = "msd"
    "`msd` is one network, `rich` adds a second one, `genre_cnn` is your own: murecom train genres."

    backend: Literal["auto", "numpy", "onnx"] = "auto"
    "What runs the network; `auto` takes onnx if the extra `fast` is installed, else numpy."

    windows: Annotated[int, Field(ge=1, le=100)] = 5
    "Pieces of three seconds heard, spread over the track; at least 5 if it is under 30 s long."

    mfcc_weight: Annotated[float, Field(ge=0, le=10)] = 0.6
    "Weight of timbre (MFCC statistics) beside the network; 0 leaves it out of comparisons."

    genre_model: FolderText = None
    "Folder of the network of `genre_cnn`; without one, genres-small or genres-original in home."

    ranking: Literal["mean", "votes"] = "mean"
    "`mean` compares tracks as a whole; `votes` counts the nearest slices, as the original did."


class Inputs(Section):
    """What counts beside the sound, 1 as much as the network: see docs/design/inputs.md."""

    title: Weight = 0.0
    "Weight of words that titles share."

    artist: Weight = 0.0
    "Weight of the artist's name."

    album: Weight = 0.0
    "Weight of the album's name."

    genre: Weight = 0.0
    "Weight of the genres in the tags."

    year: Weight = 0.0
    "Weight of how near the years of release are."

    duration: Weight = 0.0
    "Weight of how alike the lengths are."

    lyrics: Weight = 0.0
    "Weight of what the lyrics speak of and of their language; 0.5 to 1 if most tracks have some."


class Playlist(Section):
    """What a playlist may contain and how adventurous it is."""

    artist_cap: Annotated[int, Field(ge=0)] = 2
    "Most tracks of one artist; 0 sets no limit."

    album_cap: Annotated[int, Field(ge=0)] = 3
    "Most tracks of one album; 0 sets no limit."

    versions: bool = False
    "Allow other versions (live, remix, remaster) of a recording that is already in."

    lookback: Annotated[int, Field(ge=1, le=1000)] = 4
    "Latest tracks that steer the next one in a radio."

    temperature: Annotated[float, Field(ge=0, le=10)] = 0.2
    "Randomness of a radio; 0 always takes the nearest."

    path_style: Literal["playlist", "root", "absolute"] = "playlist"
    "Paths in playlist files: from the playlist, from the music folder (MPD), or absolute."

    novelty: Annotated[float, Field(ge=0, le=1)] = 0.0
    "How far answers by playlists go from what everybody plays: 0 not at all, 1 very far."

    local: bool = False
    "Only tracks of which there is a file here; playlists know others, too."

    exclude_artists: Texts = ()
    "Artists that never come up."

    exclude_genres: Texts = ()
    "Genres that never come up."

    exclude_folders: FolderTexts = ()
    "Folders whose tracks never come up."


class Playlists(Section):
    """What `murecom train playlists` learns from playlists, and how."""

    models: Texts = ()
    "Recommenders to train, by name; when none are given, those that are served by default."

    merge: bool = False
    "Take tracks of one artist and title, under whatever ids, for one recording."

    min_count: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    "Leave out tracks that are in fewer playlists."

    albums: bool = False
    "Learn from the albums of the library as if they were playlists, for those who have no others."


class Crawl(Section):
    """How other services are asked: see docs/crawl.md."""

    contact: str = ""
    "Your e-mail address or page, told to services as they wish; some answer nobody without one."

    workers: Annotated[int, Field(ge=1, le=64)] = 4
    "Calls under way at the same time; the limits of a service hold for all of them together."

    patience: Annotated[float, Field(ge=0, le=86_400)] = 120.0
    "Longest pause in seconds to sit through; of a longer one the crawl tells when to go on."


class Spotify(Section):
    """Your application at Spotify, from its developer dashboard."""

    client_id: str = ""
    "Its client id."

    client_secret: Secret = ""
    "Its client secret; not needed for your own playlists."

    extended: bool = False
    "The application has the extended quota, so the tracks of other people's playlists are open."

    url: str = "https://api.spotify.com/v1"
    "Address of the API."

    accounts: str = "https://accounts.spotify.com"
    "Address where applications and people log in."


class Netease(Section):
    """A server compatible with NeteaseCloudMusicApi, which you run yourself."""

    url: str = ""
    "Its address, such as `http://127.0.0.1:3000`; murecom neither brings nor starts one."

    comments: Annotated[int, Field(ge=1, le=1000)] = 20
    "Hot comments to keep of a track."


class ListenBrainz(Section):
    """Your account at ListenBrainz; playlists of others need none."""

    user: str = ""
    "Your name there, for your own playlists."

    token: Secret = ""
    "Your user token, from your settings page there; for private playlists."

    url: str = "https://api.listenbrainz.org"
    "Address of the API."

    labs: str = "https://labs.api.listenbrainz.org"
    "Address of the API of similar recordings."


class Deezer(Section):
    """The open API of Deezer, which needs no account."""

    url: str = "https://api.deezer.com"
    "Address of the API."


class LastFM(Section):
    """Your application at Last.fm."""

    api_key: Secret = ""
    "Its API key."

    url: str = "https://ws.audioscrobbler.com/2.0"
    "Address of the API."


class Settings(Section):
    """All settings. `Settings()` is the defaults; `load` fills it from everywhere else."""

    home: Path = Field(default_factory=lambda: _default_home())
    "Folder of the database, the models and the logs; not a key of any file."

    library: Library = Library()
    engine: Engine = Engine()
    store: Store = Store()
    sound: Sound = Sound()
    inputs: Inputs = Inputs()
    playlist: Playlist = Playlist()
    playlists: Playlists = Playlists()
    crawl: Crawl = Crawl()
    spotify: Spotify = Spotify()
    netease: Netease = Netease()
    listenbrainz: ListenBrainz = ListenBrainz()
    deezer: Deezer = Deezer()
    lastfm: LastFM = LastFM()

    _origins: dict[str, Origin] = PrivateAttr(default_factory=dict)

    @property
    def database(self) -> str | Path:
        """The address of the database, or the path of its SQLite file in `home`."""
        return self.store.url or self.home / "murecom.db"


def _default_home() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("murecom", appauthor=False))
