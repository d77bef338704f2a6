"""The two directions of a connection."""

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedded.clickhouse.encoding import text, varint
from embedded.clickhouse.errors import ProtocolError
from embedded.clickhouse.wire import SEND_AT_ONCE, Outgoing
from tests.texts import texts
from tests.unit.embedded.clickhouse.test_blocks import reading

FIXED = settings(derandomize=True, database=None)


@FIXED
@given(st.lists(st.integers(0, 2**63), min_size=1, max_size=20), st.integers(1, 20))
def test_numbers_come_out_as_they_went_in(numbers: list[int], at_once: int) -> None:
    incoming = reading(b"".join(map(varint, numbers)), at_once)

    assert [incoming.varint() for _ in numbers] == numbers


@FIXED
@given(st.lists(texts(max_size=100), min_size=1, max_size=10), st.integers(1, 20))
def test_strings_come_out_as_they_went_in(strings: list[str], at_once: int) -> None:
    incoming = reading(b"".join(map(text, strings)), at_once)

    assert [incoming.text(1000) for _ in strings] == strings


def test_a_number_without_an_end_is_refused() -> None:
    with pytest.raises(ProtocolError, match="longer than ten bytes"):
        reading(b"\xff" * 30).varint()


def test_a_string_beyond_its_limit_is_refused_unread() -> None:
    with pytest.raises(ProtocolError, match="where 10 are allowed"):
        reading(varint(11)).text(10)


def test_bytes_that_are_no_text_are_read_all_the_same() -> None:
    assert reading(b"\x02\xff\xfe").text(10) == "\ufffd\ufffd"


def test_many_large_strings_are_passed_over_in_little_memory() -> None:
    data = text("x" * 200_000) * 400
    incoming = reading(data)

    tracemalloc.start()
    incoming.skip_strings(400)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 20_000_000  # of 80 MB


def test_small_pieces_travel_together_and_in_order() -> None:
    sent: list[bytes] = []
    outgoing = Outgoing(lambda data: sent.append(bytes(data)))

    outgoing.put(b"a")
    outgoing.put(memoryview(b"b"))
    assert sent == []
    outgoing.flush()

    assert sent == [b"ab"]


def test_a_large_piece_goes_at_once_behind_what_waited() -> None:
    sent: list[bytes] = []
    outgoing = Outgoing(lambda data: sent.append(bytes(data)))
    large = b"x" * SEND_AT_ONCE

    outgoing.put(b"a")
    outgoing.put(large)
    outgoing.put(b"b")
    outgoing.flush()

    assert sent == [b"a", large, b"b"]


def test_pieces_do_not_wait_for_ever() -> None:
    sent: list[bytes] = []
    outgoing = Outgoing(lambda data: sent.append(bytes(data)))

    for _ in range(10):
        outgoing.put(b"x" * (SEND_AT_ONCE // 4))

    assert len(sent) == 2
