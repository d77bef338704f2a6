"""Operations staff see what stands aside, and have it tried again."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from insights.models import SetAside
from tests import people

pytestmark = pytest.mark.django_db
LIST = "admin:insights_setaside_changelist"


@pytest.fixture
def browser() -> Client:
    return people.staff().browser


@pytest.fixture
def aside() -> SetAside:
    return SetAside.objects.create(
        workspace_id=uuid4(),
        campaign_id=uuid4(),
        source="events",
        bucket=datetime(2026, 11, 20, 12, tzinfo=UTC),
        version=2,
        code=469,
        reason="ClickHouse refused with code 469: no",
        next_try_at=timezone.now() + timedelta(hours=1),
    )


def test_the_list_and_the_page_tell_the_reason(browser: Client, aside: SetAside) -> None:
    for page in (
        reverse(LIST) + f"?q={aside.campaign_id}",
        reverse("admin:insights_setaside_change", args=[aside.pk]),
    ):
        assert aside.reason in browser.get(page).content.decode()


def test_what_is_selected_is_due_now(browser: Client, aside: SetAside) -> None:
    browser.post(reverse(LIST), {"action": "try_again_now", "_selected_action": [str(aside.pk)]})
    aside.refresh_from_db()
    assert aside.next_try_at <= timezone.now()


def test_nobody_makes_or_deletes_one(browser: Client, aside: SetAside) -> None:
    assert browser.get(reverse("admin:insights_setaside_add")).status_code == 403
    assert browser.post(reverse("admin:insights_setaside_delete", args=[aside.pk])).status_code == 403
