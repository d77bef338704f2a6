"""One more web server of a running stack, with the rate limits that people get."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from embedded.ports import free_ports
from embedded.product import answers
from runtime.catalogue import PREFIX
from runtime.options import REPOSITORY
from tests.running_stack import RealStack, wait_until

LIMITS = f"{PREFIX}RATE_LIMITS_"


@contextmanager
def web_with_limits(stack: RealStack) -> Iterator[str]:
    """Its address. It shares the stack's stores and data folder."""
    [port] = free_ports(1)
    environment = {name: value for name, value in stack.environment.items() if not name.startswith(LIMITS)}
    with (stack.data_dir / "web_with_limits.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "runtime.serve"],
            cwd=REPOSITORY,
            env=environment | {"CA_WEB_PORT": str(port)},
            stdout=log,
            stderr=log,
        )
    try:
        wait_until(lambda: _is_up(port), "the web server with limits answers")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _is_up(port: int) -> bool:
    try:
        answers("127.0.0.1", port, "/health/live")
    except OSError:
        return False
    return True
