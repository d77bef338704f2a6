"""The pages that mails lead to, from the mail to the first sign-in."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.e2e.admin_tab import AdminTab
from tests.e2e.api_client import ApiClient
from tests.e2e.mailbox import link_in_mail
from tests.running_stack import RealStack

OWN_PAGES = ["/account/invitation/?token=x", "/account/password/?token=x", "/api/browse/login/"]
NARROW = {"width": 400, "height": 800}
PASSWORD, ANOTHER = "correct horse battery", "battery horse correct"


def sign_in(tab: AdminTab, email: str, password: str) -> None:
    tab.page.get_by_label("Email").fill(email)
    tab.page.get_by_label("Password").fill(password)
    tab.click("Sign in")
    tab.page.wait_for_url("**/api/v1/campaigns/")


@pytest.mark.parametrize("path", OWN_PAGES)
def test_every_input_has_a_label_and_every_page_a_title_and_a_language(tab: AdminTab, path: str) -> None:
    tab.open(path)
    assert tab.page.locator("input:visible").count() > 0
    assert tab.unlabelled() == []
    assert "Campaign Analytics" in tab.page.title()
    assert tab.page.locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize("path", OWN_PAGES)
def test_no_page_is_wider_than_a_narrow_screen(tab: AdminTab, path: str) -> None:
    tab.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    tab.open(path)
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_an_input_without_a_label_would_be_found(tab: AdminTab) -> None:
    tab.page.set_content("<label>Named <input></label><input id='nameless'>")
    assert tab.unlabelled() == ['<input id="nameless">']


def test_an_invited_person_joins_and_signs_in(
    stack: RealStack, tab: AdminTab, owner: ApiClient, demo: dict[str, Any]
) -> None:
    invitation = {"email": "newcomer@example.com", "role": "viewer"}
    owner.post(f"/api/v1/workspaces/{demo['workspace_id']}/invitations/", invitation)
    link = urlsplit(link_in_mail(stack.data_dir, "newcomer@example.com"))
    tab.open(f"{link.path}?{link.query}")
    tab.page.get_by_label("Your name").fill("New Comer")
    tab.page.get_by_label("Password").fill(PASSWORD)
    tab.click("Join the workspace")
    tab.click("sign in", "link")
    sign_in(tab, "newcomer@example.com", PASSWORD)
    assert "Rain jackets, prospecting" in tab.text()


def test_a_password_that_is_too_short_is_told_beside_its_field(
    stack: RealStack, tab: AdminTab, owner: ApiClient, demo: dict[str, Any]
) -> None:
    invitation = {"email": "hasty@example.com", "role": "viewer"}
    owner.post(f"/api/v1/workspaces/{demo['workspace_id']}/invitations/", invitation)
    link = urlsplit(link_in_mail(stack.data_dir, "hasty@example.com"))
    tab.open(f"{link.path}?{link.query}")
    tab.page.get_by_label("Password").fill("short")
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator(".errorlist")).to_contain_text("too short")
    assert [one for one in tab.complaints if "400" not in one] == []
    tab.complaints.clear()


def test_a_forgotten_password_is_replaced_with_the_mailed_link(
    stack: RealStack, tab: AdminTab, nobody: ApiClient
) -> None:
    person = {"email": "forgetful@example.com", "password": PASSWORD}
    nobody.post("/api/v1/auth/register/", person)
    nobody.post("/api/v1/auth/password/reset/", {"email": person["email"]})
    link = urlsplit(link_in_mail(stack.data_dir, person["email"]))
    tab.open(f"{link.path}?{link.query}")
    tab.page.get_by_label("New password").fill(ANOTHER)
    tab.page.keyboard.press("Enter")
    tab.click("sign in", "link")
    sign_in(tab, person["email"], ANOTHER)
    assert nobody.post("/api/v1/auth/login/", person).status == 401
