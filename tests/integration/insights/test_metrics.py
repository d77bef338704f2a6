"""Every stage of an event's way counts what it did: a known mix is sent, and /metrics is read."""

import http.client
import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from accounts.rights import Right
from ingestion.eventlog.base import Entry
from ingestion.eventlog.topics import METRIC_EVENTS
from runtime.config import configuration
from runtime.stored_secrets import SECRETS_FILE
from tests.contract.eventlog.engines import RedisLab, fresh_name
from tests.contract.eventlog.labs import redis_lab
from tests.integration.ingestion.event_calls import EVENTS, campaign_of, click, metric
from tests.integration.ingestion.pipeline.world import World
from tests.integration.insights.celery_processes import ask_to_aggregate, celery_process, places_of
from tests.integration.telemetry.web_server import WebServer, web_server
from tests.logged_events import metric as logged_metric
from tests.logged_events import snapshot
from tests.people import Program, new_workspace, program
from tests.running_stack import wait_until

__all__ = ["redis_lab"]

# What must stand there of the mix below, to the last one.
COUNTED = {
    "ca_events_received_total kind=metric outcome=accepted": 4,
    "ca_events_received_total kind=metric outcome=rejected": 1,
    "ca_events_received_total kind=click outcome=accepted": 1,
    "ca_events_logged_total topic=metric-events": 4,
    "ca_events_logged_total topic=interactions": 1,
    "ca_log_acknowledgement_seconds_count topic=metric-events": 2,
    "ca_consumer_events_total topic=metric-events": 8,
    "ca_consumer_events_total topic=interactions": 1,
    "ca_consumer_events_total topic=snapshots": 1,
    "ca_consumer_repeats_total outcome=stored topic=metric-events": 1,
    "ca_consumer_repeats_total outcome=skipped topic=metric-events": 1,
    "ca_consumer_rows_total table=metric_events": 5,
    "ca_consumer_rows_total table=interactions": 1,
    "ca_consumer_rows_total table=snapshots": 1,
    "ca_consumer_rows_total table=snapshot_slices": 2,
    "ca_dead_letters_parked_total code=malformed": 2,
    "ca_dead_letters_waiting": 2,
}
# What took time took some; how often depends on who was quicker.
MEASURED = (
    "ca_consumer_batches_total",
    "ca_consumer_insert_seconds_count table=metric_events",
    "ca_event_stored_seconds_count topic=metric-events",
    "ca_event_stored_seconds_count topic=interactions",
    "ca_event_stored_seconds_count topic=snapshots",
    "ca_recompute_seconds_count family=facts",
    "ca_recompute_seconds_count family=days",
    "ca_marks_recomputed_total",
    "ca_freshness_seconds_count",
    "ca_task_seconds_count task=insights.aggregate",
)


@pytest.fixture
def places(redis_lab: RedisLab, tmp_path: Path, transactional_db: None) -> dict[str, str]:
    """A data folder of its own: in it processes count that no other test has started."""
    shutil.copy(configuration().data_dir / SECRETS_FILE, tmp_path)
    return places_of(redis_lab) | {"CA_DATA_DIR": str(tmp_path), "CA_TOPICS_PREFIX": fresh_name()}


@pytest.fixture
def sender(transactional_db: None) -> Program:
    sender = program(new_workspace(), [Right.EVENTS])
    campaign_of(sender.api_key.workspace)
    return sender


@pytest.fixture
def world(redis_lab: RedisLab, places: dict[str, str], sender: Program, tmp_path: Path) -> Iterator[World]:
    name = places["CA_TOPICS_PREFIX"]
    with closing(redis_lab.open(name)) as log, closing(World(redis_lab, log, name, tmp_path)) as world:
        world.workspace = sender.api_key.workspace_id
        yield world


def send(server: WebServer, key: str, *events: dict[str, Any]) -> None:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with closing(http.client.HTTPConnection("127.0.0.1", server.port)) as connection:
        connection.request("POST", EVENTS, json.dumps({"events": events}), headers)
        assert connection.getresponse().status == http.client.ACCEPTED


def figures(server: WebServer) -> dict[str, float]:
    return {
        " ".join([name, *(f"{label}={value}" for label, value in sorted(labels))]): value
        for (name, labels), value in server.figures().items()
    }


def send_the_mix(server: WebServer, sender: Program, world: World) -> None:
    """In two portions, so that what comes again comes after it was stored."""
    sent_directly = logged_metric(world.workspace, 1)
    world.put([sent_directly, snapshot(world.workspace, 1, DE=1, FR=2)])
    unknown = metric("e-4", campaign_id="cmp-9")
    send(server, sender.key, metric("e-1"), metric("e-2"), metric("e-3"), unknown, click())
    world.wait_until_drained()
    world.put([sent_directly])
    world.log.produce(METRIC_EVENTS, [Entry(b"", b"broken 1"), Entry(b"", b"broken 2")])
    send(server, sender.key, metric("e-1"))
    world.wait_until_drained()


def test_each_stage_tells_what_it_did(
    redis_lab: RedisLab, places: dict[str, str], sender: Program, world: World, tmp_path: Path
) -> None:
    with ExitStack() as running:
        server = running.enter_context(web_server(1, tmp_path / "web.log", **places))
        running.enter_context(celery_process("worker", places))
        consumer = world.consumer(**places).wait_until_ready()
        send_the_mix(server, sender, world)
        assert consumer.drained() == 0
        ask_to_aggregate(redis_lab)
        wait_until(lambda: all(figures(server).get(name) for name in MEASURED), "all was measured")
        told = figures(server)
    assert {name: told.get(name) for name in COUNTED} == COUNTED
