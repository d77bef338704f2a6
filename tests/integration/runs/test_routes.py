"""Members look how far a run is; strangers learn nothing, and viewers cancel nothing."""

import pytest

from campaigns.models import CampaignGrant
from runs.models import Run
from runs.services import run_progress, run_take
from tests import people
from tests.integration.runs.some_runs import asked, campaign_of

pytestmark = pytest.mark.django_db

RUNS = "/api/v1/runs/"


def address(run: Run) -> str:
    return f"{RUNS}{run.id}/"


def test_a_member_sees_how_far_a_run_is() -> None:
    owner = people.owner()
    run = asked(owner, start_date="2026-11-01")
    mine = run_take(run_id=run.id)
    assert mine
    run_progress(run=mine, done=3, total=4)
    body = people.viewer(owner.workspace).client.get(address(run)).json()
    assert (body["id"], body["kind"], body["state"]) == (str(run.id), "reaggregate", "running")
    assert body["progress"] == {"done": 3, "total": 4}
    assert body["parameters"] == {"start_date": "2026-11-01"}
    assert body["started_at"]
    assert (body["finished_at"], body["error"]) == (None, None)


def test_a_stranger_finds_neither_the_run_nor_its_cancellation() -> None:
    run, stranger = asked(people.owner()), people.stranger()
    assert stranger.client.get(address(run)).status_code == 404
    assert stranger.client.post(address(run) + "cancel/").status_code == 404
    assert stranger.client.get(RUNS).json()["results"] == []
    assert Run.objects.get(id=run.id).state == "queued"


def test_the_operators_own_runs_are_in_no_workspace() -> None:
    owner = people.owner()
    run = asked(owner)
    Run.objects.filter(id=run.id).update(workspace=None)
    assert owner.client.get(address(run)).status_code == 404


def test_a_restricted_member_sees_the_runs_of_granted_campaigns() -> None:
    owner = people.owner()
    shown, hidden = campaign_of(owner, "shown"), campaign_of(owner, "hidden")
    member = people.viewer(owner.workspace, restricted=True)
    CampaignGrant.objects.create(membership=member.membership, campaign=shown)
    runs = {name: asked(owner, campaign) for name, campaign in (("s", shown), ("h", hidden), ("all", None))}
    assert [run["id"] for run in member.client.get(RUNS).json()["results"]] == [str(runs["s"].id)]
    assert member.client.get(address(runs["h"])).status_code == 404
    assert member.client.get(address(runs["all"])).status_code == 404


def test_the_list_is_newest_first_paged_and_narrowed() -> None:
    owner = people.owner()
    campaign = campaign_of(owner)
    runs = [asked(owner), asked(owner, campaign), asked(owner)]
    page = owner.client.get(RUNS, {"limit": 2}).json()
    assert [run["id"] for run in page["results"]] == [str(runs[2].id), str(runs[1].id)]
    assert [run["id"] for run in owner.client.get(page["next"]).json()["results"]] == [str(runs[0].id)]
    narrowed = owner.client.get(RUNS, {"campaign": str(campaign.id), "state": "queued"}).json()
    assert [run["id"] for run in narrowed["results"]] == [str(runs[1].id)]
    assert owner.client.get(RUNS, {"colour": "red"}).status_code == 400


def test_an_analyst_cancels_a_run_and_a_viewer_does_not() -> None:
    owner = people.owner()
    run = asked(owner)
    url = address(run) + "cancel/"
    assert people.viewer(owner.workspace).client.post(url).status_code == 403
    assert people.analyst(owner.workspace).client.post(url).json()["state"] == "cancelled"
    assert people.analyst(owner.workspace).client.post(url).status_code == 200


def test_what_has_ended_is_not_cancelled() -> None:
    owner = people.owner()
    run = asked(owner)
    Run.objects.filter(id=run.id).update(state="succeeded", finished_at=run.created_at)
    response = owner.client.post(address(run) + "cancel/")
    assert (response.status_code, response.json()["code"]) == (409, "conflict")
