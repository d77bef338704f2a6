"""Every page of the admin in a real browser: it opens, nothing on it complains, and no secret is on it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from playwright.sync_api import Browser, Response, expect

from runtime.options import RateLimits
from tests.e2e.admin_tab import AdminTab
from tests.e2e.api_client import ApiClient
from tests.e2e.conftest import a_tab
from tests.e2e.dead_letters import park_one
from tests.e2e.filled_workspace import fill_workspace
from tests.e2e.set_aside import set_one_aside
from tests.e2e.stored_secrets import StoredSecrets
from tests.e2e.web_with_limits import web_with_limits
from tests.running_stack import RealStack

admin.autodiscover()
MODELS = {model._meta.label_lower: model for model in admin.site._registry}
NARROW = {"width": 400, "height": 800}


@pytest.fixture(scope="module")
def secrets(stack: RealStack, demo: dict[str, Any], owner: ApiClient, nobody: ApiClient) -> StoredSecrets:
    """Everything that no page may show, with a row behind every page."""
    workspace = f"/api/v1/workspaces/{demo['workspace_id']}/"
    park_one(stack, demo, position=1)
    set_one_aside(stack, demo)
    named = fill_workspace(workspace, owner, nobody, stack.data_dir)
    return StoredSecrets(stack.options(), demo, named)


def pages_of(staff: AdminTab, model: str) -> Iterator[Response]:
    """Opens the list, the form to add one, the page of one row, and everything that this page leads to."""
    start = address_of(model)
    yield staff.open(start)
    row = [link for link in staff.links(start) if link.endswith("/change/")][:1]
    for path in [*staff.links(f"{start}add/"), *row]:
        yield staff.open(path)
    of_the_row = [path.removesuffix("change/") for path in row]
    for path in [link for beginning in of_the_row for link in staff.links(beginning) if link not in row]:
        yield staff.open(path)


def address_of(model: str) -> str:
    return f"/admin/{model.replace('.', '/')}/"


@pytest.mark.parametrize("model", MODELS)
def test_every_page_of_a_model_opens_under_its_name_and_shows_no_secret(
    model: str, staff: AdminTab, secrets: StoredSecrets
) -> None:
    for page in pages_of(staff, model):
        assert page.status == 200, page.url
        assert MODELS[model]._meta.verbose_name_plural.lower() in staff.headings().lower()
        assert secrets.shown_in(page.text() + staff.page.content()) == [], page.url


def test_the_pages_beside_those_of_models_open_and_show_no_secret(
    staff: AdminTab, secrets: StoredSecrets
) -> None:
    apps = {f"/admin/{model._meta.app_label}/" for model in MODELS.values()}
    for path in ("/admin/", "/admin/password_change/", *apps):
        page = staff.open(path)
        assert page.status == 200, path
        assert secrets.shown_in(page.text() + staff.page.content()) == [], path


def test_no_entry_of_the_audit_trail_shows_a_secret(staff: AdminTab, secrets: StoredSecrets) -> None:
    staff.open_list("accounts.auditentry")
    entries = [link for link in staff.links(address_of("accounts.auditentry")) if link.endswith("/change/")]
    pages = [staff.page.request.get(staff.base_url + entry) for entry in entries]
    assert {page.status for page in pages} == {200}
    assert [page.url for page in pages if secrets.shown_in(page.text())] == []


def test_every_model_has_a_row_to_be_looked_at(staff: AdminTab, secrets: StoredSecrets) -> None:
    empty = set()
    for model in MODELS:
        staff.open_list(model)
        if staff.rows().count() == 0:
            empty.add(model)
    assert empty == {"auth.group"}


def test_the_secrets_looked_for_are_those_that_there_are(secrets: StoredSecrets) -> None:
    assert secrets.places >= {
        "accounts_user.password",
        "accounts_apikey.key_hash",
        "accounts_invitation.token_hash",
        "campaigns_connection.encrypted_credentials",
        "django_session.session_key",
        "demo api_key",
        "CA_WEB_SECRET_KEY",
        "CA_POSTGRES_PASSWORD",
        "a refresh token",
    }


def test_a_secret_on_a_page_would_be_found(secrets: StoredSecrets, demo: dict[str, Any]) -> None:
    assert secrets.shown_in(f"<td>{demo['api_key']}</td>") == ["demo api_key"]


def test_the_first_page_and_the_sidebar_lead_to_every_list(staff: AdminTab) -> None:
    staff.open("/admin/")
    lists = {address_of(model) for model in MODELS}
    for place in ("#nav-sidebar", "#content"):
        found = staff.page.locator(place).locator("a").evaluate_all("links => links.map(one => one.pathname)")
        assert lists <= set(found), place


def test_pages_say_where_one_is(staff: AdminTab) -> None:
    staff.open("/admin/")
    assert "Campaign Analytics" in staff.page.title()
    assert staff.page.locator("html").get_attribute("lang") == "en"
    expect(staff.page.get_by_text("development", exact=True)).to_be_visible()
    staff.click("API documentation", "link")
    expect(staff.page).to_have_url(f"{staff.base_url}/api/docs/")


def test_nothing_is_wider_than_a_narrow_screen(staff: AdminTab) -> None:
    staff.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    for path in ("/admin/", "/admin/campaigns/campaign/", "/admin/campaigns/campaign/add/"):
        staff.open(path)
        assert staff.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], path


def test_one_signs_in_with_the_keyboard_alone(tab: AdminTab, demo: dict[str, Any]) -> None:
    tab.open("/admin/")
    tab.page.get_by_label("Email").focus()
    tab.page.keyboard.type(demo["email"])
    tab.page.keyboard.press("Tab")
    tab.page.keyboard.type(demo["password"])
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("h1").first).to_have_text("Site administration")
    assert tab.page.url == f"{tab.base_url}/admin/"


def test_the_first_stops_of_the_tab_key_lead_to_the_form(tab: AdminTab) -> None:
    tab.open("/admin/")
    reached = []
    while "username" not in reached:
        tab.page.keyboard.press("Tab")
        reached.append(tab.page.evaluate("document.activeElement.name || document.activeElement.tagName"))
        assert len(reached) < 6, reached


def test_every_input_of_the_sign_in_has_a_label(tab: AdminTab) -> None:
    tab.open("/admin/")
    assert tab.unlabelled() == []


def test_who_signs_out_is_out(tab: AdminTab, demo: dict[str, Any]) -> None:
    tab.sign_in(demo["email"], demo["password"])
    tab.sign_out()
    tab.open("/admin/campaigns/campaign/")
    assert tab.page.url.startswith(f"{tab.base_url}/admin/login/")


def test_who_guesses_passwords_is_told_to_wait(stack: RealStack, browser: Browser) -> None:
    with web_with_limits(stack) as address, a_tab(browser, address) as tab:
        tab.open("/admin/")
        tries = 0
        while tab.page.title() != "Too many requests · Campaign Analytics":
            assert tries <= 2 * RateLimits().sign_in_per_minute  # its minute may end in between
            tab.try_to_sign_in("somebody@example.com", f"guess {tries}")
            tries += 1
        assert tries > RateLimits().sign_in_per_minute
        assert "Wait a minute, then try again." in tab.text()
        assert [one for one in tab.complaints if "429" not in one] == []
        tab.complaints.clear()
