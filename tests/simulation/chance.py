"""Chance by name: each part of the world draws from its own stream of one seed.

A part that is added or left out does not shift what the others draw.
"""

from random import Random


class Chance:
    """The streams of one seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def of(self, *name: object) -> Random:
        """The stream of this name. Text seeds a generator the same under any PYTHONHASHSEED."""
        return Random(":".join(map(str, (self._seed, *name))))
