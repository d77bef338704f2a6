"""Every page of the admin against what no page of it would send."""

from itertools import product
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from tests import people

pytestmark = pytest.mark.django_db

admin.autodiscover()
PAGES = admin.site._registry
WITH_DATES = [model for model, page in PAGES.items() if page.date_hierarchy]
LAST_DAYS: list[dict[str, str]] = [
    {"year": "9999"},
    {"year": "9999", "month": "12"},
    {"year": "9999", "month": "12", "day": "31"},
    {"year": "9" * 20},
]
NO_KEYS = ["abc", "-", "9" * 30, "9" * 5000]


@pytest.fixture
def browser() -> Client:
    return people.staff().browser


def named(model: type[Model]) -> str:
    return model._meta.label_lower


def list_of(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def actions_of(model: type[Model]) -> list[str]:
    request = RequestFactory().get("/")
    request.user = people.staff().user
    return list(PAGES[model].get_actions(request))


@pytest.mark.parametrize("dates", LAST_DAYS, ids=str)
@pytest.mark.parametrize("model", WITH_DATES, ids=named)
def test_the_end_of_time_is_no_date_to_look_for(
    browser: Client, model: type[Model], dates: dict[str, str]
) -> None:
    field = PAGES[model].date_hierarchy
    asked = {f"{field}__{part}": value for part, value in dates.items()}
    assert browser.get(list_of(model), asked)["Location"].endswith("?e=1")


@pytest.mark.parametrize("model", PAGES, ids=named)
def test_what_is_no_key_selects_nothing(browser: Client, model: type[Model]) -> None:
    for action, key in product(actions_of(model), NO_KEYS):
        answer = browser.post(list_of(model), {"action": action, "_selected_action": [key]})
        assert answer.status_code < 500, (action, key[:30])


def test_no_row_has_a_page_outside_the_admin(browser: Client) -> None:
    kind = ContentType.objects.get_for_model(User)
    keys: list[Any] = ["abc", people.new_user().id]
    for key in keys:
        assert browser.get(f"/admin/r/{kind.pk}/{key}/").status_code == 404


def test_the_walk_reaches_what_it_is_for() -> None:
    assert User in PAGES
    assert len(WITH_DATES) >= 2
