"""Pictures that users give: any file in, upright RGB pixels out; the door to Pillow, extra `face`.

First step of `mood.face`. Nothing is written, and what the file says beside its pixels (place,
time, camera) is not read, but for how it is to be turned.
"""

from __future__ import annotations

import stat
import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput, MissingExtra, NotFound, Unreachable

Pixels = NDArray[np.uint8]

LONGEST = 2048
"Pixels of the longer side that are kept: a face of a tenth of it has 200, and 64 are read."

MOST_PIXELS = 50_000_000
"Larger pictures are refused by what their header says: unpacked they are 150 to 200 MB and more."

BAND = 2_000_000
"Pixels that are converted at a time, so that no second copy of a large picture is made."

MOST_BYTES = 100_000_000
"Larger files are refused before they are read."

FORMATS = (
    "JPEG", "MPO", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "JPEG2000", "PPM", "TGA", "ICO",
)  # fmt: skip
"Formats of Pillow that are read; others, such as EPS, would start a program."

_DAMAGE = (
    OSError, ValueError, SyntaxError, struct.error, EOFError, ArithmeticError, LookupError,
    TypeError, AttributeError, RuntimeError, AssertionError,
)  # fmt: skip
"What Pillow's readers raise on damaged files."

_TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
"Orientation of EXIF (2.3, section 4.6.4) -> transposition of Pillow that undoes it."


class _Quiet:
    """Silences warnings until the last of several threads is through.

    Pillow warns of what is checked or survived here, and the list of filters is not a thread's own.
    """

    def __init__(self) -> None:
        self._lock, self._inside, self._filters = threading.Lock(), 0, ExitStack()

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock:
            if not self._inside:
                self._filters.enter_context(warnings.catch_warnings())
                warnings.simplefilter("ignore")
            self._inside += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                if not self._inside:
                    self._filters.close()


_quiet = _Quiet()


@dataclass(frozen=True, slots=True)
class Picture:
    """What `open_picture` gives.

    `pixels` is uint8[height, width, 3] in RGB, upright, the longer side at most `LONGEST`; `notes`
    say what was left out.
    """

    pixels: Pixels
    notes: tuple[str, ...] = ()


