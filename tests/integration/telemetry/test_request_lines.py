"""Who called stands in the line of a request."""

from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from structlog.contextvars import merge_contextvars
from structlog.testing import LogCapture

from tests.people import owner, program

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    capture = LogCapture()
    before = structlog.get_config()["processors"]
    structlog.configure(processors=[merge_contextvars, capture])
    yield capture.entries
    structlog.configure(processors=before)


def test_a_signed_in_person_is_named_by_id_and_workspace(lines: list[dict[str, Any]]) -> None:
    ann = owner()
    ann.client.get("/api/v1/campaigns/")
    [line] = lines
    assert line["route"] == "api/v1/campaigns/"
    assert line["caller"] == f"user:{ann.user.id}"
    assert line["workspace_id"] == str(ann.workspace.id)
    assert ann.user.email not in str(line)


def test_a_program_is_named_by_its_key_s_id_and_never_by_the_key(lines: list[dict[str, Any]]) -> None:
    ours = program(owner().workspace)
    ours.client.get("/api/v1/campaigns/")
    [line] = lines
    assert line["caller"] == f"key:{ours.api_key.id}"
    assert ours.key not in str(line)
