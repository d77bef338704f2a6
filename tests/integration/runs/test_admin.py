"""Operations staff watch runs and cancel them."""

import pytest
from django.test import Client
from django.urls import reverse

from runs.models import Run
from runs.services import run_progress, run_take
from tests import people
from tests.integration.runs.some_runs import asked, campaign_of

pytestmark = pytest.mark.django_db

LIST = "admin:runs_run_changelist"


@pytest.fixture
def browser() -> Client:
    return people.staff().browser


def test_the_list_and_the_page_tell_the_progress(browser: Client) -> None:
    owner = people.owner()
    run = asked(owner, campaign_of(owner))
    mine = run_take(run_id=run.id)
    assert mine
    run_progress(run=mine, done=3, total=4)
    for page in (reverse(LIST) + "?q=a-1", reverse("admin:runs_run_change", args=[run.id])):
        assert "3 of 4 (75%)" in browser.get(page).content.decode()


def test_runs_are_neither_made_nor_deleted_here(browser: Client) -> None:
    run = asked(people.owner())
    assert browser.get(reverse("admin:runs_run_add")).status_code == 403
    assert browser.post(reverse("admin:runs_run_delete", args=[run.id]), {"post": "yes"}).status_code == 403


def test_selected_runs_are_cancelled_and_the_ended_are_told(browser: Client) -> None:
    open_run, ended = asked(people.owner()), asked(people.owner())
    Run.objects.filter(id=ended.id).update(state="succeeded", finished_at=ended.created_at)
    action = {"action": "cancel_selected", "_selected_action": [str(open_run.id), str(ended.id)]}
    page = browser.post(reverse(LIST), action, follow=True)
    assert "succeeded already" in " ".join(str(message) for message in page.context["messages"])
    states = Run.objects.filter(id__in=[open_run.id, ended.id]).order_by("created_at")
    assert [run.state for run in states] == ["cancelled", "succeeded"]
