"""What the supervisor says about the running stack (`<data_dir>/run/stack.json`)."""

import json
import os
from contextlib import suppress
from pathlib import Path

from runtime.options import Web
from runtime.process_birth import birth

EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


def running_processes(data_dir: Path) -> dict[str, int] | None:
    """The pid of each process; None if no stack runs on this data folder."""
    with suppress(OSError, ValueError, KeyError):
        state = json.loads((data_dir / "run" / "stack.json").read_text())
        if _is_alive(int(state["supervisor"]), state.get("supervisor_birth")):
            return dict(state["processes"])
    return None


def base_url(web: Web) -> str:
    """Where the web server answers on this machine."""
    host = EVERY_ADDRESS.get(web.host, web.host)
    return f"http://[{host}]:{web.port}" if ":" in host else f"http://{host}:{web.port}"


def _is_alive(pid: int, born: int | None) -> bool:
    """By its birth too: after a crash the pid may have become somebody else's."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's process is a process
        pass
    return birth(pid) == born
