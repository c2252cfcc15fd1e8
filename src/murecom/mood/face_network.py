"""Small networks in TensorFlow Lite's format, run; the door to ai-edge-litert, extra `face`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput, MissingExtra

Floats = NDArray[np.float32]


class SmallNetwork:
    """A network of one input; not for several threads at once.

    Parameters
    ----------
    content : bytes
        What the file holds.
    shapes : sequence of tuples
        Shape of the input, then those of the outputs in order; the first axis is one picture.

    Raises
    ------
    MissingExtra
        ai-edge-litert is not installed.
    BadInput
        The bytes are no network, or one of other shapes.
    """

    def __init__(self, content: bytes, *shapes: tuple[int, ...]) -> None:
        try:
            from ai_edge_litert.interpreter import Interpreter, OpResolverType
        except ImportError as error:
            raise MissingExtra("face", "Reading moods from pictures") from error
        try:
            # without its accelerator, which announces itself on stderr and gains nothing here
            self._interpreter: Any = Interpreter(
                model_content=content,
                num_threads=1,
                experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
            )
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise BadInput(
                f"This is not a network that can be run ({error}). Run: murecom mood get-face-model"
            ) from error
        inputs = self._interpreter.get_input_details()
        self._outputs = self._interpreter.get_output_details()
        own = tuple(tuple(int(n) for n in one["shape"]) for one in (*inputs, *self._outputs))
        if own != shapes:
            raise BadInput(
                f"The network has the shapes {own}, not {shapes}. "
                "Run: murecom mood get-face-model --again"
            )
        self._input = int(inputs[0]["index"])

    def __call__(self, values: Floats) -> tuple[Floats, ...]:
        """Give the outputs, without the axis of pictures, for one input without it."""
        self._interpreter.set_tensor(self._input, np.ascontiguousarray(values[None], np.float32))
        self._interpreter.invoke()
        return tuple(
            np.array(self._interpreter.get_tensor(one["index"])[0], np.float32)
            for one in self._outputs
        )
