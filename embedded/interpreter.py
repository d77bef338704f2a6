"""Whether a Python was built with optimisation; with one that was not, everything takes longer.

`embedded/install.sh` runs it by each Python that it finds, so it needs nothing but the standard library.
"""

import importlib.util
import sys
import sysconfig


def is_optimised(base: str = sys.base_prefix, built_with: str | None = None) -> bool:
    """What a distribution brings along is, whatever it says; any other tells how it was built."""
    if built_with is None:
        built_with = str(sysconfig.get_config_var("CONFIG_ARGS"))
    return base == "/usr" or "--enable-optimizations" in built_with


def remark() -> str:
    """To be told behind its version; empty where all is well."""
    return "" if is_optimised() else ", built without optimisation: the whole product is slower by it"


def makes_environments() -> bool:
    """Debian keeps what it takes in a package of its own, python3-venv."""
    return importlib.util.find_spec("ensurepip") is not None


if __name__ == "__main__":
    sys.exit(0 if is_optimised() and makes_environments() else 1)
