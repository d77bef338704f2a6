from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.embedded.dummies import DummyStack


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[DummyStack]:
    """Dummies under a real supervisor, which is killed with its children when the test leaves it running."""
    with DummyStack(tmp_path).torn_down() as stack:
        yield stack
