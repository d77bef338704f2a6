"""Consumers of a group share its partitions fairly."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.eventlog.redis_streams.leases import share_of
from tests.texts import texts

NAMES = st.lists(texts(min_size=1, max_size=3), min_size=1, max_size=9, unique=True)


@settings(derandomize=True)
@given(NAMES, st.integers(0, 40))
def test_every_partition_is_due_to_somebody_and_nobody_is_due_much_more_than_another(
    members: list[str], partitions: int
) -> None:
    shares = [share_of(member, members, partitions) for member in members]
    assert sum(shares) == partitions
    assert max(shares) - min(shares) <= 1
