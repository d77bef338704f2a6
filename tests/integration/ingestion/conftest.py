"""A sender with a campaign, and a log of their own, if need be on a server that a test may kill."""

from collections.abc import Iterator

import pytest

from accounts.rights import Right
from campaigns.models import Campaign
from ingestion import accepting
from ingestion.dead_letters import replaying
from ingestion.eventlog.base import EventLog
from tests.contract.eventlog.engines import ServerLab, fresh_name
from tests.contract.eventlog.labs import kafka_lab, redis_lab, server_lab
from tests.integration.ingestion.event_calls import campaign_of, new_log
from tests.people import Program, new_workspace, program

__all__ = ["kafka_lab", "redis_lab", "server_lab"]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[EventLog]:
    """The log that the doors write to."""
    log = new_log()
    monkeypatch.setattr(accepting, "event_log", lambda: log)
    yield log
    log.close()


@pytest.fixture
def any_log(server_lab: ServerLab, monkeypatch: pytest.MonkeyPatch) -> Iterator[EventLog]:
    """The log that the doors and the replays of dead letters write to, on each kind of server in turn."""
    log = server_lab.open(fresh_name())
    for writer in (accepting, replaying):
        monkeypatch.setattr(writer, "event_log", lambda: log)
    yield log
    log.close()


@pytest.fixture
def sender() -> Program:
    """A program that may send events; its workspace has the campaign `cmp-1`."""
    sender = program(new_workspace(), [Right.EVENTS])
    campaign_of(sender.api_key.workspace)
    return sender


@pytest.fixture
def campaign(sender: Program) -> Campaign:
    return Campaign.objects.get(workspace=sender.api_key.workspace)
