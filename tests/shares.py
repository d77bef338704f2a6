"""Deals the test files to processes that run side by side. xdist costs unit tests more than it saves them."""

from pathlib import Path
from zlib import adler32


def is_in_share(file: Path, share: str) -> bool:
    """`share` is the number of one and how many there are, as `1/2`. Each file is in one of them."""
    number, _, of = share.partition("/")
    return adler32(file.name.encode()) % int(of) == int(number) - 1
