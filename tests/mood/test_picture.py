"""Pictures of every kind, and files that are none."""

from __future__ import annotations

import io
import os
import random
import struct
import subprocess
import sys
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from murecom.errors import BadInput, MissingExtra, MurecomError, NotFound, Unreachable
from murecom.mood import picture
from murecom.mood.picture import open_picture

Image = pytest.importorskip("PIL.Image", reason="the extra 'face' is not installed")

WIDTH, HEIGHT = 60, 40


def scene():
    """Red to the left, blue to the right, green on top of both."""
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    pixels[:, :30, 0] = pixels[:, 30:, 2] = 255
    pixels[:10] = (0, 255, 0)
    return Image.fromarray(pixels)


def content(image, kind, **options):
    exact = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}
    file = io.BytesIO()
    image.save(file, kind, **exact.get(kind, {}), **options)
    return file.getvalue()


def is_the_scene(pixels, atol=40):
    assert pixels.shape == (HEIGHT, WIDTH, 3)
    assert pixels.dtype == np.uint8
    wanted = np.asarray(scene(), int)
    places = (slice(2, -2, 5), slice(3, -3, 9))
    np.testing.assert_allclose(pixels[places].astype(int), wanted[places], atol=atol)


# -- what can be read -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "TGA"])
def test_formats(kind, tmp_path):
    data = content(scene(), kind)
    is_the_scene(open_picture(data).pixels)
    (tmp_path / "no suffix").write_bytes(data)
    is_the_scene(open_picture(tmp_path / "no suffix").pixels)


def test_the_orientation_of_exif_is_honoured():
    turns = {
        1: lambda a: a,
        2: np.fliplr,
        3: lambda a: np.rot90(a, 2),
        4: np.flipud,
        5: lambda a: np.swapaxes(a, 0, 1),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: np.swapaxes(np.rot90(a, 2), 0, 1),
        8: lambda a: np.rot90(a, 3),
    }  # how a camera stores an upright scene that it marks so
    for told, turn in turns.items():
        exif = Image.Exif()
        exif[0x0112] = told
        stored = Image.fromarray(np.ascontiguousarray(turn(np.asarray(scene()))))
        is_the_scene(open_picture(content(stored, "PNG", exif=exif)).pixels)
        is_the_scene(open_picture(content(stored, "JPEG", exif=exif)).pixels, 60)


@pytest.mark.parametrize("told", [0, 9, 255, 65535])
def test_an_orientation_that_does_not_exist_turns_nothing(told):
    exif = Image.Exif()
    exif[0x0112] = told
    is_the_scene(open_picture(content(scene(), "PNG", exif=exif)).pixels)


def test_damaged_exif_turns_nothing():
    data = content(scene(), "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff" + b"\x99" * 40)
    assert open_picture(data).pixels.shape == (HEIGHT, WIDTH, 3)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "YCbCr", "HSV"])
def test_modes(mode):
    kind = "TIFF" if mode in ("CMYK", "YCbCr") else "PNG"
    image = scene().convert(mode) if mode != "HSV" else scene()
    data = content(image, kind)
    if mode in ("1", "L", "LA"):
        pixels = open_picture(data).pixels
        assert pixels.shape == (HEIGHT, WIDTH, 3)
        assert (pixels[..., 0] == pixels[..., 1]).all()
    else:
        is_the_scene(open_picture(data).pixels)


def test_cmyk_in_jpeg():
    assert Image.open(io.BytesIO(content(scene().convert("CMYK"), "JPEG"))).mode == "CMYK"
    is_the_scene(open_picture(content(scene().convert("CMYK"), "JPEG")).pixels, 60)


def test_transparent_parts_are_white():
    clear = scene().convert("RGBA")
    clear.putalpha(0)
    assert (open_picture(content(clear, "PNG")).pixels == 255).all()
    one = scene().convert("P")
    data = content(one, "PNG", transparency=one.getpixel((0, 0)))
    pixels = open_picture(data).pixels
    assert (pixels[2, 2] == 255).all()
    assert pixels[30, 50].tolist() == [0, 0, 255]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (np.linspace(0, 65535, 50, dtype=np.uint16), "PNG"),
        (np.linspace(0, 65535, 50, dtype=np.uint16), "TIFF"),
        (np.linspace(0, 65535, 50, dtype=np.int32), "TIFF"),
        (np.linspace(-3, 7, 50, dtype=np.float32), "TIFF"),
    ],
)
def test_deep_grey_is_scaled_not_cut(values, kind):
    image = Image.fromarray(np.tile(values, (20, 1)))
    pixels = open_picture(content(image, kind)).pixels
    assert pixels.shape == (20, 50, 3)
    np.testing.assert_allclose(pixels[3, :, 1], np.linspace(0, 255, 50), atol=2)


