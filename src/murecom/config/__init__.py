"""Settings: flags over the environment over `murecom.toml` over defaults, and where each came from.

Nothing is read at import, and `Settings()` reads nothing either: it is the defaults. Only `load`
looks at the environment and at files, once, where a program starts; everything below it is handed
the values it needs.
"""

from murecom.config.describe import Setting, describe, example, flat, sections, write_example
from murecom.config.origin import Origin
from murecom.config.settings import Library, Playlist, Settings, Sound, Store
from murecom.config.sources import home_folder, load, origins, settings_files

__all__ = [
    "Library",
    "Origin",
    "Playlist",
    "Setting",
    "Settings",
    "Sound",
    "Store",
    "describe",
    "example",
    "flat",
    "home_folder",
    "load",
    "origins",
    "sections",
    "settings_files",
    "write_example",
]
