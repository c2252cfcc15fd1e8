"""Settings: which source wins, what is refused and in which words, where a value came from."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from murecom import config
from murecom.errors import BadInput, Unreachable


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """Give an empty current folder and an empty configuration folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "etc"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path


def write(text, path="murecom.toml"):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def user_file():
    return config.settings_files()[0]


def test_without_any_source_there_are_the_defaults(here):
    settings = config.load(home=here)
    assert settings == config.Settings(home=here)
    assert {str(origin) for origin in config.origins(settings).values()} == {"default"}


def test_settings_alone_read_nothing(monkeypatch):
    monkeypatch.setenv("MURECOM_PLAYLIST__ARTIST_CAP", "9")
    write("[playlist]\nartist_cap = 8")
    assert config.Settings().playlist.artist_cap == 2


def test_each_source_wins_over_those_below(monkeypatch):
    def cap(flags=None):
        settings = config.load(flags=flags)
        return settings.playlist.artist_cap, str(config.origins(settings)["playlist.artist_cap"])

    assert cap() == (2, "default")
    write("\n[playlist]\nversions = true\nartist_cap = 3\n", user_file())
    assert cap() == (3, f"{user_file()}:4")
    write("playlist.artist_cap = 4")
    assert cap() == (4, "murecom.toml:1")
    monkeypatch.setenv("MURECOM_PLAYLIST__ARTIST_CAP", "5")
    assert cap() == (5, "MURECOM_PLAYLIST__ARTIST_CAP")
    assert cap({"playlist.artist_cap": None}) == (5, "MURECOM_PLAYLIST__ARTIST_CAP")
    assert cap({"playlist.artist_cap": 6}) == (6, "flag")
    assert config.load().playlist.versions  # the lower file still counts for what it alone says


def test_values_from_the_environment_are_read_as_their_kind(monkeypatch, here):
    for name, text in {
        "LIBRARY__FOLLOW_LINKS": "false",
        "LIBRARY__ROOTS": "~/Crosby, Stills",
        "LIBRARY__EXTENSIONS": '[".MP3", "ogg"]',
        "SOUND__MFCC_WEIGHT": "0.25",
        "PLAYLIST__EXCLUDE_ARTISTS": "Earth, Wind & Fire",
        "PLAYLIST__ALBUM_CAP": "",  # counts as not set
    }.items():
        monkeypatch.setenv(f"MURECOM_{name}", text)
    settings = config.load()
    assert settings.library.follow_links is False
    assert settings.library.roots == (here / "home" / "Crosby, Stills",)
    assert settings.library.extensions == ("mp3", "ogg")
    assert settings.sound.mfcc_weight == 0.25
    assert settings.playlist.exclude_artists == ("Earth, Wind & Fire",)
    assert settings.playlist.album_cap == 3
    assert config.origins(settings)["playlist.album_cap"] == config.Origin()


def test_folders_start_from_the_file_that_names_them(here):
    write('[library]\nroots = ["music", "/srv/more"]', user_file())
    assert config.load().library.roots == (user_file().parent / "music", Path("/srv/more"))
    assert config.load(flags={"library.roots": ["music"]}).library.roots == (here / "music",)
    write('[sound]\ngenre_model = "mine"', user_file())
    assert config.load().sound.genre_model == str(user_file().parent / "mine")
    flags = {"sound.genre_model": "mine"}
    assert config.load(flags=flags).sound.genre_model == str(here / "mine")
    assert config.load(flags={"sound.genre_model": ""}).sound.genre_model is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[libary]\nroots = []", r"libary \(murecom.toml:1\) is no .* mean library\?"),
        ("[library]\n\nrots = []", r"library.rots \(murecom.toml:3\) is no .* library.roots\?"),
        ("[sound]\nqqq = 1", r"sound.qqq .* There are: model, backend"),
        ("sound = 3", r"sound \(murecom.toml:1\) .* write \[sound\]"),
        ("home = '/x'", "home .* with --home or MURECOM_HOME"),
        ("[sound", r"murecom.toml is not TOML: .* move it away"),
        (
            "[playlist]\nartist_cap = -1",
            r"playlist.artist_cap is -1 in murecom.toml:2, but has to be a whole number, 0 or more",
        ),
        ("[sound]\nwindows = 101", "a whole number from 1 to 100"),
        ("[sound]\nmodel = 'big'", '"big" in murecom.toml:2, but has to be msd, rich or genre_cnn'),
        ("[library]\nroots = [3]", "a list of folders"),
        ("[library]\nroots = 3", "a list of folders"),
        ("[sound]\ngenre_model = 3", "a folder"),
        ("[library]\nfollow_links = 'maybe'", "true or false"),
        ("[playlist.artist_cap]\nx = 1", r"playlist.artist_cap is \{\"x\": 1\}"),
    ],
)
def test_a_file_is_refused_in_words_that_help(text, message):
    write(text)
    with pytest.raises(BadInput, match=message):
        config.load()


