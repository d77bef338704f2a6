"""The window of seen events spares work, and whatever becomes of it the raw rows are the same."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django_redis import get_redis_connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from ingestion.eventlog.base import Partition, Record
from ingestion.eventlog.topics import entry_of, topic_of
from ingestion.events.envelope import Event
from ingestion.events.identity import Identity, identity_of
from ingestion.pipeline.decoding import decode
from ingestion.pipeline.facts import Decoded
from ingestion.pipeline.seen import REMEMBER, SeenWindow
from runtime.options import ConsumerBounds
from tests.contract.eventlog.engines import fresh_name
from tests.logged_events import LOGGED_MS, click, metric

WORKSPACE = UUID(int=7)


def window(**bounds: Any) -> SeenWindow:
    return SeenWindow(lambda: get_redis_connection("default"), fresh_name(), ConsumerBounds(**bounds))


def read(*events: Event) -> Decoded:
    return decode(
        Record(Partition(topic_of(event), event.campaign_id.int % 2), number, LOGGED_MS, *entry_of(event))
        for number, event in enumerate(events)
    )


def store(seen: SeenWindow, *events: Event) -> list[Event]:
    """What of it was not skipped, and is now remembered."""
    fresh, memory = seen.without_repeats(read(*events))
    seen.remember(memory)
    return [*fresh.metric_events.events, *fresh.interactions.events]


def received_later(event: Any, seconds: int = 1) -> Any:
    return type(event)(
        **{name: getattr(event, name) for name in event.__struct_fields__}
        | {"received_at": event.received_at + timedelta(seconds=seconds)}
    )


@pytest.fixture
def seen() -> SeenWindow:
    return window()


FIRST, CLICKED = metric(WORKSPACE, 1), click(WORKSPACE, 2)


def test_an_exact_repeat_is_skipped_once_it_is_stored(seen: SeenWindow) -> None:
    assert store(seen, FIRST, CLICKED) == [FIRST, CLICKED]
    assert store(seen, FIRST, metric(WORKSPACE, 3), CLICKED) == [metric(WORKSPACE, 3)]


def test_what_was_not_stored_is_not_skipped(seen: SeenWindow) -> None:
    seen.without_repeats(read(FIRST))
    assert store(seen, FIRST) == [FIRST]


def test_two_of_one_identity_in_one_batch_are_both_stored(seen: SeenWindow) -> None:
    assert store(seen, FIRST, FIRST) == [FIRST, FIRST]


def test_the_same_sent_again_later_is_stored_again(seen: SeenWindow) -> None:
    """Something else may have been received in between, and come after it."""
    later = received_later(FIRST, 2)
    store(seen, FIRST)
    assert store(seen, later) == [later]
    assert store(seen, FIRST) == []


def test_a_payload_that_changed_is_stored_in_whatever_order(seen: SeenWindow) -> None:
    changed = metric(WORKSPACE, 1, payload=metric(WORKSPACE, 5).payload)
    assert store(seen, FIRST) == [FIRST]
    assert store(seen, changed) == [changed]
    assert store(seen, FIRST) == [FIRST]


def test_a_window_of_no_events_skips_nothing() -> None:
    off = window(seen_events=0)
    assert store(off, FIRST) == store(off, FIRST) == [FIRST]


def test_a_replay_skips_nothing(seen: SeenWindow) -> None:
    store(seen, FIRST)
    seen.switch_off()
    assert store(seen, FIRST) == [FIRST]


def test_it_keeps_so_many_of_each_partition_at_most_and_the_newest_longest() -> None:
    seen = window(seen_events=10)
    campaign = FIRST.campaign_id
    events = [metric(WORKSPACE, number, campaign_id=campaign) for number in range(1, 101)]
    for number in range(0, 100, 5):
        store(seen, *events[number : number + 5])
    connection = get_redis_connection("default")
    sizes = [connection.hlen(name) for name in connection.keys(f"{seen._prefix}:*")]
    assert sum(sizes) <= 30
    assert store(seen, *events[-10:]) == []
    assert store(seen, *events[:10]) == events[:10]


def test_everything_of_it_expires(seen: SeenWindow) -> None:
    store(seen, FIRST, CLICKED)
    connection = get_redis_connection("default")
    names = connection.keys(f"{seen._prefix}:*")
    assert len(names) == 2
    assert all(0 < connection.ttl(name) <= 24 * 3600 for name in names)


def test_what_somebody_else_wrote_there_skips_nothing(seen: SeenWindow) -> None:
    store(seen, FIRST)
    connection = get_redis_connection("default")
    (name,) = connection.keys(f"{seen._prefix}:*")
    (key,) = connection.hkeys(name)
    connection.hset(name, key, b"nonsense")
    assert store(seen, FIRST) == [FIRST]
    connection.set(name, "of another type")
    assert store(seen, FIRST) == [FIRST]


def test_a_server_that_is_away_costs_one_wait_and_no_event(free_port: int) -> None:
    connected: list[int] = []

    def connect() -> Any:
        connected.append(1)
        return Redis(port=free_port, retry=Retry(NoBackoff(), 0))

    seen = SeenWindow(connect, "x", ConsumerBounds())
    assert [store(seen, FIRST) for _ in range(5)] == [[FIRST]] * 5
    assert len(connected) == 1


def test_a_server_that_takes_no_more_costs_no_event(seen: SeenWindow) -> None:
    """As when it is full: it answers questions and refuses to be told anything."""
    store(seen, FIRST)

    class Full:
        def __init__(self) -> None:
            self._connection = get_redis_connection("default")

        def pipeline(self, **options: Any) -> Any:
            calls = self._connection.pipeline(**options)
            execute = calls.execute_command
            calls.execute_command = lambda name, script, *rest: execute(
                *(
                    (name, "return redis.error_reply('OOM')", 0)
                    if script == REMEMBER
                    else (name, script, *rest)
                )
            )
            return calls

    full = SeenWindow(Full, seen._prefix.removesuffix(":seen"), ConsumerBounds())
    assert store(full, FIRST, CLICKED) == [CLICKED]


@pytest.fixture
def free_port() -> int:
    from embedded.ports import free_ports

    return free_ports(1)[0]


# --- whatever happens to the window ---------------------------------------------------------------

Deliveries = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 4)), min_size=1, max_size=30
)
Disturbance = st.sampled_from(["none", "wiped", "half wiped"])
Batches = st.lists(st.tuples(Deliveries, Disturbance), min_size=1, max_size=8)


def delivery(identity: int, payload: int, received: int) -> Event:
    """Of few identities, few payloads and few times, so that all that can meet does."""
    event = metric(WORKSPACE, identity, payload=metric(WORKSPACE, 10 + payload).payload)
    return received_later(event, received)  # type: ignore[no-any-return]


class RawTables:
    """Of each identity the row of the greatest version, as ReplacingMergeTree keeps it."""

    def __init__(self) -> None:
        self.rows: dict[Identity, tuple[int, Any]] = {}

    def insert(self, decoded: Decoded) -> None:
        facts = decoded.metric_events
        for event, version in zip(facts.events, facts.versions, strict=True):
            known = self.rows.get(identity_of(event))
            if known is None or version > known[0]:
                self.rows[identity_of(event)] = (version, event.payload)


def disturb(seen: SeenWindow, how: str) -> None:
    connection = get_redis_connection("default")
    for name in connection.keys(f"{seen._prefix}:*"):
        if how == "wiped":
            connection.delete(name)
        elif how == "half wiped":
            connection.hdel(name, *connection.hkeys(name)[::2])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches=Batches, order=st.randoms(use_true_random=False))
def test_any_deliveries_in_any_batches_leave_the_same_rows_as_without_a_window(
    batches: Sequence[tuple[Sequence[tuple[int, int, int]], str]], order: Any
) -> None:
    seen, with_window, without = window(seen_events=3), RawTables(), RawTables()
    everything = [delivery(*one) for deliveries, _ in batches for one in deliveries]
    for deliveries, disturbance in batches:
        decoded = read(*(delivery(*one) for one in deliveries))
        fresh, memory = seen.without_repeats(decoded)
        with_window.insert(fresh)
        seen.remember(memory)
        disturb(seen, disturbance)
    order.shuffle(everything)
    without.insert(read(*everything))
    assert with_window.rows == without.rows
