"""Convert the MusiCNN networks of the PyPI package `musicnn` to the weights that murecom ships.

    python scripts/convert_musicnn.py                 downloads the wheel with pip
    python scripts/convert_musicnn.py --wheel FILE    uses a wheel that is here already
    python scripts/convert_musicnn.py --check         writes nothing, compares with what is shipped

Needs numpy only; the TensorFlow checkpoints inside the wheel are read directly. The output has the
same bytes everywhere: whoever runs this can verify what is in `src/murecom/embed/data`.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import math
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

REQUIREMENT = "musicnn==0.1.0"
WHEEL_SHA256 = "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa"
LICENSE = "musicnn-0.1.0.dist-info/LICENSE.md"
DATA = Path(__file__).resolve().parents[1] / "src" / "murecom" / "embed" / "data"

SHA256 = {
    "musicnn_msd.npz": "633aff729ea401714f5a572ffde660c938dbc154ddcdeb152e2ace48f4f04ed3",
    "musicnn_mtt.npz": "ed1beae2b4f6ff87bc0d22fdd03719438f41d6510fb07ffcfa83a89558875fe0",
    "musicnn.LICENSE": "60c4194f702ddd969f969577743546327b4e9db560c07ec286be5cec27f55fcd",
}
"What this script writes; a test compares the shipped files."

EPSILON = 0.001
"Of the batch normalisation (the default of `tf.layers.batch_normalization`)."

LARGEST_INPUT = 2.0
"Bound of the normalised input: log10(1 + 10000 m) lies between 0 and 7."

CONSTANT = 1e-4
"A filter whose normalised output can move by less than this, whatever it hears, is a constant."

Doubles = NDArray[np.float64]


# -- the wheel --------------------------------------------------------------------------------


def open_wheel(path: Path | None) -> zipfile.ZipFile:
    """Give the wheel, downloaded unless `path` is given, after comparing its hash."""
    with tempfile.TemporaryDirectory() as folder:
        if path is None:
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            subprocess.run([*pip, "--only-binary", ":all:", "-d", folder, REQUIREMENT], check=True)
            path = next(Path(folder).glob("musicnn-*.whl"))
        content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != WHEEL_SHA256:
        raise SystemExit(f"{path.name} has SHA-256 {found}, not {WHEEL_SHA256}.")
    return zipfile.ZipFile(io.BytesIO(content))


# -- the checkpoint: a table of LevelDB's format, with protocol buffers as values ---------------


def read_checkpoint(index: bytes, data: bytes) -> dict[str, Doubles]:
    """Read the variables of a TensorFlow checkpoint (tensor bundle), but for the optimiser's.

    Source: `tensorflow/core/util/tensor_bundle` and LevelDB's `doc/table_format.md`. The blocks of
    these two files are not compressed.
    """
    footer = index[-48:]
    if footer[-8:] != struct.pack("<Q", 0xDB4775248B80FB57):
        raise SystemExit("This is no index of a TensorFlow checkpoint.")
    _, at = _varint(footer, 0)  # the block of metadata: where it begins, how long it is
    _, at = _varint(footer, at)
    handle, _ = _handle(footer, at)
    variables = {}
    for _, value in _entries(index, *handle):
        block, _ = _handle(value, 0)
        for key, entry in _entries(index, *block):
            name = key.decode()
            if not name or "Adam" in name or name.endswith("_power"):
                continue
            fields = dict(_fields(entry))
            if fields[1] != 1:
                raise SystemExit(f"{name} is not of type float32.")
            sizes = (dict(_fields(f)).get(1, 0) for n, f in _fields(fields.get(2, b"")) if n == 2)
            array = np.frombuffer(data, "<f4", fields[5] // 4, fields.get(4, 0))
            variables[name] = array.reshape(tuple(sizes)).astype(np.float64)
    return variables


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _handle(data: bytes, at: int) -> tuple[tuple[int, int], int]:
    offset, at = _varint(data, at)
    size, at = _varint(data, at)
    return (offset, size), at


def _entries(table: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Give the entries of a block: keys share the beginning of the key before them."""
    block = table[offset : offset + size]
    restarts = struct.unpack("<I", block[-4:])[0]
    key, at = b"", 0
    while at < len(block) - 4 - 4 * restarts:
        shared, at = _varint(block, at)
        rest, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at : at + rest]
        yield key, block[at + rest : at + rest + length]
        at += rest + length


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """Give number and value of the fields of a protocol buffer."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        match tag & 7:
            case 0:
                value, at = _varint(message, at)
                yield tag >> 3, value
            case 2:
                length, at = _varint(message, at)
                yield tag >> 3, message[at : at + length]
                at += length
            case 5:
                yield tag >> 3, message[at : at + 4]
                at += 4
            case kind:
                raise SystemExit(f"Unknown wire type {kind} in the checkpoint.")


# -- the network: what it learned, without what never changes ------------------------------------


def simplify(variables: dict[str, Doubles]) -> dict[str, Doubles]:
    """Make the arrays that `murecom.embed.musicnn.weights` reads.

    Training with weight decay has switched most filters off: their kernels shrank to next to
    nothing, so they give relu(bias) whatever they hear (181 and 190 of 204 timbral filters in the
    MSD network). Such a filter leaves a constant, and the constant is added up where it goes: into
    the kernel of a channel of ones, which is 0 outside the window as every channel, or into a bias.
    The result is the same network to the precision of float32.
    """
    normal = [_normalisation(variables, k) for k in range(11)]
    convolution = [_layer(variables, "conv2d", k) for k in range(8)]
    result = dict(zip(("input_scale", "input_shift"), (v[0] for v in normal[0]), strict=True))

    # Front-end: five kinds of filters beside each other.
    is_live, constant = [], []
    for k, name in enumerate(("timbral1", "timbral2", "temporal1", "temporal2", "temporal3")):
        (kernel, bias), (scale, shift) = convolution[k], normal[k + 1]
        reach = np.abs(scale) * np.abs(kernel).sum(axis=(0, 1)) * LARGEST_INPUT
        live = reach >= CONSTANT
        is_live.append(live)
        constant.append(np.maximum(bias, 0) * scale + shift)
        result |= _named(name, kernel[:, :, live], bias[live], scale[live], shift[live])
    front_live, front_constant = np.concatenate(is_live), np.concatenate(constant)

    # Middle: three layers over all channels; the second and third add what they got.
    (kernel, bias), (scale, shift) = convolution[5], normal[6]
    mid_live = np.abs(kernel).sum(axis=(0, 1)) * np.abs(scale) >= CONSTANT
    mid_constant = np.maximum(bias, 0) * scale + shift
    kernel = _with_ones(kernel, front_live, front_constant)[:, :, mid_live]
    result |= _named("mid1", kernel, bias[mid_live], scale[mid_live], shift[mid_live])
    (kernel, bias), (scale, shift) = convolution[6], normal[7]
    kernel = _with_ones(kernel, mid_live, mid_constant)
    result |= _named("mid2", kernel, bias, scale, shift + np.where(mid_live, 0, mid_constant))
    result["mid_channels"] = np.flatnonzero(mid_live)
    (kernel, bias), (scale, shift) = convolution[7], normal[8]
    result |= _named("mid3", kernel, bias, scale, shift)

    # Back-end: [maximum, mean] of each of 753 channels, interleaved, normalised, then dense.
    kernel, bias = _layer(variables, "dense", 0)
    kernel = kernel.reshape(753, 2, 200)
    scale, shift = (part.reshape(753, 2) for part in normal[9])
    bias = bias + _sums(kernel, shift)
    kernel = kernel * scale[:, :, None]
    live = np.concatenate([front_live, mid_live, np.ones(128, bool)])
    unchanging = np.concatenate([front_constant, mid_constant, np.zeros(128)])[~live]
    bias = bias + _sums(kernel[~live], np.stack([unchanging, unchanging], axis=1))
    kernel = kernel[live].transpose(1, 0, 2).reshape(-1, 200)
    result |= _named("dense", kernel, bias, *normal[10])
    result["tags_kernel"], result["tags_bias"] = _layer(variables, "dense", 1)
    return result


def _normalisation(variables: dict[str, Doubles], k: int) -> tuple[Doubles, Doubles]:
    """Give scale and shift of the k-th batch normalisation as it works after training."""
    name = "batch_normalization" + (f"_{k}" if k else "")
    scale = variables[f"{name}/gamma"] / np.sqrt(variables[f"{name}/moving_variance"] + EPSILON)
    return scale, variables[f"{name}/beta"] - variables[f"{name}/moving_mean"] * scale


def _layer(variables: dict[str, Doubles], kind: str, k: int) -> tuple[Doubles, Doubles]:
    """Give kernel and bias of the k-th layer of a kind, without the axis of one input channel."""
    name = kind + (f"_{k}" if k else "")
    kernel = variables[f"{name}/kernel"]
    return kernel.squeeze(axis=2) if kernel.ndim == 4 else kernel, variables[f"{name}/bias"]


def _named(layer: str, *parts: Doubles) -> dict[str, Doubles]:
    names = ("kernel", "bias", "scale", "shift")
    return {f"{layer}_{name}": part for name, part in zip(names, parts, strict=True)}


def _with_ones(kernel: Doubles, live: NDArray[np.bool_], constant: Doubles) -> Doubles:
    """Keep the live channels of (time, channel, output); the others become a channel of ones."""
    ones = np.stack([_sums(tap[~live], constant[~live]) for tap in kernel])
    return np.concatenate([kernel[:, live], ones[:, None]], axis=1)


def _sums(kernel: Doubles, factors: Doubles) -> Doubles:
    """Add up kernel * factors for each output, exactly: the order must not show in the bytes."""
    products = (kernel * factors[..., None]).reshape(-1, kernel.shape[-1])
    return np.array([math.fsum(column) for column in products.T])


# -- the files ----------------------------------------------------------------------------------


def npz(arrays: dict[str, Doubles]) -> bytes:
    """Write arrays as float32 (integers as int32), uncompressed and with a fixed date."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(arrays):
            array = np.asarray(arrays[name])
            kind = "<i4" if array.dtype.kind == "i" else "<f4"
            member = io.BytesIO()
            np.lib.format.write_array(
                member, np.ascontiguousarray(array, kind).reshape(array.shape), version=(1, 0)
            )
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            entry.create_system = 3  # Unix, whatever system this runs on
            archive.writestr(entry, member.getvalue())
    return buffer.getvalue()


