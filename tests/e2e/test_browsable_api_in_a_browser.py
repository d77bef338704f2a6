"""The browsable API by clicking: what a person does with it, not only that its pages open."""

import json
from collections.abc import Iterator
from secrets import token_hex
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.admin_tab import AdminTab
from tests.e2e.conftest import a_tab

CAMPAIGNS = "/api/v1/campaigns/"


@pytest.fixture
def tab(browser: Browser, demo: dict[str, Any]) -> Iterator[AdminTab]:
    """Of the demo user, who signed in on the API's own page."""
    with a_tab(browser, demo["base_url"]) as tab:
        tab.open(f"/api/browse/login/?next={CAMPAIGNS}")
        tab.page.get_by_label("Email").fill(demo["email"])
        tab.page.get_by_label("Password").fill(demo["password"])
        with tab.page.expect_navigation():
            tab.click("Sign in")
        yield tab


def answer_on(tab: AdminTab) -> dict[str, Any]:
    """The body that the page shows, below the answer's headers."""
    shown = tab.page.locator(".response-info").inner_text()
    return dict(json.loads(shown[shown.index("\n{") :]))


def fill_body(tab: AdminTab, body: dict[str, Any]) -> None:
    tab.page.get_by_label("Content:", exact=True).fill(json.dumps(body))


def press(tab: AdminTab, method: str) -> None:
    with tab.page.expect_navigation():
        tab.click(method)


def test_the_list_shows_the_campaigns_of_who_signed_in(tab: AdminTab, demo: dict[str, Any]) -> None:
    assert {"Rain jackets, prospecting", "Trail stories"} <= {
        one["name"] for one in answer_on(tab)["results"]
    }
    expect(tab.page.get_by_text(demo["email"])).to_be_visible()


def test_the_panel_of_filters_narrows_the_list_and_remembers_what_was_chosen(tab: AdminTab) -> None:
    tab.click("Filters")
    panel = tab.page.get_by_role("dialog", name="Filters")
    panel.get_by_label("Platform").select_option("google")
    panel.get_by_label("Search").fill("boots")
    with tab.page.expect_navigation():
        panel.get_by_role("button", name="Submit").click()

    assert [one["name"] for one in answer_on(tab)["results"]] == ["Search: hiking boots"]
    tab.click("Filters")
    expect(panel.get_by_label("Platform")).to_have_value("google")


def test_a_filter_that_makes_no_sense_is_told_on_the_page(tab: AdminTab) -> None:
    tab.open(f"{CAMPAIGNS}?starts_from=soon")
    assert answer_on(tab)["errors"][0]["field"] == "starts_from"
    assert all("400" in complaint for complaint in tab.complaints)
    tab.complaints.clear()


def test_a_campaign_is_made_and_replaced_by_the_forms(tab: AdminTab) -> None:
    reference = f"clicked-{token_hex(4)}"
    fill_body(tab, {"name": "Clicked", "platform": "meta", "reference": reference, "tags": ["by hand"]})
    press(tab, "POST")
    assert answer_on(tab)["reference"] == reference

    tab.open(f"{CAMPAIGNS}{reference}/")
    held = dict(json.loads(tab.page.get_by_label("Content:", exact=True).input_value()))
    fill_body(tab, held | {"name": "Clicked again", "objective": "Sales"})
    press(tab, "PUT")

    tab.open(f"{CAMPAIGNS}{reference}/")
    standing = answer_on(tab)
    assert (standing["name"], standing["objective"]) == ("Clicked again", "Sales")
    assert standing["tags"] == ["by hand"]


def test_a_mistake_in_a_form_is_told_by_its_field(tab: AdminTab) -> None:
    fill_body(tab, {"name": "Wrong", "platform": "radio"})
    press(tab, "POST")
    assert answer_on(tab)["errors"][0]["field"] == "platform"
    assert all("400" in complaint for complaint in tab.complaints)
    tab.complaints.clear()


def test_one_turns_the_pages_of_a_list_to_its_end_and_back(tab: AdminTab) -> None:
    tab.open(f"{CAMPAIGNS}?limit=2")
    first, seen = answer_on(tab), []
    while True:
        page = answer_on(tab)
        seen += [one["id"] for one in page["results"]]
        if not page["next"]:
            break
        with tab.page.expect_navigation():
            tab.page.locator(f'.response-info a[href="{page["next"]}"]').click()
    assert len(seen) == len(set(seen)) >= 6

    while previous := answer_on(tab)["previous"]:
        with tab.page.expect_navigation():
            tab.page.locator(f'.response-info a[href="{previous}"]').click()
    assert answer_on(tab)["results"] == first["results"]


def test_swagger_ui_tries_a_route_out_with_an_api_key(browser: Browser, demo: dict[str, Any]) -> None:
    with a_tab(browser, demo["base_url"]) as tab:
        tab.open("/api/docs/")
        tab.click("Authorize")
        bearer = tab.page.locator(".auth-container", has=tab.page.locator("#auth-bearer-value"))
        bearer.get_by_role("textbox").fill(demo["api_key"])
        bearer.get_by_role("button", name="Apply credentials").click()
        tab.page.locator(".modal-ux").get_by_role("button", name="Close").last.click()
        route = tab.page.locator("#operations-campaigns-campaigns_retrieve, [id*=campaigns_list]").first
        route.locator(".opblock-summary-control").first.click()
        route.get_by_role("button", name="Try it out").click()
        route.get_by_role("button", name="Execute").click()

        answer = route.locator(".live-responses-table")
        expect(answer.locator(".response-col_status").last).to_contain_text("200")
        expect(answer).to_contain_text("Rain jackets, prospecting")
