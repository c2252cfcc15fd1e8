"""Drum loops whose tempo is known: patterns of many styles, and how arithmetic plays them.

Used by the tests of `murecom.audio`, and by benchmarks/descriptors.py, which also plays the
patterns with a soundfont.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Groove:
    """A bar: `steps` a beat; a line for each drum with a character a step.

    `X` is loud, `x` is medium, `o` is soft, `.` is silent. `slow` and `fast` bound the tempos at
    which people play it.
    """

    steps: int
    kick: str
    snare: str
    hat: str
    slow: int = 60
    fast: int = 200

    @property
    def beats(self) -> int:
        """Beats a bar."""
        return len(self.kick) // self.steps


TUNED = {
    "four on the floor": Groove(
        4, "X...X...X...X...", "....X.......X...", "..x...x...x...x.", 100, 150
    ),
    "rock": Groove(4, "X.......X.o.....", "....X.......X...", "x.x.x.x.x.x.x.x.", 70, 170),
    "shuffle": Groove(3, "X.....X.o...", "...X.....X..", "x.xx.xx.xx.x", 70, 160),
    "waltz": Groove(2, "X.....", "..x.x.", "x.xxx.", 80, 180),
    "half-time": Groove(4, "X.....o....o....", "........X.......", "x.x.x.x.x.x.x.x.", 120, 180),
    "sparse": Groove(4, "X.......X.......", "............X...", "................", 60, 140),
    "funk": Groove(4, "X.x...x...x..x..", "....X..o.o..X..o", "xxxxxxxxxxxxxxxx", 85, 125),
    "metal": Groove(4, "XXXXXXXXXXXXXXXX", "....X.......X...", "x...x...x...x...", 90, 140),
}
"Styles that the parameters of `tempo` were chosen on."

HELD_BACK = {
    "breakbeat": Groove(4, "X.X.......XX....", "....X..o.o..X..o", "x.x.x.x.x.x.x.x.", 80, 140),
    "six-eight": Groove(3, "X....o", "...X..", "xxxxxx", 45, 90),
    "jazz ride": Groove(3, "o..o..o..o..", "............", "x..x.xx..x.x", 90, 200),
    "one drop": Groove(4, "........X.......", "........x.......", "..x...x...x...x.", 65, 95),
    "drum and bass": Groove(
        4, "X.........X.....", "....X.......X...", "x.x.x.x.x.x.x.x.", 160, 180
    ),
    "motown": Groove(4, "X.....x.X.....x.", "X...X...X...X...", "x...x...x...x...", 95, 150),
    "bossa nova": Groove(4, "X..xX..xX..xX..x", "x..x..x...x..x..", "x.x.x.x.x.x.x.x.", 60, 85),
    "disco": Groove(4, "X...X...X...X...", "....x.......x...", "xxXxxxXxxxXxxxXx", 105, 135),
    "polka": Groove(2, "X.X.", ".x.x", "....", 100, 140),
    "ballad": Groove(4, "X.........X.....", "....X.......X...", "x...x...x...x...", 55, 85),
}
"Styles that it never met before it was measured."

LEVEL = {"X": 1.0, "x": 0.6, "o": 0.3}


def loop(
    groove: Groove,
    bpm: float,
    seconds: float = 30.0,
    rate: int = 11025,
    *,
    human: float = 0.0,
    hats: bool = True,
    seed: int = 1,
) -> np.ndarray:
    """Play a groove; `human` is the spread of the hits around their time in seconds."""
    rng = np.random.default_rng(seed)
    step = 60 / bpm / groove.steps
    wave = 0.002 * rng.standard_normal(round((seconds + 1) * rate))
    drums = {"kick": groove.kick, "snare": groove.snare, "hat": groove.hat if hats else "."}
    for name, line in drums.items():
        for number in range(int(seconds / step)):
            level = LEVEL.get(line[number % len(line)], 0.0)
            if level:
                at = max(0.0, number * step + human * rng.standard_normal()) * rate
                hit = _drum(name, rate, rng) * level * (1 + human * 10 * rng.standard_normal())
                wave[round(at) : round(at) + len(hit)] += hit
    return wave[: round(seconds * rate)].astype(np.float32)


def _drum(name: str, rate: int, rng: np.random.Generator) -> np.ndarray:
    t = np.arange(round(0.2 * rate)) / rate
    noise = rng.standard_normal(len(t))
    if name == "kick":
        return 0.9 * np.sin(2 * np.pi * (50 * t + 3 * (1 - np.exp(-30 * t)))) * np.exp(-12 * t)
    if name == "snare":
        return 0.3 * (noise + np.sin(2 * np.pi * 190 * t)) * np.exp(-20 * t)
    return 0.1 * np.diff(noise, prepend=0.0) * np.exp(-60 * t)