def open_picture(source: Path | bytes) -> Picture:
    """Read a picture.

    Parameters
    ----------
    source : Path or bytes
        A file, or its content. Of moving pictures the first one is taken, transparent parts are
        white, grey and 16-bit pictures become RGB of 8 bits.

    Raises
    ------
    MissingExtra
        Pillow is not installed.
    NotFound
        There is no such file.
    BadInput
        The file is no picture, damaged, truncated, empty, or too large; the message says which.
    Unreachable
        The disk does not give it.
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise MissingExtra("face", "Reading moods from pictures") from error
    content, name = (source, "The picture") if isinstance(source, bytes) else _content(source)
    if not content:
        raise BadInput(f"{name} is empty. Take another picture.")
    try:
        with _quiet():
            Image.init()
            known = [kind for kind in FORMATS if kind in Image.OPEN]
            with Image.open(BytesIO(content), formats=known) as image:
                return _upright(image, name)
    except Image.DecompressionBombError as error:
        raise _too_many(name) from error
    except Image.UnidentifiedImageError as error:
        raise BadInput(_what_else(content, name)) from error
    except (*_DAMAGE, MemoryError) as error:
        raise BadInput(
            f"{name} is damaged or truncated ({error}). Take another copy of it."
        ) from error


def _upright(image: Any, name: str) -> Picture:
    if image.width * image.height > MOST_PIXELS:
        raise _too_many(name)
    if not image.width or not image.height:
        raise BadInput(f"{name} has no pixels. Take another picture.")
    notes = _notes(image)
    # JPEG is read at a fraction of its size where that is enough
    image.draft(None, (LONGEST, LONGEST))
    image.load()
    turn = _turn(image)
    small = _small(image)
    small.thumbnail((LONGEST, LONGEST))
    if turn is not None:
        small = small.transpose(turn)
    return Picture(np.asarray(small, np.uint8), notes)


def _content(path: Path) -> tuple[bytes, str]:
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise BadInput(f"{path} is a folder. Name a picture in it.")
        if not stat.S_ISREG(about.st_mode):
            raise BadInput(f"{path} is not a file. Name a picture.")
        if about.st_size > MOST_BYTES:
            raise BadInput(
                f"{path} has {about.st_size / 1e6:,.0f} MB, which is too much for a picture. "
                f"Save it smaller: at most {MOST_BYTES / 1e6:.0f} MB."
            )
        return path.read_bytes(), str(path)
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {path}. Check the path.") from error
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        reason = getattr(error, "strerror", None) or error
        raise Unreachable(
            f"{path} cannot be read ({reason}). Check the disk and the permissions."
        ) from error


def _notes(image: Any) -> tuple[str, ...]:
    # MPO holds several pictures too, but they are views of one moment
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
        return (f"It holds {image.n_frames} pictures; only the first was looked at.",)
    return ()


def _turn(image: Any) -> Any:
    """Give the transposition that makes the picture upright; None if it is, or nothing is said."""
    from PIL import Image

    try:
        told = image.getexif().get(0x0112)
    except _DAMAGE:
        return None
    return Image.Transpose(_TURNS[told]) if told in _TURNS else None


def _small(image: Any) -> Any:
    """Give the picture in RGB, the longer side less than twice `LONGEST`, from band after band."""
    from PIL import Image

    factor = max(1, max(image.size) // LONGEST)
    if _is_deep(image):  # scaled by its lightest value, so all at once
        deep = image.convert("I") if image.mode.startswith("I;") else image
        return _rgb(deep.reduce(factor) if factor > 1 else deep)
    small = Image.new("RGB", (-(-image.width // factor), -(-image.height // factor)))
    height = factor * max(1, BAND // (image.width * factor))
    for top in range(0, image.height, height):
        bottom = min(top + height, image.height)
        band = _rgb(image.crop((0, top, image.width, bottom)))
        small.paste(band.reduce(factor) if factor > 1 else band, (0, top // factor))
    return small


def _is_deep(image: Any) -> bool:
    return image.mode == "F" or str(image.mode).startswith("I")


def _rgb(image: Any) -> Any:
    """Give the picture in RGB, whatever it is made of."""
    from PIL import Image

    if _is_deep(image):
        values = np.nan_to_num(np.asarray(image, np.float64), posinf=0.0, neginf=0.0)
        low, high = (float(values.min()), float(values.max())) if image.mode == "F" else (0, 65535)
        shades = (values - low) / max(high - low, 1e-9) * 255
        return Image.fromarray(shades.clip(0, 255).astype(np.uint8)).convert("RGB")
    if image.mode in ("RGBA", "RGBa", "LA", "La", "PA") or "transparency" in image.info:
        over = image.convert("RGBA")
        white = Image.new("RGBA", over.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, over).convert("RGB")
    return image.convert("RGB")


def _what_else(content: bytes, name: str) -> str:
    if content[4:8] == b"ftyp" and content[8:12] in {b"heic", b"heix", b"hevc", b"mif1", b"msf1"}:
        return f"{name} is a HEIC picture, which is not read. Save it as JPEG, then try again."
    if content.lstrip()[:5].lower() in (b"<svg ", b"<?xml", b"%pdf-"):
        return f"{name} is a drawing or a document, no picture. Save it as PNG, then try again."
    return (
        f"{name} is not a picture that murecom can read. Take a JPEG, PNG, WebP, GIF, BMP, TIFF or "
        "AVIF file."
    )


def _too_many(name: str) -> BadInput:
    return BadInput(
        f"{name} has more than {MOST_PIXELS / 1e6:.0f} million pixels. Save it smaller: "
        f"{LONGEST} pixels a side are enough."
    )
