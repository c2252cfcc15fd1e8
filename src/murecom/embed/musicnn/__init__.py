"""MusiCNN: a network that learned to tag music, and what it knows about a window of sound.

Jordi Pons and Xavier Serra trained it on the previews of the Million Song Dataset ("msd", 50 tags
of Last.fm) and on MagnaTagATune ("mtt"). Its last hidden layer is a good description of style and
instruments; its tags say in words what it heard. Source: "musicnn: pre-trained convolutional neural
networks for music audio tagging", ISMIR late-breaking 2019. Where the weights come from stands in
`embed/data/PROVENANCE.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from murecom.audio import mel
from murecom.embed.base import Embedder, Memo
from murecom.embed.musicnn.on_numpy import NumpyNetwork
from murecom.embed.musicnn.weights import load_weights
from murecom.errors import BadInput, MissingExtra

__all__ = ["TAGS", "MusiCNN", "MusiCNNTags", "tags_of"]

Floats = NDArray[np.float32]
Network = Callable[[Floats], tuple[Floats, Floats]]
Model = Literal["msd", "mtt"]
Backend = Literal["auto", "numpy", "onnx"]

AT_ONCE = 8
"Windows computed together: memory stays the same however many there are."

VERSION = 1
"Last part of the keys. Count up when anything changes the numbers: see `embed.base.Embedder`."

_MSD = (
    "rock, pop, alternative, indie, electronic, female vocalists, dance, 00s, alternative rock, "
    "jazz, beautiful, metal, chillout, male vocalists, classic rock, soul, indie rock, Mellow, "
    "electronica, 80s, folk, 90s, chill, instrumental, punk, oldies, blues, hard rock, ambient, "
    "acoustic, experimental, female vocalist, guitar, Hip-Hop, 70s, party, country, "
    "easy listening, sexy, catchy, funk, electro, heavy metal, Progressive rock, 60s, rnb, "
    "indie pop, sad, House, happy"
)
_MTT = (
    "guitar, classical, slow, techno, strings, drums, electronic, rock, fast, piano, ambient, "
    "beat, violin, vocal, synth, female, indian, opera, male, singing, vocals, no vocals, "
    "harpsichord, loud, quiet, flute, woman, male vocal, no vocal, pop, soft, sitar, solo, man, "
    "classic, choir, voice, new age, dance, male voice, female vocal, beats, harp, cello, "
    "no voice, weird, country, metal, female voice, choral"
)
TAGS: dict[str, tuple[str, ...]] = {
    "msd": tuple(_MSD.split(", ")),
    "mtt": tuple(_MTT.split(", ")),
}
"The 50 tags of each model, in the order of the columns."


@dataclass
class _OfNetwork(Embedder):
    """What both outputs of a network have in common."""

    model: Model = "msd"
    """`msd` is the default. `mtt` heard more classical and world music and fewer charts; beside
    `msd`, with weight 0.7, it finds the same artist better and the same genre no better."""

    backend: Backend = "auto"
    """`numpy` is always there, `onnx` needs the extra `fast`, `auto` takes onnx if it is installed.
    They agree to 1e-4, so their vectors may be mixed."""

    def __post_init__(self) -> None:
        if self.model not in TAGS:
            raise BadInput(f"There is no MusiCNN model {self.model!r}. Take 'msd' or 'mtt'.")
        if self.backend not in get_args(Backend):
            raise BadInput(f"There is no backend {self.backend!r}. Take 'auto', 'numpy' or 'onnx'.")

    @property
    def tag_names(self) -> tuple[str, ...]:
        """Names of the 50 tags in the order of the columns."""
        return TAGS[self.model]

    def _outputs(self, windows: Floats, memo: Memo) -> tuple[Floats, Floats]:
        """Give embedding and tags; what the memo knows is not computed again."""

        def run() -> tuple[Floats, Floats]:
            power = memo.get("musicnn power", lambda: mel.musicnn_power(windows))
            seen = mel.compress(power, "musicnn")
            run_network = network(self.model, self.backend)
            pieces = [run_network(seen[k : k + AT_ONCE]) for k in range(0, len(seen), AT_ONCE)]
            embeddings, tags = zip(*pieces, strict=True)
            return np.concatenate(embeddings), np.concatenate(tags)

        return memo.get(f"musicnn-{self.model} {self.backend}", run)


@dataclass
class MusiCNN(_OfNetwork):
    """The last hidden layer of a MusiCNN network, 200 numbers."""

    name: ClassVar[str] = "musicnn"

    weight: float = 1.0
    "The block that the others are measured by."

    @property
    def key(self) -> str:
        """`musicnn-msd-1` or `musicnn-mtt-1`."""
        return f"musicnn-{self.model}-{VERSION}"

    @property
    def dim(self) -> int:
        """200."""
        return 200

    def tags(self, windows: ArrayLike, memo: Memo | None = None) -> Floats:
        """Tell how well each tag fits, window by window.

        Parameters
        ----------
        windows : ndarray of float32, shape (n, 48128)
            As `embed`.
        memo : Memo, optional
            As `embed`.

        Returns
        -------
        ndarray of float32, shape (n, 50)
            Between 0 and 1, each tag for itself; columns as `tag_names`. Even a tag that fits well
            seldom reaches 0.5, because tags were rare in training: compare, do not threshold.
        """
        return self.embed_and_tags(windows, memo)[1]

    def embed_and_tags(self, windows: ArrayLike, memo: Memo | None = None) -> tuple[Floats, Floats]:
        """Give what `embed` and `tags` give, from one pass of the network."""
        checked, memo = self._checked(windows, memo)
        if not len(checked):
            return np.zeros((0, self.dim), np.float32), np.zeros((0, 50), np.float32)
        return self._outputs(checked, memo)

    def _embed(self, windows: Floats, memo: Memo) -> Floats:
        return self._outputs(windows, memo)[0]


@dataclass
class MusiCNNTags(_OfNetwork):
    """The tags of a MusiCNN network as a block of their own, 50 numbers.

    Two tracks are alike if the same words fit them: with this block beside the other two, more
    neighbours are of the same genre. It costs nothing where it shares a memo with `MusiCNN`.
    """

    name: ClassVar[str] = "musicnn_tags"

    weight: float = 0.6
    "Between 0.5 and 0.7 there is little difference on both sets of benchmarks/neighbours.py."

    @property
    def key(self) -> str:
        """`musicnn-msd-1-tags` or `musicnn-mtt-1-tags`."""
        return f"musicnn-{self.model}-{VERSION}-tags"

    @property
    def dim(self) -> int:
        """50."""
        return 50

    def _embed(self, windows: Floats, memo: Memo) -> Floats:
        return self._outputs(windows, memo)[1]


def tags_of(vectors: Floats, model: Model) -> Floats:
    """Tell from vectors of `MusiCNN`, without the sound, how well each tag fits.

    Parameters
    ----------
    vectors : ndarray of float32, shape (n, 200)
        As `MusiCNN.embed` gave them.
    model : {"msd", "mtt"}
        The network that gave them.

    Returns
    -------
    ndarray of float32, shape (n, 50)
        As `MusiCNN.tags`.
    """
    weights = load_weights(model)
    scores = np.asarray(vectors, np.float32) @ weights.tags_kernel + weights.tags_bias
    tags: Floats = 1 / (1 + np.exp(-scores))
    return tags


@lru_cache(maxsize=4)
def network(model: Model, backend: Backend) -> Network:
    """Give a network, made once a process: mel float32[n, 187, 96] to embedding and tags.

    Raises
    ------
    MissingExtra
        The backend is `onnx`, and the extra `fast` is not installed.
    """
    weights = load_weights(model)
    if backend != "numpy":
        from murecom.embed.musicnn.on_onnx import OnnxNetwork

        try:
            return OnnxNetwork(weights)
        except MissingExtra:
            if backend == "onnx":
                raise
    return NumpyNetwork(weights)
