"""What the OpenAPI file says of the door is what the door does."""

import json
import re
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

from campaigns.models import Campaign
from ingestion.eventlog.base import EventLog
from ingestion.events.json_schemas import published
from tests.integration.ingestion.event_calls import EVENTS, send
from tests.people import Program, visitor

pytestmark = pytest.mark.django_db(transaction=True)

METRIC_SCHEMA = "/api/schemas/events/metric-v1.json"


@pytest.fixture(scope="module")
def operation() -> dict[str, Any]:
    declared = json.loads(OpenApiJsonRenderer().render(SchemaGenerator().get_schema(public=True)))
    return dict(declared["paths"][EVENTS]["post"])


def examples(content: dict[str, Any]) -> list[Any]:
    return [example["value"] for example in content["application/json"]["examples"].values()]


def test_every_example_of_a_body_is_accepted_and_answered_as_the_example_of_an_answer(
    operation: dict[str, Any], log: EventLog, sender: Program, campaign: Campaign
) -> None:
    Campaign.objects.filter(id=campaign.id).update(reference="cmp-42")
    bodies = examples(operation["requestBody"]["content"])
    [answered] = examples(operation["responses"]["202"]["content"])
    assert len(bodies) == 2
    for body in bodies:
        answer = send(sender.client, body)
        assert (answer.status_code, answer.json()["rejected"]) == (202, [])
        assert answer.json().keys() == answered.keys()


def linked(description: str) -> dict[str, str]:
    """The addresses that a text in Markdown links to, by what it calls them."""
    return dict(re.findall(r"\[([^]]+)]\(([^)]+)\)", description))


def test_it_links_to_the_schema_of_every_kind_that_stands_on_the_log(operation: dict[str, Any]) -> None:
    links = linked(operation["description"])
    assert links.keys() == published().keys()
    for name, address in links.items():
        answer = visitor().get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/schema+json")
        assert answer.json() == json.loads(published()[name])


@pytest.mark.parametrize("accepted", ["application/json", "text/html,*/*;q=0.8"])
def test_programs_and_browsers_get_a_schema_whatever_they_prefer(accepted: str) -> None:
    answer = visitor().get(METRIC_SCHEMA, headers={"Accept": accepted})
    assert (answer.status_code, answer.json()["$ref"]) == (200, "#/$defs/MetricEvent")


def test_who_has_a_schema_does_not_load_it_again() -> None:
    etag = visitor().get(METRIC_SCHEMA)["ETag"]
    answer = visitor().get(METRIC_SCHEMA, headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize("name", ["metric-v0.json", "metric-v1", "..%2fmetric-v1.json"])
def test_a_schema_that_there_is_not_is_a_404(name: str) -> None:
    answer = visitor().get(f"/api/schemas/events/{name}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "not_found"
