"""The whole stack, as `make run` starts it, once for all end-to-end tests; and a browser to look at it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, StorageState, sync_playwright

from tests.e2e.admin_tab import AdminTab
from tests.e2e.api_client import ApiClient
from tests.running_stack import UNLIMITED, RealStack

# No sandbox: as root, which tests in a container are, chromium has none.
QUIET_BROWSER = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
NO_BROWSER = (
    "No chromium on PATH: nobody looked at the pages. Install it, on Debian by `apt install chromium`."
)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStack]:
    stack = RealStack(tmp_path_factory.mktemp("e2e"), **UNLIMITED)
    with stack.torn_down():
        stack.up()
        yield stack


@pytest.fixture(scope="session")
def demo(stack: RealStack) -> dict[str, Any]:
    return stack.demo()


@pytest.fixture(scope="session")
def nobody(demo: dict[str, Any]) -> ApiClient:
    """The API, called without credentials."""
    return ApiClient(demo["base_url"])


@pytest.fixture(scope="session")
def owner(demo: dict[str, Any], nobody: ApiClient) -> ApiClient:
    """The API, called by the demo workspace's owner."""
    return nobody.signed_in(demo["email"], demo["password"])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of one module, since Django refuses its database to whoever runs in the same thread as a browser."""
    executable = shutil.which("chromium")
    if executable is None:
        lacking = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        lacking(NO_BROWSER)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=QUIET_BROWSER)
        yield browser
        browser.close()


@pytest.fixture
def tab(browser: Browser, demo: dict[str, Any]) -> Iterator[AdminTab]:
    """Of somebody who has not signed in."""
    with a_tab(browser, demo["base_url"]) as tab:
        yield tab


@pytest.fixture(scope="module")
def staff_session(browser: Browser, demo: dict[str, Any]) -> StorageState:
    """The cookies of the demo user, who signed in to the admin."""
    with a_tab(browser, demo["base_url"]) as tab:
        tab.sign_in(demo["email"], demo["password"])
        return tab.page.context.storage_state()


@pytest.fixture
def staff(browser: Browser, demo: dict[str, Any], staff_session: StorageState) -> Iterator[AdminTab]:
    """In it the demo user has signed in to the admin."""
    with a_tab(browser, demo["base_url"], storage_state=staff_session) as tab:
        yield tab


@contextmanager
def a_tab(browser: Browser, base_url: str, **options: Any) -> Iterator[AdminTab]:
    """One with cookies of its own, in which nothing may have gone wrong when the block is over."""
    context = browser.new_context(**options)
    tab = AdminTab(context.new_page(), base_url)
    try:
        yield tab
        assert tab.complaints == []
    finally:
        context.close()
