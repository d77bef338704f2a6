"""Any range is recomputed from its raw rows, whoever asks, and a run that was cut short goes on."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import Workspace
from insights import tasks
from insights.reaggregation import contents, pieces, services
from insights.reaggregation.contents import Day
from insights.reaggregation.scope import CampaignRange, Scope
from insights.rollups.targets import Target
from runs.models import Run
from runs.services import run_cancel, run_take
from tests import people
from tests.integration.insights.reaggregating import (
    ask,
    at,
    campaign_of,
    days_from,
    figures,
    put_events,
    work,
)
from warehouse.errors import WarehouseUnavailable
from warehouse.tables import ROLLUP_15MIN, ROLLUP_DAY, ROLLUP_MINUTE
from warehouse.writer import insert

pytestmark = pytest.mark.django_db

COMMAND: Any = {"stdout": StringIO(), "stderr": StringIO()}


def days_of(targets: Iterable[Target]) -> list[tuple[date, date]]:
    return [(target.first.date(), target.last.date()) for target in targets]


def test_an_analyst_asks_a_worker_works_and_the_figures_are_those_of_the_raw_rows(queued: list[str]) -> None:
    analyst = people.analyst()
    campaign = campaign_of(analyst)
    put_events(campaign, at(2026, 10, 1, 9), at(2026, 10, 1, 9, 20), at(2026, 10, 3, 9), clicks=2)
    response = ask(analyst, campaign)
    assert response.status_code == 202
    body = response.json()
    assert (body["state"], body["url"]) == ("queued", f"/api/v1/runs/{body['run_id']}/")
    work(queued)
    run = analyst.client.get(body["url"]).json()
    assert (run["state"], run["progress"], run["error"]) == ("succeeded", {"done": 2, "total": 2}, None)
    assert figures(campaign, columns="bucket, clicks") == [(date(2026, 10, 1), 4), (date(2026, 10, 3), 2)]
    assert [row[1] for row in figures(campaign, "rollup_15min", "bucket, clicks")] == [2, 2, 2]


def test_a_viewer_may_not_and_a_stranger_finds_no_campaign(queued: list[str]) -> None:
    owner = people.owner()
    campaign = campaign_of(owner)
    assert ask(people.viewer(owner.workspace), campaign).status_code == 403
    assert ask(people.stranger(), campaign).status_code == 404
    assert (queued, Run.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"start_date": "2026-10-02", "end_date": "2026-10-01"}, "end_date"),
        ({"start_date": "yesterday"}, "start_date"),
        ({"end_date": "9999-12-31"}, "end_date"),
        ({"start_date": "0001-01-01"}, "start_date"),
        ({"from": "2026-10-02"}, "from"),
    ],
)
def test_what_makes_no_range_is_refused(queued: list[str], body: dict[str, str], field: str) -> None:
    analyst = people.analyst()
    response = ask(analyst, campaign_of(analyst), **body)
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, field)


def test_the_same_again_while_it_waits_is_the_same_run(queued: list[str], recomputed: list[Target]) -> None:
    analyst = people.analyst()
    campaign = campaign_of(analyst)
    first, second = ask(analyst, campaign).json(), ask(analyst, campaign).json()
    other = ask(analyst, campaign, start_date="2026-10-01").json()
    assert first["run_id"] == second["run_id"] != other["run_id"]
    work(queued)
    assert ask(analyst, campaign).json()["run_id"] != first["run_id"]


def test_a_queue_that_is_down_is_told_and_the_run_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(_: str) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.reaggregate, "delay", down)
    analyst = people.analyst()
    response = ask(analyst, campaign_of(analyst))
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert [run.state for run in Run.objects.all()] == ["failed"]


def test_the_days_are_the_campaigns_own(recomputed: list[Target], queued: list[str]) -> None:
    analyst = people.analyst()
    campaign = campaign_of(analyst, timezone="Europe/Berlin")
    put_events(campaign, *(at(2026, 7, day, hour) for day in (1, 2, 3) for hour in (21, 23)))
    ask(analyst, campaign, start_date="2026-07-02", end_date="2026-07-02")
    work(queued)
    assert [(target.first, target.last) for target in recomputed] == [
        (datetime(2026, 7, 1, 22, tzinfo=UTC), datetime(2026, 7, 2, 22, tzinfo=UTC))
    ]


def test_a_long_run_lets_others_have_a_turn_and_goes_on(
    recomputed: list[Target], queued: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "TURN_SECONDS", -1)
    monkeypatch.setattr(pieces, "MOST_ROWS", 1)
    analyst = people.analyst()
    campaign = campaign_of(analyst)
    put_events(campaign, *days_from(at(2026, 10, 1), 3))
    run_id = ask(analyst, campaign).json()["run_id"]
    for done in (1, 2, 3):
        tasks.reaggregate(queued.pop())
        assert len(recomputed) == done
        run = Run.objects.get(id=run_id)
        assert (run.done, run.taken_by) == (done, None), "between its turns it only waits"
    work(queued)
    assert len(recomputed) == 3
    assert Run.objects.get(id=run_id).state == "succeeded"


def test_a_turn_looks_at_what_is_ahead_of_it_and_no_farther_than_it_comes(
    recomputed: list[Target], queued: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "TURN_SECONDS", -1)
    looked: list[tuple[datetime, datetime]] = []
    days_of_range = pieces.days_of

    def noted(wanted: CampaignRange) -> Any:
        looked.append((wanted.first, wanted.last))
        return days_of_range(wanted)

    monkeypatch.setattr(pieces, "days_of", noted)
    analyst = people.analyst()
    campaign = campaign_of(analyst)
    put_events(campaign, at(2026, 9, 5), at(2026, 9, 20), at(2026, 10, 20))
    ask(analyst, campaign, start_date="2026-09-10", end_date="2026-11-10")
    tasks.reaggregate(queued.pop())
    counted, taken = looked[:3], looked[3:]
    assert counted == [
        (at(2026, 9, 10), at(2026, 10, 1)),
        (at(2026, 10, 1), at(2026, 11, 1)),
        (at(2026, 11, 1), at(2026, 11, 11)),
    ]
    assert taken == counted[:1]
    looked.clear()
    tasks.reaggregate(queued.pop())
    assert looked == [(at(2026, 9, 21), at(2026, 10, 1)), counted[1]]


def test_a_run_that_was_cut_short_goes_on_after_what_was_recorded(
    recomputed: list[Target], queued: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "MOST_ROWS", 1)
    analyst = people.analyst()
    campaigns = [campaign_of(analyst, f"c-{number}") for number in range(3)]
    for campaign in campaigns:
        put_events(campaign, *days_from(at(2026, 10, 1), 2))
    run = services.reaggregate_ask(
        scope=Scope(workspace_id=analyst.workspace.id), asker={"asked_by_id": None, "asked_as": "a test"}
    )

    def die(targets: list[Target]) -> None:
        if len(recomputed) == 3:
            raise SystemExit
        recomputed.extend(targets)

    monkeypatch.setattr(services, "recompute", die)
    with pytest.raises(SystemExit):
        services.reaggregate_work(run_id=run.id, seconds=60)
    assert Run.objects.get(id=run.id).state == "running"
    monkeypatch.setattr(services, "recompute", recomputed.extend)
    queued.append(str(run.id))
    work(queued)
    expected = sorted((str(c.id), day) for c in campaigns for day in (date(2026, 10, 1), date(2026, 10, 2)))
    assert sorted((str(target.campaign_id), target.first.date()) for target in recomputed) == expected
    assert (Run.objects.get(id=run.id).done, Run.objects.get(id=run.id).state) == (6, "succeeded")


def test_a_cancelled_run_stops_before_its_next_piece(
    queued: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "MOST_ROWS", 1)
    analyst = people.analyst()
    campaign = campaign_of(analyst)
    put_events(campaign, *days_from(at(2026, 10, 1), 3))
    url = ask(analyst, campaign).json()["url"]
    seen: list[Target] = []

    def cancel(targets: Iterable[Target]) -> set[UUID]:
        seen.extend(targets)
        assert analyst.client.post(f"{url}cancel/").status_code == 200
        return set()

    monkeypatch.setattr(services, "recompute", cancel)
    work(queued)
    assert len(seen) == 1
    assert analyst.client.get(url).json()["state"] == "cancelled"


def test_a_warehouse_that_is_away_is_tried_again_and_at_last_given_up(
    queued: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> None:
        raise WarehouseUnavailable("gone fishing")

    monkeypatch.setattr(services, "recompute", away)
    analyst = people.analyst()
    campaign = campaign_of(analyst)
    put_events(campaign, at(2026, 10, 1))
    run_id = ask(analyst, campaign).json()["run_id"]
    tasks.reaggregate.apply([run_id])
    run = Run.objects.get(id=run_id)
    assert (run.state, run.error) == ("failed", "A store stayed away: gone fishing")


def test_a_day_whose_last_second_alone_has_facts_is_found() -> None:
    campaign = campaign_of(people.analyst())
    put_events(campaign, at(2026, 10, 1, 23, 59) + timedelta(seconds=59.5))
    day = CampaignRange(campaign.workspace_id, campaign.id, at(2026, 10, 1), at(2026, 10, 2))
    assert contents.days_of(day) == [Day(date(2026, 10, 1), "events", 1)]


def test_figures_without_raw_rows_vanish_at_every_level(queued: list[str]) -> None:
    analyst = people.analyst()
    campaign = campaign_of(analyst)
    bucket = timezone.now().replace(minute=0, second=0, microsecond=0)
    key = {"workspace_id": [campaign.workspace_id], "campaign_id": [campaign.id], "source": ["events"]}
    stale = key | {"clicks": [7], "version": [1], "is_deleted": [0]}
    for table in (ROLLUP_MINUTE, ROLLUP_15MIN):
        insert(table, stale | {"bucket": [bucket]}, feature="test")
    insert(ROLLUP_DAY, stale | {"timezone": ["UTC"], "bucket": [bucket.date()]}, feature="test")
    ask(analyst, campaign)
    work(queued)
    assert [figures(campaign, level) for level in ("rollup_minute", "rollup_15min", "rollup_day")] == [[]] * 3


def test_across_the_floor_only_what_is_above_is_recomputed_and_the_run_says_so(
    recomputed: list[Target], queued: list[str]
) -> None:
    analyst = people.analyst()
    campaign = campaign_of(analyst)
    Workspace.objects.filter(id=analyst.workspace.id).update(raw_floor=date(2026, 10, 1))
    put_events(campaign, *days_from(at(2026, 9, 29), 4))
    url = ask(analyst, campaign, start_date="2026-09-29", end_date="2026-10-02").json()["url"]
    work(queued)
    assert days_of(recomputed) == [(date(2026, 10, 1), date(2026, 10, 3))]
    [warning] = analyst.client.get(url).json()["warnings"]
    assert warning["code"] == "below_raw_floor"
    assert "before 2026-10-01" in warning["message"]


def test_below_the_floor_it_is_refused(queued: list[str]) -> None:
    analyst = people.analyst()
    campaign = campaign_of(analyst)
    Workspace.objects.filter(id=analyst.workspace.id).update(raw_floor=date(2026, 10, 1))
    response = ask(analyst, campaign, end_date="2026-09-30")
    assert (response.status_code, response.json()["code"]) == (409, "below_raw_floor")
    with pytest.raises(CommandError, match="below_raw_floor"):
        call_command("reaggregate", campaign=str(campaign.id), last=date(2026, 9, 30), **COMMAND)
    assert (queued, Run.objects.count()) == ([], 0)


def test_everything_is_recomputed_from_the_floor_on(recomputed: list[Target], queued: list[str]) -> None:
    analyst = people.analyst()
    campaign = campaign_of(analyst)
    Workspace.objects.filter(id=analyst.workspace.id).update(raw_floor=date(2026, 10, 1))
    put_events(campaign, *days_from(at(2026, 9, 29), 4))
    url = ask(analyst, campaign).json()["url"]
    work(queued)
    assert days_of(recomputed) == [(date(2026, 10, 1), date(2026, 10, 3))]
    assert analyst.client.get(url).json()["warnings"] == []


def test_the_command_recomputes_one_campaign_a_workspace_or_all(recomputed: list[Target]) -> None:
    ours, theirs = people.owner(), people.owner()
    first, second, third = campaign_of(ours, "one"), campaign_of(ours, "two"), campaign_of(theirs, "three")
    for campaign in (first, second, third):
        put_events(campaign, at(2026, 10, 1))
    expected: list[tuple[dict[str, Any], set[UUID]]] = [
        ({"campaign": "one"}, {first.id}),
        ({"campaign": str(second.id)}, {second.id}),
        ({"workspace": ours.workspace.id}, {first.id, second.id}),
        ({"all": True}, {first.id, second.id, third.id}),
    ]
    for options, campaigns in expected:
        recomputed.clear()
        call_command("reaggregate", **options, **COMMAND)
        assert {target.campaign_id for target in recomputed} == campaigns
    assert {run.state for run in Run.objects.all()} == {"succeeded"}
    assert Run.objects.filter(workspace=None).count() == 1


def test_a_dry_run_tells_and_does_nothing(recomputed: list[Target]) -> None:
    owner = people.owner()
    put_events(campaign_of(owner), *days_from(at(2026, 10, 1), 3))
    said = StringIO()
    call_command("reaggregate", campaign="a-1", dry_run=True, stdout=said)
    assert said.getvalue() == "3 days of 1 campaigns with 3 raw rows in 1 pieces.\n"
    assert (recomputed, Run.objects.count()) == ([], 0)


def test_the_command_resumes_what_was_stopped(
    recomputed: list[Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "MOST_ROWS", 1)
    put_events(campaign_of(people.owner()), *days_from(at(2026, 10, 1), 3))

    def stop(targets: Iterable[Target]) -> None:
        if recomputed:
            raise KeyboardInterrupt
        recomputed.extend(targets)

    with monkeypatch.context() as patched:
        patched.setattr(services, "recompute", stop)
        with pytest.raises(KeyboardInterrupt):
            call_command("reaggregate", campaign="a-1", **COMMAND)
    run = Run.objects.get()
    assert (run.state, run.done) == ("failed", 1)
    call_command("reaggregate", resume=run.id, **COMMAND)
    assert days_of(recomputed) == [(date(2026, 10, n), date(2026, 10, n + 1)) for n in (1, 2, 3)]
    assert Run.objects.get().state == "succeeded"


@pytest.mark.parametrize(
    ("meanwhile", "said"),
    [
        (lambda run: run_take(run_id=run.id), "Somebody else took the run over and goes on with it."),
        (lambda run: run_cancel(run=run), "The run was cancelled."),
    ],
)
def test_the_command_says_what_became_of_a_run_that_it_lost(
    meanwhile: Callable[[Run], object], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(_: object) -> set[UUID]:
        meanwhile(Run.objects.get())
        return set()

    put_events(campaign_of(people.owner()), at(2026, 10, 1))
    monkeypatch.setattr(services, "recompute", lose)
    with pytest.raises(CommandError) as refusal:
        call_command("reaggregate", campaign="a-1", **COMMAND)
    assert str(refusal.value) == said


def test_the_command_names_what_it_does_not_know() -> None:
    for who in (people.owner(), people.owner()):
        campaign_of(who, "same")
    for name, told in (("none", "no campaign"), ("same", "Several workspaces")):
        with pytest.raises(CommandError, match=told):
            call_command("reaggregate", campaign=name, **COMMAND)
    with pytest.raises(CommandError, match="no such run"):
        call_command("reaggregate", resume=UUID(int=0), **COMMAND)


def test_staff_recompute_selected_campaigns(queued: list[str], recomputed: list[Target]) -> None:
    staff = people.staff()
    campaigns = [campaign_of(people.owner(), f"c-{number}") for number in range(2)]
    for campaign in campaigns:
        put_events(campaign, at(2026, 10, 1))
    action = {"action": "reaggregate_selected", "_selected_action": [str(one.id) for one in campaigns]}
    page = staff.browser.post(reverse("admin:campaigns_campaign_changelist"), action, follow=True)
    assert "being recomputed" in " ".join(str(message) for message in page.context["messages"])
    work(queued)
    assert {target.campaign_id for target in recomputed} == {campaign.id for campaign in campaigns}
    assert {run.asked_as for run in Run.objects.all()} == {staff.user.email}
