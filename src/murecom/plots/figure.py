"""What all pictures share: a figure without a screen, and a file that is whole or not there."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from murecom.errors import MissingExtra, Unreachable

DPI = 120


def make(width: float, height: float) -> Any:
    """Make a figure of so many inches, without pyplot, which would keep it and ask for a screen.

    Raises
    ------
    MissingExtra
        matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtra("plots", "Drawing pictures") from error
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def write(figure: Any, path: Path) -> Path:
    """Write a figure as a PNG file.

    Raises
    ------
    Unreachable
        The file cannot be written.
    """
    draft = path.with_name(f"{path.name}.part")
    try:
        with warnings.catch_warnings():
            # a script for which no font is installed shows as boxes; the data files have the names
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            figure.savefig(draft, format="png", dpi=DPI)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Unreachable(
            f"{path} cannot be written ({error.strerror or error}). Choose another folder."
        ) from error
    return path
