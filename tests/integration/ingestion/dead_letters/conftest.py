"""What the tests of dead letters share."""

from collections.abc import Iterator

import pytest

from tests.integration.ingestion.dead_letters.letters import Listener


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()
