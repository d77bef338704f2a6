"""The whole stack, as `make run` starts it, once for all end-to-end tests."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from runtime.options import REPOSITORY, RateLimits
from tests.running_stack import RealStack

UNLIMITED = {f"CA_RATE_LIMITS_{name.upper()}": "1000000" for name in RateLimits.__struct_fields__}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStack]:
    stack = RealStack(tmp_path_factory.mktemp("e2e"), **UNLIMITED)
    with stack.torn_down():
        stack.up()
        yield stack


@pytest.fixture(scope="session")
def demo(stack: RealStack) -> dict[str, Any]:
    """What a script is told of the running stack."""
    command = [sys.executable, str(REPOSITORY / "manage.py"), "demo_info", "--json"]
    printed = subprocess.run(command, env=stack.environment, stdout=subprocess.PIPE, check=True).stdout
    return dict(json.loads(printed))
