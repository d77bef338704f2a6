"""Everything that was ever sent is in the figures, unless a test says otherwise."""

from datetime import UTC, datetime

import pytest

from insights.models import RecomputedThrough


@pytest.fixture(autouse=True)
def nothing_waits(db: None) -> None:
    RecomputedThrough.objects.create(data_through=datetime.now(UTC))
