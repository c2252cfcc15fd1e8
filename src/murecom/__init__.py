"""murecom recommends music from how it sounds, from how people put it together, and from moods."""

__version__ = "0.1.0"
