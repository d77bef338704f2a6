"""A reference is given once in a workspace and belongs to its campaign for ever."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import close_old_connections, connection

from campaigns.models import Campaign
from campaigns.services.campaigns import campaign_create
from tests import people
from tests.integration.campaigns.campaign_calls import CAMPAIGNS, address, created, errors_of


@pytest.mark.django_db
def test_generated_references_count_up_in_each_workspace() -> None:
    first, second = people.analyst(), people.analyst()
    assert [created(first)["reference"] for _ in range(3)] == ["cmp-1", "cmp-2", "cmp-3"]
    assert created(second)["reference"] == "cmp-1"


@pytest.mark.django_db
def test_generated_references_skip_what_was_given_by_hand() -> None:
    analyst = people.analyst()
    created(analyst, reference="cmp-1")
    created(analyst, reference="cmp-2")
    assert created(analyst)["reference"] == "cmp-3"


@pytest.mark.django_db
def test_a_reference_is_not_given_twice_not_even_after_archiving() -> None:
    analyst = people.analyst()
    created(analyst, reference="autumn")
    analyst.client.delete(address("autumn"))
    again = {"name": "B", "platform": "meta", "reference": "autumn"}
    assert errors_of(analyst.client.post(CAMPAIGNS, again, format="json")) == {"reference": "unique"}


@pytest.mark.django_db
def test_case_tells_references_apart() -> None:
    analyst = people.analyst()
    created(analyst, reference="autumn")
    assert created(analyst, reference="Autumn")["reference"] == "Autumn"


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_reference_does_not_change(method: str) -> None:
    analyst = people.analyst()
    body = created(analyst, reference="autumn")
    changed = {"name": "B", "platform": "meta", "reference": "winter"}
    response = getattr(analyst.client, method)(address(body["id"]), changed, format="json")
    assert errors_of(response) == {"reference": "immutable"}
    same = changed | {"reference": "autumn"}
    assert getattr(analyst.client, method)(address(body["id"]), same, format="json").status_code == 200


def _in_threads(workspace: object, references: list[str]) -> list[str]:
    def create(reference: str) -> str:
        try:
            fields = {"name": "A", "platform": "meta", "reference": reference}
            return campaign_create(workspace=workspace, fields=fields).reference  # type: ignore[arg-type]
        except Exception as error:
            return type(error).__name__
        finally:
            connection.close()

    close_old_connections()
    with ThreadPoolExecutor(len(references)) as pool:
        return list(pool.map(create, references))


@pytest.mark.django_db(transaction=True)
def test_campaigns_created_at_once_get_different_references() -> None:
    workspace = people.new_workspace()
    given = _in_threads(workspace, [""] * 8)
    assert sorted(given) == [f"cmp-{number}" for number in range(1, 9)]


@pytest.mark.django_db(transaction=True)
def test_generating_at_once_with_giving_by_hand_leaves_nobody_without() -> None:
    workspace = people.new_workspace()
    outcomes = _in_threads(workspace, ["", "cmp-1", "", "cmp-2", "", "cmp-3"])
    kept = list(Campaign.objects.filter(workspace=workspace).values_list("reference", flat=True))
    assert len(kept) == len(set(kept))
    assert len(kept) == 6 - outcomes.count("Problem")
    assert [outcomes[0], outcomes[2], outcomes[4]].count("Problem") == 0


@pytest.mark.django_db(transaction=True)
def test_of_those_who_give_one_reference_at_once_one_succeeds() -> None:
    workspace = people.new_workspace()
    outcomes = _in_threads(workspace, ["autumn"] * 6)
    assert sorted(outcomes) == ["Problem"] * 5 + ["autumn"]