@pytest.mark.parametrize(
    ("variable", "text", "message"),
    [
        ("MURECOM_LIBRARY__ROTS", "", "Did you mean MURECOM_LIBRARY__ROOTS"),
        ("MURECOM_LIBRARY", "{}", "is no setting"),
        ("MURECOM_HOMES", "/x", "Did you mean MURECOM_HOME"),
        ("MURECOM_SOUND__WINDOWS__X", "1", "Did you mean MURECOM_SOUND__WINDOWS"),
        ("MURECOM_LIBRARY__ROOTS", "[music", '"\\[music" in MURECOM_LIBRARY__ROOTS, but has'),
        ("MURECOM_SOUND__WINDOWS", "few", '"few" in MURECOM_SOUND__WINDOWS, but has to be a whole'),
    ],
)
def test_the_environment_is_refused_in_words_that_help(monkeypatch, variable, text, message):
    monkeypatch.setenv(variable, text)
    with pytest.raises(BadInput, match=message):
        config.load()


def test_a_flag_is_refused_in_words_that_help():
    with pytest.raises(BadInput, match=r"sound.modle is no setting. Did you mean sound.model\?"):
        config.load(flags={"sound.modle": "msd"})
    with pytest.raises(BadInput, match=r'sound.model is "x" on the command line, but'):
        config.load(flags={"sound.model": "x"})


def test_a_file_that_cannot_be_read(here):
    (here / "murecom.toml").mkdir()
    with pytest.raises(BadInput, match="cannot be read: Is a directory"):
        config.load()
    (here / "murecom.toml").rmdir()
    (here / "murecom.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadInput, match="is not TOML"):
        config.load()


def test_a_file_may_begin_with_a_byte_order_mark(here):
    (here / "murecom.toml").write_bytes(b"\xef\xbb\xbf[sound]\nwindows = 7\n")
    settings = config.load()
    assert settings.sound.windows == 7
    assert str(config.origins(settings)["sound.windows"]) == "murecom.toml:2"


def test_home_is_explicit_or_named_or_the_systems(monkeypatch, here):
    system = config.home_folder()
    assert system.is_absolute()
    assert system.name == "murecom"
    assert not system.exists()
    monkeypatch.setenv("MURECOM_HOME", "~/there")
    assert config.home_folder() == here / "home" / "there"
    assert config.home_folder("x") == here / "x"
    assert config.load("x").home == here / "x"
    monkeypatch.setenv("MURECOM_HOME", "")
    assert config.home_folder() == system


def test_the_database_is_a_file_in_home_unless_an_address_is_set(here):
    assert config.load(home="x").database == here / "x" / "murecom.db"
    write("[store]\nurl = 'postgresql://db/murecom'")
    assert config.load().database == "postgresql://db/murecom"


def test_settings_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        config.Settings().sound.windows = 3


def test_flat_holds_every_setting():
    values = config.flat(config.Settings())
    assert values["library.workers"] == 0
    assert (
        list(values) == [s.name for s in config.describe()] == list(config.origins(config.load()))
    )


def test_every_setting_is_described():
    for setting in config.describe():
        assert setting.help.endswith("."), setting.name
        assert setting.allowed


def test_the_example_changes_nothing_even_when_all_of_it_is_taken(here):
    assert config.write_example("new/murecom.toml") == Path("new/murecom.toml")
    text = Path("new/murecom.toml").read_text()
    assert all(table == {} for table in tomllib.loads(text).values())
    write(re.sub(r"^# (?=\w+ = )", "", text, flags=re.MULTILINE))
    assert config.flat(config.load()) == config.flat(config.Settings())
    written = set(config.origins(config.load()).values())
    assert config.Origin() not in written


def test_an_example_that_cannot_be_written(here):
    (here / "file").touch()
    with pytest.raises(Unreachable, match="cannot be written"):
        config.write_example("file/murecom.toml")


def test_nothing_is_read_at_import(here):
    write("[broken")
    environment = {**os.environ, "MURECOM_NONSENSE": "1"}
    subprocess.run([sys.executable, "-c", "import murecom.config"], env=environment, check=True)
