"""Whether the engine can run on this processor at all: without AVX2 it dies without a word."""

from pathlib import Path


def lacks_avx2(machine: str, cpuinfo: Path) -> bool:
    """Only x86 can lack it; where the kernel tells nothing, it is taken to be there."""
    if machine not in ("x86_64", "amd64") or not cpuinfo.exists():
        return False
    flags = next((line for line in cpuinfo.read_text().splitlines() if line.startswith("flags")), "")
    return "avx2" not in flags.split()
