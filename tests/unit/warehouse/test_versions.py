import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse import versions
from warehouse.versions import event_version, mark_settled, snapshot_version

OCCURRED_MS = 1_793_491_201_655
RECEIVED_US = OCCURRED_MS * 1000 + 250_000
HASHES = st.integers(0, 2**128 - 1)


@given(st.integers(-300_000_000, 94_670_856_000_000), st.integers(1, 10**12), HASHES, HASHES)
def test_the_later_received_wins_whatever_the_payloads(
    delay: int, gap: int, first_hash: int, later_hash: int
) -> None:
    first, later = RECEIVED_US + delay, RECEIVED_US + delay + gap
    assert event_version(OCCURRED_MS, first, first_hash) < event_version(OCCURRED_MS, later, later_hash)


def test_at_one_time_the_payload_decides() -> None:
    assert event_version(OCCURRED_MS, RECEIVED_US, 1) < event_version(OCCURRED_MS, RECEIVED_US, 2)


@given(st.sampled_from([-versions.EARLIEST_MICROSECONDS, 0, versions.LATEST_MICROSECONDS]), HASHES)
def test_the_earliest_and_the_latest_fit_into_the_column(delay: int, payload_hash: int) -> None:
    assert 0 <= event_version(OCCURRED_MS, OCCURRED_MS * 1000 + delay, payload_hash) < 2**64


@pytest.mark.parametrize("delay", [-600_000_001, versions.LATEST_MICROSECONDS + 1])
def test_what_the_edge_would_never_accept_is_refused(delay: int) -> None:
    with pytest.raises(ValueError, match="cannot be received"):
        event_version(OCCURRED_MS, OCCURRED_MS * 1000 + delay, 0)


@given(st.integers(0, versions.LARGEST_SEQUENCE - 1), HASHES, HASHES)
def test_a_later_run_wins_whatever_it_brings(sequence: int, first_hash: int, later_hash: int) -> None:
    assert snapshot_version(sequence, first_hash) < snapshot_version(sequence + 1, later_hash) < 2**64


@pytest.mark.parametrize("sequence", [-1, versions.LARGEST_SEQUENCE + 1])
def test_a_number_that_is_no_sequence_is_refused(sequence: int) -> None:
    with pytest.raises(ValueError, match="not a sequence"):
        snapshot_version(sequence, 0)


@given(st.integers(0, 2**62))
def test_settling_beats_its_mark_and_loses_to_the_next(microsecond: int) -> None:
    mark, next_mark = microsecond * 2, (microsecond + 1) * 2
    assert mark < mark_settled(mark) < next_mark
    assert mark_settled(mark_settled(mark)) == mark_settled(mark)
