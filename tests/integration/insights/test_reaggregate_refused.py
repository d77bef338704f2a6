"""What ClickHouse refuses is left out of a run and named; everything else is recomputed."""

from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from insights.reaggregation import pieces
from runs.models import Run
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
from warehouse.client import Writer

pytestmark = pytest.mark.django_db
POISON = 667
REFUSED = at(2026, 10, 3)
GOOD = [date(2026, 10, day) for day in (1, 2, 4, 5)]


@pytest.fixture
def refusing(writer: Writer) -> Iterator[None]:
    """A server that takes no quarter of an hour with so many clicks."""
    check = f"ADD CONSTRAINT poison CHECK ifNull(clicks, 0) != {POISON}"
    writer.run(f"ALTER TABLE rollup_15min {check}", feature="test")
    yield
    mend(writer)


def mend(writer: Writer) -> None:
    writer.run("ALTER TABLE rollup_15min DROP CONSTRAINT IF EXISTS poison", feature="test")


def put_one_refused_among_five(campaign: Any) -> None:
    put_events(campaign, *(day for day in days_from(at(2026, 10, 1), 5) if day != REFUSED))
    put_events(campaign, REFUSED, clicks=POISON)


def days(campaign: Any) -> list[Any]:
    return [day for (day,) in figures(campaign, columns="bucket")]


@pytest.mark.usefixtures("refusing")
@pytest.mark.parametrize("most_rows", [pieces.MOST_ROWS, 1])
def test_the_run_goes_on_and_names_the_campaign_and_the_day(
    queued: list[str], monkeypatch: pytest.MonkeyPatch, most_rows: int
) -> None:
    monkeypatch.setattr(pieces, "MOST_ROWS", most_rows)
    analyst = people.analyst()
    campaign = campaign_of(analyst)
    put_one_refused_among_five(campaign)
    url = ask(analyst, campaign).json()["url"]
    work(queued)
    run = analyst.client.get(url).json()
    assert (run["state"], run["progress"], run["error"]) == ("succeeded", {"done": 4, "total": 5}, None)
    [warning] = run["warnings"]
    assert warning["code"] == "refused"
    assert f"2026-10-03 (UTC) of campaign {campaign.id}" in warning["message"]
    assert days(campaign) == GOOD


@pytest.mark.usefixtures("refusing")
def test_a_run_of_which_nothing_came_through_has_failed_and_is_resumed_from_its_beginning(
    queued: list[str], writer: Writer
) -> None:
    analyst = people.analyst()
    campaign = campaign_of(analyst)
    put_events(campaign, *days_from(REFUSED, 2), clicks=POISON)
    ask(analyst, campaign)
    work(queued)
    run = Run.objects.get()
    assert (run.state, run.done, run.total, len(run.warnings)) == ("failed", 0, 2, 1)
    assert "refused" in run.error
    mend(writer)
    call_command("reaggregate", resume=run.id, stdout=StringIO(), stderr=StringIO())
    run = Run.objects.get()
    assert (run.state, run.done, run.total, run.warnings) == ("succeeded", 2, 2, [])
    assert days(campaign) == [date(2026, 10, 3), date(2026, 10, 4)]


@pytest.mark.usefixtures("refusing")
def test_the_command_names_the_day_and_fails_in_the_end() -> None:
    campaign = campaign_of(people.owner())
    put_one_refused_among_five(campaign)
    said = StringIO()
    with pytest.raises(CommandError, match="4 of 5 days recomputed"):
        call_command("reaggregate", campaign="a-1", stdout=StringIO(), stderr=said)
    assert "refused: The warehouse refused to recompute 2026-10-03" in said.getvalue()
    assert days(campaign) == GOOD


@pytest.mark.usefixtures("refusing")
def test_the_admin_shows_it(queued: list[str]) -> None:
    analyst = people.analyst()
    campaign = campaign_of(analyst)
    put_one_refused_among_five(campaign)
    run_id = ask(analyst, campaign).json()["run_id"]
    work(queued)
    browser = people.staff().browser
    page = browser.get(reverse("admin:runs_run_change", args=[run_id])).content.decode()
    assert "refused to recompute 2026-10-03" in page
    assert "4 of 5 (80%)" in browser.get(reverse("admin:runs_run_changelist")).content.decode()
