"""What the OpenAPI file says of the door is what the door does."""

import json
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

from campaigns.models import Campaign
from ingestion.eventlog.base import EventLog
from ingestion.events.json_schemas import FOLDER, published
from runtime.options import REPOSITORY
from tests.integration.ingestion.event_calls import EVENTS, send
from tests.people import Program

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_it_names_the_schema_of_every_kind_that_stands_on_the_log(operation: dict[str, Any]) -> None:
    for name in published():
        assert (FOLDER / name).is_file()
        assert f"`{(FOLDER / name).relative_to(REPOSITORY)}`" in operation["description"]