def test_grey_that_is_one_value_or_no_number():
    flat = Image.fromarray(np.full((9, 9), 3.5, np.float32))
    assert (open_picture(content(flat, "TIFF")).pixels == 0).all()
    odd = Image.fromarray(np.array([[np.nan, np.inf, -np.inf, 1.0]], np.float32))
    assert open_picture(content(odd, "TIFF")).pixels.shape == (1, 4, 3)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_of_moving_pictures_the_first_is_taken_and_a_note_says_so(kind):
    rest = [Image.new("RGB", (WIDTH, HEIGHT), (n, n, n)) for n in (10, 200)]
    found = open_picture(content(scene(), kind, save_all=True, append_images=rest))
    is_the_scene(found.pixels)
    assert found.notes == ("It holds 3 pictures; only the first was looked at.",)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_large_pictures_are_made_smaller(kind):
    found = open_picture(content(Image.new("RGB", (5000, 2500), (200, 10, 10)), kind))
    assert found.pixels.shape == (1024, 2048, 3)
    np.testing.assert_allclose(found.pixels[500, 500], (200, 10, 10), atol=4)


def test_long_and_thin_pictures_keep_a_pixel():
    assert open_picture(content(Image.new("RGB", (9000, 1)), "PNG")).pixels.shape == (1, 2048, 3)


# -- what cannot ------------------------------------------------------------------------------


def refused(source, *words):
    with pytest.raises(BadInput) as error:
        open_picture(source)
    text = str(error.value)
    assert all(word in text for word in words), text
    assert len(text) < 400


def test_files_that_are_no_pictures(tmp_path):
    refused(b"", "is empty")
    refused(b"hello, this is text", "not a picture", "JPEG")
    refused(bytes(5000), "not a picture")
    refused(b"%PDF-1.4 ...", "document")
    refused(b"<svg xmlns='x'></svg>", "drawing")
    refused(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture")
    refused(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(50), "HEIC", "JPEG")
    refused(tmp_path, "folder")
    (tmp_path / "empty.jpg").touch()
    refused(tmp_path / "empty.jpg", "empty.jpg is empty")


def test_files_that_are_not_there_or_not_given(tmp_path):
    with pytest.raises(NotFound, match="no file"):
        open_picture(tmp_path / "none.jpg")
    with pytest.raises((NotFound, Unreachable)):
        open_picture(tmp_path / "null\0byte.jpg")
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", "not a file")


def test_files_that_are_too_large(tmp_path):
    with (tmp_path / "huge.jpg").open("wb") as file:
        file.truncate(picture.MOST_BYTES + 1)  # sparse
    refused(tmp_path / "huge.jpg", "too much for a picture")


def png_header(width, height):
    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100)))


@pytest.mark.parametrize(("width", "height"), [(9000, 9000), (60_000, 60_000), (1, 100_000_000)])
def test_pictures_that_would_unpack_to_gigabytes(width, height):
    refused(png_header(width, height), "million pixels", "Save it smaller")


@pytest.mark.parametrize("mode", ["RGBA", "P", "LA", "RGB", "I;16", "F"])
def test_no_second_copy_of_a_large_picture_is_made(mode):
    kind = "TIFF" if mode == "F" else "PNG"
    data = content(Image.new(mode, (4500, 4500)), kind)
    code = (
        "import resource, sys\n"
        "from PIL import Image\n"
        "from murecom.mood.picture import open_picture\n"
        "Image.init()\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "assert open_picture(sys.stdin.buffer.read()).pixels.shape == (2048, 2048, 3)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True)
    own = 4500**2 * {"RGBA": 4, "RGB": 4, "LA": 4, "I;16": 6, "F": 4}.get(mode, 1) / 1024
    assert int(done.stdout) < 1.2 * own + 70_000, "KB"


def test_large_pictures_look_as_small_ones_do():
    large = scene().resize((WIDTH * 100, HEIGHT * 100), Image.Resampling.NEAREST)
    for mode in ("RGB", "RGBA", "P"):
        found = open_picture(content(large.convert(mode), "PNG")).pixels
        assert found.shape == (1365, 2048, 3)
        np.testing.assert_allclose(found[100, 500], (0, 255, 0), atol=2)
        np.testing.assert_allclose(found[1300, 100], (255, 0, 0), atol=2)
        np.testing.assert_allclose(found[1300, 2000], (0, 0, 255), atol=2)


def test_pictures_are_read_side_by_side_and_leave_the_filters_of_warnings():
    data, filters = content(scene(), "GIF"), list(warnings.filters)
    with ThreadPoolExecutor(4) as threads:
        for found in threads.map(open_picture, [data] * 40):
            is_the_scene(found.pixels)
    assert warnings.filters == filters


def test_pictures_without_pixels():
    for width, height in ((0, 5), (5, 0), (0, 0)):
        refused(png_header(width, height))
    refused(b"P6 0 0 255\n")
    refused(b"GIF89a" + bytes(7) + b";")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_truncated_pictures(kind):
    noise = np.random.default_rng(0).integers(0, 255, (120, 160, 3), dtype=np.uint8)
    data = content(Image.fromarray(noise), kind)
    refused(data[: len(data) // 2], "Take ")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "TGA", "ICO"])
def test_damaged_pictures_never_raise_anything_else(kind):
    data, chance = content(scene(), kind), random.Random(7)
    for _ in range(150):
        broken = bytearray(data)
        for _ in range(chance.randint(1, 12)):
            broken[chance.randrange(min(len(broken), 400))] = chance.randrange(256)
        try:
            found = open_picture(bytes(broken[: chance.randint(1, len(broken))]))
        except MurecomError:
            continue
        assert found.pixels.ndim == 3


def test_without_pillow(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(MissingExtra, match=r"\[face\]"):
        open_picture(b"x")