def convert(wheel: zipfile.ZipFile) -> dict[str, bytes]:
    """Give the files to ship, by name."""
    files = {"musicnn.LICENSE": wheel.read(LICENSE)}
    for model in ("MSD", "MTT"):
        folder = f"musicnn/{model}_musicnn/"
        index, data = (wheel.read(folder + n) for n in (".index", ".data-00000-of-00001"))
        files[f"musicnn_{model.lower()}.npz"] = npz(simplify(read_checkpoint(index, data)))
    return files


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--wheel", type=Path, metavar="FILE", help="a wheel that is here already")
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    parser.add_argument("--out", type=Path, default=DATA, metavar="DIR", help="where to write")
    arguments = parser.parse_args()
    differs = []
    for name, content in convert(open_wheel(arguments.wheel)).items():
        found = hashlib.sha256(content).hexdigest()
        same = found == SHA256[name]
        if arguments.check:
            same = same and (arguments.out / name).read_bytes() == content
        else:
            arguments.out.mkdir(parents=True, exist_ok=True)
            (arguments.out / name).write_bytes(content)
        print(f"{found}  {name}  {len(content)} bytes" + ("" if same else "  DIFFERS"))
        differs += [] if same else [name]
    if differs:
        raise SystemExit(f"Not what this script records: {', '.join(differs)}.")


if __name__ == "__main__":
    main()
