"""How often tempo and key are right: murecom beside other tools, on music whose truth is known."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from _beat_tools import TOOLS
from _common import cpu_seconds, run_json, say, table
from _pieces import Piece
from murecom.audio import decode
from murecom.audio.key import key
from murecom.audio.loudness import Meter
from murecom.audio.onset import RATE, rises
from murecom.audio.tempo import tempo_of

SECONDS = 90
MULTIPLES = (1, 2, 3, 1 / 2, 1 / 3)  # what "octave-tolerant" forgives
SURE = {"tempo": 0.9, "key": 0.7}
"Confidences from which playlist.why speaks of a tempo or a key."

Answer = dict[str, Any]


def annotated(path: Path) -> list[Piece]:
    """Read a CSV of annotations: path, tempo, key_relative_major; empty cells are unknown."""
    with path.open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    return [
        Piece(
            str(path.parent / line["path"]),
            "annotated music",
            float(line["tempo"]) if line["tempo"] else None,
            int(line["key_relative_major"]) if line["key_relative_major"] else None,
            "relative",
        )
        for line in lines
    ]


def ours(pieces: Sequence[Piece]) -> dict[str, Answer]:
    """Ask murecom."""
    answers = {}
    for piece in pieces:
        began = cpu_seconds()
        wave = decode.read_mono(piece.path, RATE)[: SECONDS * RATE]
        beat, tonality = tempo_of(rises(wave, RATE)), key(wave, RATE)
        answers[piece.path] = {
            "bpm": beat.bpm if beat else 0.0,
            "key": (tonality.tonic, tonality.mode) if tonality else None,
            "sure": {
                "tempo": beat is not None and beat.confidence >= SURE["tempo"],
                "key": tonality is not None and tonality.confidence >= SURE["key"],
            },
            "cpu": cpu_seconds() - began,
        }
    return answers


def theirs(tool: str, pieces: Sequence[Piece], python: str) -> tuple[str | None, dict[str, Answer]]:
    """Ask another tool; the reason why it did not answer, or its answers."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(piece.path for piece in pieces))
        file.flush()
        program = str(Path(__file__).with_name("_beat_tools.py"))
        run = run_json([program, tool, file.name], python=python, timeout=7200)
    missing = next((line["missing"] for line in run.lines if "missing" in line), run.error)
    return missing, {line["file"]: line for line in run.lines if "bpm" in line}


def compare(pieces: Sequence[Piece], peers: str | None) -> dict[str, Any]:
    """Let all tools answer, and count."""
    say("Tempo and key: murecom …")
    answers = {"murecom": ours(pieces)}
    left_out = {}
    for tool in TOOLS if peers else ():
        say(f"Tempo and key: {tool} …")
        why, found = theirs(tool, pieces, str(peers))
        if found:
            answers[tool] = found
        else:
            left_out[tool] = why
    groups = list(dict.fromkeys(piece.group for piece in pieces))
    counted = {}
    for tool, found in answers.items():
        of_group = {}
        for group in groups:
            inside = [piece for piece in pieces if piece.group == group]
            of_group[group] = count(inside, found)
        cpu = [answer["cpu"] for answer in found.values()]
        counted[tool] = {"groups": of_group, "cpu": float(np.mean(cpu))}
    return {
        "groups": groups,
        "tools": counted,
        "left_out": left_out,
        "sure": sureness(pieces, answers["murecom"]),
    }


def count(pieces: Sequence[Piece], found: Mapping[str, Answer]) -> dict[str, Any]:
    """Give the shares that are right; what a tool gives no answer for is wrong."""
    nothing: Answer = {"bpm": 0.0, "key": None}
    tempi = [(found.get(p.path, nothing)["bpm"], p.bpm) for p in pieces if p.bpm]
    keys = [(found.get(p.path, nothing)["key"], p) for p in pieces if p.tonic is not None]
    result: dict[str, Any] = {"tempi": len(tempi), "keys": len(keys)}
    if tempi:
        result["exact"] = float(np.mean([is_near(bpm, truth) for bpm, truth in tempi]))
        tolerant = [any(is_near(bpm, truth * m) for m in MULTIPLES) for bpm, truth in tempi]
        result["tolerant"] = float(np.mean(tolerant))
    if keys and any(answer for answer, _ in keys):
        points = [mirex(answer, piece) for answer, piece in keys]
        result["key"] = float(np.mean([p == 1 for p in points]))
        result["mirex"] = float(np.mean(points))
    return result


