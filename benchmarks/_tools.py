"""The tools whose cost `analyse.py` compares, each run in a process of its own.

    python _tools.py NAME [--windows N] FILE...

prints one JSON object a line: what was loaded, one for each file, and the peak memory. NAME is a
key of `TOOLS`. The first file is analysed three times before the clock starts, so that compilation
and loading count as start-up, not as work.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import shutil
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Literal

from _common import cpu_seconds, peak_mb, version

Analyse = Callable[[str], object]

FAST = 3
"Windows of `murecom scan --fast`."

WARM_UP = 3
"Runs before the clock starts: the second one of onnxruntime is still half as slow again."


class Missing(Exception):
    """The tool cannot run here; the message says what it lacks."""


# -- murecom ----------------------------------------------------------------------------------


class Stages:
    """CPU-seconds that named functions take for themselves, without the named ones inside them."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._inner = [0.0]

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a function so that its time is counted under `stage`."""

        @functools.wraps(function)
        def wrapper(*args: Any, **kw: Any) -> Any:
            self._inner.append(0.0)
            began = time.process_time()
            try:
                return function(*args, **kw)
            finally:
                took = time.process_time() - began
                self.spent[stage] += took - self._inner.pop()
                self._inner[-1] += took

        return wrapper

    def replace(self, stage: str, function: Callable[..., Any]) -> None:
        """Time a function under every name by which modules of murecom know it."""
        wrapper = self.timed(stage, function)
        for name, module in list(sys.modules.items()):
            if name.startswith("murecom"):
                for key, value in list(vars(module).items()):
                    if value is function:
                        setattr(module, key, wrapper)

    def replace_method(self, stage: str, owner: type, name: str) -> None:
        """Time a method of a class."""
        setattr(owner, name, self.timed(stage, getattr(owner, name)))

    def take(self) -> dict[str, float]:
        """Give what was counted since the last call."""
        taken, self.spent = self.spent, defaultdict(float)
        return {stage: round(seconds, 6) for stage, seconds in taken.items()}


STAGES = Stages()


def murecom(
    backend: Literal["numpy", "onnx"], windows: int, model: Literal["msd", "rich"] = "msd"
) -> Analyse:
    """Do what a worker of `murecom scan` does with a file, with clocks around its stages."""
    from murecom.audio.decode import read_windows
    from murecom.audio.mel import compress, mel_power
    from murecom.embed.mfcc import MfccStatistics
    from murecom.embed.musicnn import MusiCNN, MusiCNNTags
    from murecom.jobs import analyse
    from murecom.library.identity import content_hash
    from murecom.library.tags import read_tags

    if backend == "onnx" and version("onnxruntime") is None:
        raise Missing("pip install '.[fast]'")
    STAGES.replace("hash", content_hash)
    STAGES.replace("tags", read_tags)
    STAGES.replace("decode windows", read_windows)
    STAGES.replace("mel", mel_power)
    STAGES.replace("mel", compress)
    STAGES.replace_method("network", MusiCNN, "embed")
    STAGES.replace_method("network", MusiCNNTags, "embed")
    STAGES.replace_method("MFCC block", MfccStatistics, "embed")
    sound = analyse.Sound(model=model, backend=backend, windows=windows)

    def run(path: str) -> object:
        result = analyse.analyse(analyse.Task(path, None, sound))
        if result.state != "done":
            raise RuntimeError(f"{result.state}: {result.error}")
        return result

    return run


# -- the original -----------------------------------------------------------------------------


def original() -> Analyse:
    """Rebuild the pipeline of murecom-intro's `index-local-mp3s.ipynb` with librosa.

    30 s from 0:30 at 22,050 Hz, a power mel spectrogram of 128 bands, ten slices of 128 frames,
    and its network up to the first dense layer: three times Conv1D(3) + ReLU + batch
    normalisation + max-pooling with 64, 128, 256 channels, global maximum, Dense(256). The weights
    are random: they change the vectors, not the time. librosa's own resampler (soxr) stands in for
    its `kaiser_fast`, which is slower.
    """
    try:
        import librosa
        import numpy as np
    except ImportError as error:
        raise Missing(f"pip install librosa ({error})") from error
    rng = np.random.default_rng(0)
    sizes = ((128, 64), (64, 128), (128, 256))
    kernels = [rng.standard_normal((3 * a, b), dtype=np.float32) / 20 for a, b in sizes]
    dense = rng.standard_normal((256, 256), dtype=np.float32) / 16

    def network(x: Any) -> Any:  # (slices, frames, bands)
        for kernel in kernels:
            taps = np.concatenate((x[:, :-2], x[:, 1:-1], x[:, 2:]), axis=2)
            x = np.maximum(taps @ kernel, 0)
            x = x * np.float32(0.9) + np.float32(0.1)  # batch normalisation of a trained network
            even = x.shape[1] // 2 * 2
            x = np.maximum(x[:, :even:2], x[:, 1:even:2])
        return np.maximum(x.max(axis=1) @ dense, 0)  # (slices, 256)

    def run(path: str) -> object:
        signal, rate = librosa.load(path, offset=30, duration=30)
        mel = librosa.feature.melspectrogram(y=signal, sr=rate).T[:1280]
        if len(mel) != 1280:
            raise RuntimeError("shorter than 60 s: the original leaves it out")
        return network(np.asarray(np.split(mel, 10), dtype=np.float32))

    return run


# -- peers ------------------------------------------------------------------------------------


def musly() -> Analyse:
    """Compute Musly's `timbre` from the 30 s that its own program takes; ffmpeg decodes."""
    try:
        import pymusly
    except ImportError as error:
        raise Missing(f"pip install pymusly ({error})") from error
    if shutil.which("ffmpeg") is None or shutil.which("ffprobe") is None:
        raise Missing("the wheel of pymusly decodes by the programs ffmpeg and ffprobe")
    jukebox = pymusly.MuslyJukebox(method="timbre", decoder="none")
    return lambda path: jukebox.track_from_audiofile(path, 30, -48)


