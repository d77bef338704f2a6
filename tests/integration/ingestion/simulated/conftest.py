from collections.abc import Iterator

import pytest

from tests.integration.ingestion.simulated.strange_door import StrangeDoor, strange_door


@pytest.fixture
def door() -> Iterator[StrangeDoor]:
    with strange_door() as door:
        yield door
