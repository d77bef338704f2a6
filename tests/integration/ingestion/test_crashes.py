"""A web process that dies while it accepts: the sender sees no answer, tries again, and it counts once."""

import http.client
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.rights import Right
from ingestion.eventlog.base import EventLog
from ingestion.eventlog.opening import open_log
from ingestion.events.identity import identity_of
from runtime.config import read_configuration
from runtime.fault_points import VARIABLE, FaultPoint
from tests.integration.ingestion.event_calls import EVENTS, campaign_of, metric, on_the_log
from tests.integration.telemetry.web_server import WebServer, web_server
from tests.people import new_workspace, program

BEFORE, LOGGED = FaultPoint.ACCEPTING_BEFORE_LOG, FaultPoint.ACCEPTING_LOGGED


def sent(server: WebServer, key: str) -> int | None:
    """The status of the answer; none if the process died over it."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    try:
        connection.request("POST", EVENTS, json.dumps({"events": [metric("e-1"), metric("e-2")]}), headers)
        return connection.getresponse().status
    except ConnectionError:
        return None
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("point", "times_logged"), [(BEFORE, 1), (LOGGED, 2)])
def test_nothing_is_told_before_the_log_has_it_and_a_retry_is_the_same_fact(
    tmp_path: Path, point: FaultPoint, times_logged: int
) -> None:
    sender = program(new_workspace(), [Right.EVENTS])
    campaign_of(sender.api_key.workspace)
    environment = {
        "CA_POSTGRES_DATABASE": str(connection.settings_dict["NAME"]),
        "CA_TOPICS_PREFIX": f"test-{point}",
        VARIABLE: f"{point}=kill:{tmp_path / 'died'}",
    }
    with web_server(workers=1, log=tmp_path / "web.log", **environment) as server:
        assert sent(server, sender.key) is None
        server.wait_for_workers(started=2)
        assert sent(server, sender.key) == 202
    stored = on_the_log(log_of(environment))
    assert len(stored) == 2 * times_logged
    assert {event.event_id for event in map(identity_of, stored)} == {"e-1", "e-2"}
    assert len(set(map(identity_of, stored))) == 2


def log_of(environment: dict[str, Any]) -> EventLog:
    options = {name: value for name, value in environment.items() if name.startswith("CA_")}
    return open_log(read_configuration(os.environ | options, ""))
