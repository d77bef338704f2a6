"""What the supervisor says about the running stack (`<data_dir>/run/stack.json`)."""

import json
from contextlib import suppress
from pathlib import Path

from runtime.addresses import answering
from runtime.options import Web
from runtime.processes import birth, is_alive


def running_processes(data_dir: Path) -> dict[str, int] | None:
    """The pid of each process; None if no stack runs on this data folder."""
    with suppress(OSError, ValueError, KeyError):
        state = json.loads((data_dir / "run" / "stack.json").read_text())
        pid = int(state["supervisor"])
        # By its birth, too: after a crash the pid may have become somebody else's.
        if is_alive(pid) and birth(pid) == state.get("supervisor_birth"):
            return dict(state["processes"])
    return None


def base_url(web: Web) -> str:
    """Where the web server answers on this machine."""
    host = answering(web.host)
    return f"http://[{host}]:{web.port}" if ":" in host else f"http://{host}:{web.port}"
