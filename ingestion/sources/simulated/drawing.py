"""Chance that can be repeated: the same seed and the same names draw the same numbers, everywhere."""

import hashlib
import math
from random import Random

_LARGEST_EXACT = 30.0  # above it a bell curve is as good


def chance(*names: object) -> Random:
    """The numbers that belong to these names."""
    return Random(int.from_bytes(_digest(names)))  # noqa: S311


def repeatable_id(*names: object) -> str:
    """The same UUID for the same names."""
    text = _digest(names).hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def count(chance: Random, expected: float) -> int:
    """How often something happens that happens `expected` times on average (a Poisson distribution)."""
    if expected > _LARGEST_EXACT:
        return max(0, round(chance.gauss(expected, math.sqrt(expected))))
    limit, product, times = math.exp(-expected), chance.random(), 0
    while product > limit:
        product *= chance.random()
        times += 1
    return times


def _digest(names: tuple[object, ...]) -> bytes:
    return hashlib.blake2b("\x1f".join(map(str, names)).encode(), digest_size=16).digest()
