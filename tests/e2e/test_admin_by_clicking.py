"""What staff do in the admin: find a row, change it, act on it, and read in the audit trail that they did."""

from secrets import token_hex
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.admin_tab import AdminTab
from tests.e2e.api_client import ApiClient

CAMPAIGNS, TRAIL = "campaigns.campaign", "accounts.auditentry"


@pytest.fixture
def campaign(owner: ApiClient) -> str:
    """The name of a campaign that no other test touches."""
    name = f"Clicked {token_hex(4)}"
    owner.post("/api/v1/campaigns/", {"name": name, "platform": "tiktok", "status": "paused"})
    return name


def newest_entry(staff: AdminTab, name: str) -> str:
    """What the audit trail says of the last thing that happened to this row."""
    staff.open_list(TRAIL)
    staff.search(name)
    with staff.page.expect_navigation():
        staff.rows().first.locator("th a").click()
    return staff.text()


def test_a_search_finds_one_row_and_says_so_when_there_is_none(staff: AdminTab, campaign: str) -> None:
    staff.open_list(CAMPAIGNS)
    staff.search(campaign)
    expect(staff.rows()).to_have_count(1)
    staff.search("nothing is called like this")
    expect(staff.rows()).to_have_count(0)


def test_filters_narrow_the_list(staff: AdminTab, campaign: str) -> None:
    staff.open_list(CAMPAIGNS)
    staff.open_filters()
    staff.page.locator("#changelist-filter, #changelist-filters").get_by_role("link", name="Paused").click()
    staff.page.wait_for_url("**status__exact=paused*")
    expect(staff.row(campaign)).to_have_count(1)
    expect(staff.row("Rain jackets, prospecting")).to_have_count(0)


def test_an_edit_stands_in_the_audit_trail_with_its_actor(
    staff: AdminTab, campaign: str, demo: dict[str, Any]
) -> None:
    staff.open_list(CAMPAIGNS)
    staff.search(campaign)
    staff.follow(campaign)
    staff.page.get_by_label("Objective").fill("Awareness")
    staff.save()

    entry = newest_entry(staff, campaign)
    assert demo["email"] in entry
    assert "objective" in entry.lower()
    assert "Awareness" in entry


def test_an_action_on_selected_rows_stands_there_too(
    staff: AdminTab, campaign: str, demo: dict[str, Any]
) -> None:
    staff.open_list(CAMPAIGNS)
    staff.search(campaign)
    staff.do("Archive selected", campaign)
    expect(staff.row(campaign)).to_contain_text("Archived")

    entry = newest_entry(staff, campaign)
    assert demo["email"] in entry
    assert "archived" in entry.lower()


def test_the_trail_can_only_be_read(staff: AdminTab, campaign: str) -> None:
    newest_entry(staff, campaign)
    assert staff.page.get_by_role("button", name="Save").count() == 0
    assert staff.page.get_by_role("link", name="Delete").count() == 0
    assert staff.page.locator("#content-main input:visible, #content-main textarea:visible").count() == 0
