"""Whatever becomes of the window of seen events, the rollups that are made behind it are the oracle's."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from ingestion.eventlog.base import Partition, Record
from ingestion.eventlog.topics import METRIC_EVENTS, entry_of
from ingestion.events.envelope import MetricEvent
from ingestion.events.identity import milliseconds
from ingestion.pipeline.decoding import decode
from ingestion.pipeline.seen import SeenWindow
from ingestion.pipeline.writing import write
from insights.rollups.recompute import recompute
from runtime.options import ConsumerBounds
from tests.contract.eventlog.engines import RedisLab, fresh_name
from tests.contract.eventlog.labs import redis_lab
from tests.integration.insights.conftest import new_campaign
from tests.integration.insights.oracle import is_right
from tests.integration.insights.raw import Raw, Row
from tests.logged_events import metric
from warehouse.client import Writer

__all__ = ["redis_lab"]

IDENTITIES, VERSIONS = 5, 3
APART = timedelta(seconds=25)  # they lie in two minutes
Payload = tuple[str, int]
Delivery = tuple[int, int]  # an identity, and which of its versions


def half_wiped(server: Any) -> None:
    for name in server.keys("*:seen:*"):
        server.hdel(name, *server.hkeys(name)[::2])


def evicting(server: Any) -> None:
    """What is written displaces whatever lies there."""
    server.config_set("maxmemory-policy", "allkeys-random")
    server.config_set("maxmemory", server.info("memory")["used_memory"])


DISTURBANCES = {
    "none": lambda _: None,
    "full": lambda server: server.config_set("maxmemory", 1),
    "wiped": lambda server: server.flushall(),
    "half wiped": half_wiped,
    "evicting": evicting,
}
Deliveries = st.lists(
    st.tuples(st.integers(0, IDENTITIES - 1), st.integers(0, VERSIONS - 1)), min_size=1, max_size=10
)
Batches = st.lists(st.tuples(Deliveries, st.sampled_from(sorted(DISTURBANCES))), min_size=2, max_size=6)
Payloads = st.lists(
    st.tuples(st.sampled_from(["DE", "FR"]), st.integers(1, 2)),
    min_size=IDENTITIES * VERSIONS,
    max_size=IDENTITIES * VERSIONS,
)


# The last one says again what the first one said, and what was said between them arrives after both.
SAYS_IT_AGAIN = {
    "batches": [([(0, 0)], "none"), ([(0, 2)], "none"), ([(0, 1)], "none")],
    "payloads": [("DE", 1), ("FR", 1), ("DE", 1)] * IDENTITIES,
}


class Way:
    """Of one campaign's events, from the window into the rollups; remembers what it was given."""

    def __init__(self, raw: Raw, began: datetime, payloads: Sequence[Payload], server: Any) -> None:
        self.raw = raw
        self.skipped = 0
        self._began = began
        self._payloads = payloads
        self._seen = SeenWindow(lambda: server, fresh_name(), ConsumerBounds(seen_events=4))

    def take(self, deliveries: Sequence[Delivery]) -> None:
        decoded = decode(self._record(number, *one) for number, one in enumerate(deliveries))
        fresh, memory = self._seen.without_repeats(decoded)
        write(fresh)
        self._seen.remember(memory)
        self.skipped += len(deliveries) - len(fresh.metric_events.events)
        self.raw.events += [self._told(*one) for one in deliveries]
        recompute([self.raw.target("events", self._began, self._began + timedelta(minutes=2))])

    def _record(self, number: int, identity: int, version: int) -> Record:
        event = self._event(identity, version)
        logged_ms = milliseconds(event.received_at)
        return Record(Partition(METRIC_EVENTS, 0), number, logged_ms, *entry_of(event))

    def _event(self, identity: int, version: int) -> MetricEvent:
        region, clicks = self._payload(identity, version)
        event = metric(self.raw.workspace_id, identity, campaign_id=self.raw.campaign_id)
        occurred = self._began + identity * APART
        return structs.replace(
            event,
            occurred_at=occurred,
            received_at=occurred + timedelta(seconds=1 + version),
            payload=structs.replace(event.payload, region=region, clicks=clicks, spend=None),
        )

    def _told(self, identity: int, version: int) -> Row:
        """To the oracle."""
        region, clicks = self._payload(identity, version)
        occurred = self._began + identity * APART
        place = {"platform": "google", "region": region, "clicks": clicks}
        return self.raw.event(f"m-{identity}", occurred, after=1 + version, **place)

    def _payload(self, identity: int, version: int) -> Payload:
        return self._payloads[identity * VERSIONS + version]


@pytest.fixture
def server(redis_lab: RedisLab, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Of the window; it is asked again at once after it failed."""
    monkeypatch.setattr("ingestion.pipeline.seen.PAUSE_AFTER_A_FAILURE", 0.0)
    client = redis_lab.client()
    yield client
    make_roomy(client)
    client.flushall()


def make_roomy(server: Any) -> None:
    server.config_set("maxmemory", 0)
    server.config_set("maxmemory-policy", "noeviction")


def test_any_order_batching_and_repetition_gives_the_rollups_of_the_oracle(
    writer: Writer, today: datetime, server: Any, transactional_db: None
) -> None:
    skipped = []

    @settings(max_examples=15, derandomize=True, database=None)
    @given(batches=Batches, payloads=Payloads)
    @example(**SAYS_IT_AGAIN)
    def holds(batches: Sequence[tuple[list[Delivery], str]], payloads: Sequence[Payload]) -> None:
        campaign = new_campaign("Europe/Berlin")
        way = Way(Raw(writer, campaign.workspace_id, campaign.id), today, payloads, server)
        for deliveries, disturbance in batches:
            make_roomy(server)
            DISTURBANCES[disturbance](server)
            way.take(deliveries)
        assert is_right(way.raw)
        skipped.append(way.skipped)

    holds()
    assert sum(skipped) > 0  # the window was there
