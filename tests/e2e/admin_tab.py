"""The admin as staff use it: by its lists, its forms and what is done with selected rows."""

import re

from playwright.sync_api import Locator

from tests.e2e.tab import Tab


class AdminTab(Tab):
    def sign_in(self, email: str, password: str) -> None:
        self.open("/admin/")
        self.try_to_sign_in(email, password)
        self.page.wait_for_url("**/admin/")

    def try_to_sign_in(self, email: str, password: str) -> None:
        """On the page with the form, where one still is after a wrong password."""
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password").fill(password)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def sign_out(self) -> None:
        self.page.locator(".cursor-pointer", has_text="unfold_more").click()
        self.page.get_by_role("button", name=re.compile("^Log out")).click()
        self.page.wait_for_url("**/admin/logout/")

    def open_list(self, model: str) -> None:
        """The list of a model that is named like `campaigns.campaign`."""
        self.open(f"/admin/{model.replace('.', '/')}/")

    def headings(self) -> str:
        """The way to this page, as its head tells it."""
        return self.page.locator("h1").first.inner_text()

    def rows(self) -> Locator:
        return self.page.locator("#result_list tbody tr")

    def row(self, text: str) -> Locator:
        return self.rows().filter(has_text=text)

    def search(self, words: str) -> None:
        self.page.locator("#searchbar").fill(words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def open_filters(self) -> None:
        self.page.locator("#changelist a", has_text="Filters").first.click()

    def follow(self, row: str) -> None:
        """Open the page of the one row that holds this text."""
        with self.page.expect_navigation():
            self.row(row).locator("th a").click()

    def do(self, action: str, row: str) -> None:
        """Select this row and run an action on it, both named by a part of their text."""
        self.row(row).locator("input.action-select").check()
        actions = self.page.locator("select[name=action]")
        actions.select_option(label=actions.locator("option", has_text=action).inner_text().strip())
        with self.page.expect_navigation():
            self.click("Run")

    def save(self) -> None:
        with self.page.expect_navigation():
            self.click("Save")

    def choose(self, field: str, typed: str) -> None:
        """Open a list that searches while one types, and take the first that it offers."""
        self.page.locator(f"select[name={field}] + .select2").click()
        self.page.locator(".select2-search__field:focus").type(typed)
        self.page.locator(".select2-results__option--highlighted", has_text=typed).click()
