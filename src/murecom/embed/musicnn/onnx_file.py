"""Writes an ONNX file: a graph of operators, as protocol buffers.

The package `onnx` would do it, too, but one page is enough for a graph without branches. Field
numbers: `onnx.proto` of ONNX 1.8; operators: set 13, which every onnxruntime since 1.6 runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

IR_VERSION, OPERATOR_SET = 7, 13
_FLOAT, _INT64 = 1, 7  # TensorProto.DataType
_INT, _INTS = 2, 7  # AttributeProto.AttributeType

Shape = Sequence[int | str]
Constant = NDArray[np.generic] | np.generic


class Graph:
    """Operators in the order in which they run."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []

    def add(
        self,
        operator: str,
        *inputs: str | Constant,
        output: str = "",
        **attributes: int | list[int],
    ) -> str:
        """Add an operator; inputs are names or constants. Gives the name of its output."""
        output = output or f"{operator}_{len(self._nodes)}"
        node = b""
        for value in inputs:
            node += _field(1, value if isinstance(value, str) else self._constant(value))
        node += _field(2, output) + _field(4, operator)
        for name, setting in attributes.items():
            node += _field(5, _attribute(name, setting))
        self._nodes.append(node)
        return output

    def file(self, inputs: Mapping[str, Shape], outputs: Mapping[str, Shape]) -> bytes:
        """Give the whole file; shapes of numbers, or names where a size is open."""
        graph = b"".join(_field(1, node) for node in self._nodes)
        graph += _field(2, "murecom")
        graph += b"".join(_field(5, constant) for constant in self._constants)
        graph += b"".join(_field(11, _value(*item)) for item in inputs.items())
        graph += b"".join(_field(12, _value(*item)) for item in outputs.items())
        operators = _field(1, "") + _number(2, OPERATOR_SET)
        return _number(1, IR_VERSION) + _field(8, operators) + _field(7, graph)

    def _constant(self, value: Constant) -> str:
        array = np.asarray(value)
        is_float = array.dtype.kind == "f"
        array = array.astype("<f4" if is_float else "<i8")
        name = f"constant_{len(self._constants)}"
        tensor = b"".join(_number(1, size) for size in array.shape)
        tensor += _number(2, _FLOAT if is_float else _INT64)
        self._constants.append(tensor + _field(8, name) + _field(9, array.tobytes()))
        return name


def _attribute(name: str, value: int | list[int]) -> bytes:
    if isinstance(value, int):
        return _field(1, name) + _number(3, value) + _number(20, _INT)
    return _field(1, name) + b"".join(_number(8, v) for v in value) + _number(20, _INTS)


def _value(name: str, shape: Shape) -> bytes:
    sizes = (_field(2, size) if isinstance(size, str) else _number(1, size) for size in shape)
    tensor = _number(1, _FLOAT) + _field(2, b"".join(_field(1, size) for size in sizes))
    return _field(1, name) + _field(2, _field(1, tensor))


def _varint(value: int) -> bytes:
    result = bytearray()
    while value > 127:
        result.append(value & 127 | 128)
        value >>= 7
    result.append(value)
    return bytes(result)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(field: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(data)) + data