def is_near(bpm: float, truth: float) -> bool:
    """Tell whether a tempo is within 4 % (MIREX's tolerance)."""
    return abs(bpm / truth - 1) <= 0.04


def mirex(answer: Sequence[Any] | None, piece: Piece) -> float:
    """Give MIREX's points: 1 exact, .5 a fifth away, .3 relative, .2 parallel.

    If only the relative major is known, the right one gives 1 and one a fifth away .5.
    """
    if not answer or piece.tonic is None:
        return 0.0
    tonic, mode = int(answer[0]), str(answer[1])
    if piece.mode == "relative":
        step = (tonic + (3 if mode == "minor" else 0) - piece.tonic) % 12
        return {0: 1.0, 5: 0.5, 7: 0.5}.get(step, 0.0)
    step = (tonic - piece.tonic) % 12
    if mode == piece.mode:
        return {0: 1.0, 5: 0.5, 7: 0.5}.get(step, 0.0)
    relative = 9 if piece.mode == "major" else 3
    return {relative: 0.3, 0: 0.2}.get(step, 0.0)


def sureness(pieces: Sequence[Piece], found: Mapping[str, Answer]) -> list[dict[str, Any]]:
    """Tell how often murecom is sure, and how often it is then right."""
    lines = []
    for what in ("tempo", "key"):
        for group in dict.fromkeys(piece.group for piece in pieces):
            inside = [
                p
                for p in pieces
                if p.group == group and (p.bpm if what == "tempo" else p.tonic is not None)
            ]
            if not inside:
                continue
            sure = [p for p in inside if found[p.path]["sure"][what]]
            right = [
                is_near(found[p.path]["bpm"], p.bpm or 1.0)
                if what == "tempo"
                else mirex(found[p.path]["key"], p) == 1
                for p in sure
            ]
            lines.append(
                {
                    "what": what,
                    "group": group,
                    "of": len(inside),
                    "sure": len(sure),
                    "right": sum(right),
                }
            )
    return lines


def text(result: Mapping[str, Any]) -> str:
    """Lay out `compare`'s result: one table for tempo, one for key, one for confidence."""
    groups, tools = result["groups"], result["tools"]
    parts = []
    for title, first, second, counted in (
        ("tempo: exact / or 2, 3 times off", "exact", "tolerant", "tempi"),
        ("key: exact / MIREX points", "key", "mirex", "keys"),
    ):
        shown = [g for g in groups if tools["murecom"]["groups"][g][counted]]
        sizes = [tools["murecom"]["groups"][g][counted] for g in shown]
        head = [title, *(f"{g} ({n})" for g, n in zip(shown, sizes, strict=True)), "CPU-s"]
        rows = [
            (
                tool,
                *(_pair(one["groups"][g], first, second) for g in shown),
                f"{one['cpu']:.2f}",
            )
            for tool, one in tools.items()
            if any(first in one["groups"][g] for g in shown)
        ]
        parts.append(table(head, rows))
    rows = [
        (f"{line['what']}, {line['group']}", line["of"], line["sure"], line["right"])
        for line in result["sure"]
    ]
    for what in ("tempo", "key"):
        lines = [line for line in result["sure"] if line["what"] == what]
        rows.append((f"{what}, all", *(sum(x[k] for x in lines) for k in ("of", "sure", "right"))))
    parts.append(table(("murecom's confidence", "of", "sure", "then right"), rows))
    parts += [f"{tool} left out: {why}" for tool, why in result["left_out"].items()]
    return "\n\n".join(parts)


def _pair(one: Mapping[str, Any], first: str, second: str) -> str:
    return f"{one[first]:.2f} / {one[second]:.2f}" if first in one else "-"


def ebur128(paths: Iterable[str]) -> float | None:
    """Give the largest difference in LU from ffmpeg's filter `ebur128`; None without ffmpeg."""
    if shutil.which("ffmpeg") is None:
        return None
    worst = None
    for path in paths:
        command = ["ffmpeg", "-hide_banner", "-nostats", "-i", path]
        command += ["-af", "ebur128", "-f", "null", "-"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
        theirs = re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1]
        sound = decode.probe(path)
        meter = Meter(sound.rate, sound.channels)
        for block in decode.blocks(path):
            meter.add(block)
        own = meter.integrated()
        if own is not None:
            worst = max(worst or 0.0, abs(own - float(theirs)))
    return worst