def sonara() -> Analyse:
    """Compute the similarity vector of sonara from the whole file."""
    try:
        import sonara as library
    except ImportError as error:
        raise Missing(f"pip install sonara ({error})") from error
    return lambda path: library.analyze_file(path, features=["embedding"])["embedding"]


def bliss() -> Analyse:
    """Compute the 23 numbers of bliss from the whole file."""
    try:
        import bliss_audio
    except ImportError as error:
        raise Missing(f"pip install bliss-audio ({error})") from error
    return lambda path: bliss_audio.Song(path).analysis


TOOLS: dict[str, tuple[str, Callable[..., Analyse]]] = {
    "murecom-numpy": ("murecom", functools.partial(murecom, "numpy")),
    "murecom-onnx": ("murecom", functools.partial(murecom, "onnx")),
    "fast-numpy": ("murecom", lambda windows: murecom("numpy", FAST)),
    "fast-onnx": ("murecom", lambda windows: murecom("onnx", FAST)),
    "rich-numpy": ("murecom", functools.partial(murecom, "numpy", model="rich")),
    "rich-onnx": ("murecom", functools.partial(murecom, "onnx", model="rich")),
    "original": ("librosa", original),
    "musly": ("pymusly", musly),
    "sonara": ("sonara", sonara),
    "bliss": ("bliss-audio", bliss),
}
"By name: the package whose version is reported, and what makes the function to be timed."


def main() -> None:
    parser = argparse.ArgumentParser(description="Time one tool; prints JSON lines.")
    parser.add_argument("tool", choices=TOOLS)
    parser.add_argument("--windows", type=int, default=5)
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    package, make = TOOLS[options.tool]
    try:
        run = make(options.windows) if package == "murecom" else make()
    except Missing as error:
        _report(missing=str(error))
        return
    _once(run, options.files[0])
    _report(version=version(package), start_up=cpu_seconds())
    for _ in range(WARM_UP - 1):
        _once(run, options.files[0])
    STAGES.take()
    for path in options.files:
        _report(file=path, **_once(run, path), stages=STAGES.take())
    _report(peak_mb=peak_mb())


def _once(run: Analyse, path: str) -> dict[str, Any]:
    wall, began = time.perf_counter(), cpu_seconds()
    try:
        run(path)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic in Rust is a BaseException, not an Exception
        reason = str(error).replace(path, os.path.basename(path))
        return {"error": f"{type(error).__name__}: {reason}"[:200]}
    return {"cpu": cpu_seconds() - began, "wall": time.perf_counter() - wall}


def _report(**line: object) -> None:
    rounded = {k: round(v, 6) if isinstance(v, float) else v for k, v in line.items()}
    print(json.dumps(rounded), flush=True)


if __name__ == "__main__":
    main()
