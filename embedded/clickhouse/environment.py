"""What the server's process keeps of its environment."""

import os
import sys

from runtime.unneeded import LAZY_DATES

INHERITED = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "PYTHONDONTWRITEBYTECODE")


def drop_environment() -> None:
    """Start again without what the environment may hold: SQL can read this process's own memory."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    kept |= {"TZ": "UTC", **LAZY_DATES}
    if dict(os.environ) != kept:
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], kept)  # noqa: S606
