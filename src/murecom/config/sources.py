"""Collect settings from flags, environment and files, remembering the place of each.

Order, the later one wins: defaults, `murecom.toml` in the user's configuration folder,
`murecom.toml` in the current folder, `MURECOM_SECTION__KEY` in the environment, flags.
Names that are no setting are errors wherever they stand, so that a misspelt one cannot be without
effect unnoticed.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from murecom.config.describe import Setting, describe
from murecom.config.origin import Origin
from murecom.config.settings import Settings, as_list
from murecom.errors import BadInput

PREFIX = "MURECOM_"
NOT_SETTINGS = ("MURECOM_HOME", "MURECOM_DATA")
"The only variables of the prefix that name no setting: the home folder, the evaluation data."

Found = dict[str, tuple[Any, Origin]]
"Values by `section.key`, each with its place."


def load(home: str | Path | None = None, flags: Mapping[str, Any] | None = None) -> Settings:
    """Read all sources and give the settings that hold.

    Parameters
    ----------
    home : path, optional
        As `home_folder` takes it.
    flags : mapping, optional
        Values by `section.key` from the command line; None stands for a flag that was not given.

    Raises
    ------
    BadInput
        A name is no setting (the sentence tells the nearest one), a value is not allowed (it tells
        the value, its place and what is allowed), or a file cannot be read.
    """
    known = {setting.name: setting for setting in describe()}
    found: Found = {}
    for path in settings_files():
        found |= _from_file(path, known)
    found |= _from_environment(os.environ, known)
    found |= _from_flags(flags or {}, known)

    sections: dict[str, Any] = {"home": home_folder(home)}
    for name, (value, _) in found.items():
        section, _, key = name.partition(".")
        sections.setdefault(section, {})[key] = value
    try:
        settings = Settings.model_validate(sections)
    except ValidationError as error:
        raise BadInput(_refusal(error, found, known)) from None
    settings._origins.update({name: origin for name, (_, origin) in found.items()})
    return settings


def origins(settings: Settings) -> dict[str, Origin]:
    """Give the place of every setting, by `section.key` in the order of the sections."""
    return {s.name: settings._origins.get(s.name, Origin()) for s in describe()}


def home_folder(explicit: str | Path | None = None) -> Path:
    """Give the folder of murecom's own files: `explicit`, else MURECOM_HOME, else the system's.

    Absolute; `~` is expanded; nothing is created.
    """
    chosen = str(explicit or "") or os.environ.get("MURECOM_HOME") or str(Settings().home)
    return Path(os.path.abspath(os.path.expanduser(chosen)))


def settings_files() -> tuple[Path, Path]:
    """Give the two files that may hold settings, whether they exist or not; the later one wins."""
    import platformdirs

    folder = platformdirs.user_config_dir("murecom", appauthor=False)
    return Path(folder, "murecom.toml"), Path("murecom.toml")


def _from_file(path: Path, known: Mapping[str, Setting]) -> Found:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        tables = tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read: {error.strerror}. Allow reading it or move it away."
        ) from error
    except ValueError as error:  # what tomllib and the decoder raise
        raise BadInput(f"{path} is not TOML: {error}. Correct it or move it away.") from error

    keys: dict[str, list[str]] = {}
    for name in known:
        section, _, key = name.partition(".")
        keys.setdefault(section, []).append(key)

    found: Found = {}
    for section, table in tables.items():
        if section not in keys or not isinstance(table, dict):
            raise _unknown(section, keys, f"{path}:{_line(text, section)}")
        for key, value in table.items():
            name, place = f"{section}.{key}", f"{path}:{_line(text, section, key)}"
            if name not in known:
                raise _unknown(key, keys[section], place, within=f"{section}.")
            found[name] = (_placed(value, known[name], path.parent), Origin("file", place))
    return found


def _from_environment(variables: Mapping[str, str], known: Mapping[str, Setting]) -> Found:
    by_variable = {setting.variable: setting for setting in known.values()}
    found: Found = {}
    for variable, text in sorted(variables.items()):
        if not variable.startswith(PREFIX) or variable in NOT_SETTINGS:
            continue
        if variable not in by_variable:
            raise _unknown(variable, [*by_variable, *NOT_SETTINGS])
        if text:  # an empty variable counts as not set
            setting = by_variable[variable]
            value = _placed(text, setting, Path())
            found[setting.name] = (value, Origin("environment", variable))
    return found


def _from_flags(flags: Mapping[str, Any], known: Mapping[str, Setting]) -> Found:
    found: Found = {}
    for name, value in flags.items():
        if name not in known:
            raise _unknown(name, known)
        if value is not None:
            found[name] = (_placed(value, known[name], Path()), Origin("flag", name))
    return found


def _unknown(name: str, choices: Iterable[str], place: str = "", within: str = "") -> BadInput:
    """Say that a name is no setting, and which of `choices` (all in `within`) is nearest."""
    what = f"{within}{name}{f' ({place})' if place else ''} is no setting."
    if within + name == "home":
        return BadInput(f"{what} Choose the folder with --home or MURECOM_HOME.")
    choices = list(choices)
    if name in choices:
        return BadInput(f"{what} It is a section: write [{name}] above its settings.")
    near = difflib.get_close_matches(name, choices, n=1)
    hint = f"Did you mean {within}{near[0]}?" if near else f"There are: {', '.join(choices)}."
    return BadInput(f"{what} {hint}")


def _placed(value: Any, setting: Setting, base: Path) -> Any:
    """Make folders absolute: those in a file start from that file, the others from here."""
    if not setting.of_folders:
        return value
    if setting.kind is not tuple:
        return _absolute(value, base) if value else value
    try:
        folders = as_list(value)
    except ValueError:
        return value  # the validation that follows says what is wrong
    if not isinstance(folders, (list, tuple)):
        return value
    return [_absolute(folder, base) for folder in folders]


def _absolute(folder: Any, base: Path) -> Any:
    if not isinstance(folder, (str, Path)):
        return folder  # the validation that follows says what is wrong
    return os.path.abspath(base / os.path.expanduser(folder))


def _line(text: str, section: str, key: str | None = None) -> int:
    """Find the line of a key, or of its section, in a TOML text (1 where it cannot be told)."""
    inside, start = False, 1
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", line):
            inside = header[1].strip("\"'") == section
            start = number if inside else start
        elif match := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            written = match[1].replace('"', "").replace("'", "")
            if written == (key if inside else f"{section}.{key}" if key else section):
                return number
    return start


def _refusal(error: ValidationError, found: Found, known: Mapping[str, Setting]) -> str:
    first = error.errors(include_url=False)[0]
    name = ".".join(str(part) for part in first["loc"][:2])
    value, origin = found[name]
    shown = json.dumps(value, ensure_ascii=False, default=str)
    place = "on the command line" if origin.kind == "flag" else f"in {origin}"
    return (
        f"{name} is {shown} {place}, but has to be {known[name].allowed}. "
        "Correct it or take it out there."
    )
