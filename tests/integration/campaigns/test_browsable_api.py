"""Somebody who signed in on a page can try every route from a browser."""

import json
import re
from html import unescape

import pytest
from django.test import Client

from campaigns.models import Campaign, CampaignGrant
from tests import people
from tests.integration.campaigns.campaign_calls import CAMPAIGNS, address, created
from tests.integration.campaigns.connection_calls import CONNECTIONS, SECRET, connected
from tests.integration.campaigns.connection_calls import address as connection_address

pytestmark = pytest.mark.django_db

PAGE = {"Accept": "text/html"}


def test_every_route_is_a_page_for_who_is_signed_in() -> None:
    admin = people.admin()
    campaign = Campaign.objects.get(id=created(admin, tags=["a"])["id"])
    connection = connected(admin)
    grant = CampaignGrant.objects.create(campaign=campaign, membership=admin.membership)
    routes = [
        CAMPAIGNS,
        address("cmp-1"),
        address("cmp-1") + "grants/",
        address("cmp-1") + f"grants/{grant.id}/",
        CONNECTIONS,
        connection_address(connection),
    ]
    for route in routes:
        response = admin.browser.get(route, headers=PAGE)
        assert response.status_code == 200
        assert "text/html" in response["Content-Type"]
        assert SECRET not in response.content.decode()


@pytest.mark.parametrize("route", [CAMPAIGNS, address("cmp-1")])
def test_who_may_write_finds_a_form_and_who_may_not_finds_none(route: str) -> None:
    analyst = people.analyst()
    created(analyst)
    viewer = people.viewer(analyst.workspace)
    form = 'name="_content"'
    assert form in analyst.browser.get(route, headers=PAGE).content.decode()
    assert form not in viewer.browser.get(route, headers=PAGE).content.decode()


def test_the_form_holds_what_stands_and_sending_it_back_changes_nothing() -> None:
    analyst = people.analyst()
    standing = created(
        analyst,
        tags=["Größe", "</textarea>"],
        budget={"amount": "10.5", "currency": "EUR", "period": "daily"},
    )
    page = analyst.browser.get(address("cmp-1"), headers=PAGE).content.decode()
    [content] = re.findall(r'<textarea name="_content"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    held = json.loads(unescape(content))
    assert held == standing
    again = analyst.client.put(address("cmp-1"), held, format="json").json()
    moving = {"version", "updated_at"}
    assert {name: again[name] for name in again.keys() - moving} == {
        name: standing[name] for name in standing.keys() - moving
    }


def test_a_form_that_makes_something_new_is_empty() -> None:
    page = people.analyst().browser.get(CAMPAIGNS, headers=PAGE).content.decode()
    [content] = re.findall(r'<textarea name="_content"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert not content.strip()


def test_the_page_of_a_list_keeps_its_filters() -> None:
    analyst = people.analyst()
    created(analyst, name="Needle", status="active")
    created(analyst, name="Hay", status="paused")
    shown = analyst.browser.get(f"{CAMPAIGNS}?status=active", headers=PAGE).content.decode()
    assert "Needle" in shown
    assert "Hay" not in shown


def test_a_session_writes_only_with_a_csrf_token() -> None:
    analyst = people.analyst()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(analyst.user)
    body = {"name": "A", "platform": "meta"}
    assert browser.post(CAMPAIGNS, body, content_type="application/json").status_code == 403
    browser.get(CAMPAIGNS, headers=PAGE)
    token = {"X-CSRFToken": browser.cookies["csrftoken"].value}
    response = browser.post(CAMPAIGNS, body, content_type="application/json", headers=token)
    assert response.status_code == 201
