"""A tab of a real browser that remembers everything that went wrong on its pages."""

import re

from playwright.sync_api import ConsoleMessage, Page, Request, Response

from tests.e2e.labels import UNLABELLED

TAKEN_BACK = "net::ERR_ABORTED"
LOUD = {"error", "warning"}


class Tab:
    """`complaints` holds what a person at the developer tools would see in red; a test ends with none."""

    def __init__(self, page: Page, base_url: str) -> None:
        self.page = page
        self.base_url = base_url
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._complain("script", str(error)))
        page.on("request", self._watch)
        page.on("requestfailed", self._miss)
        page.on("response", self._judge)

    def open(self, path: str) -> Response:
        response = self.page.goto(self.base_url + path)
        assert response
        return response

    def click(self, name: str, role: str = "button") -> None:
        """Press the one thing of this role whose name ends like this: the name of its icon may come first."""
        ending = re.compile(rf"\b{re.escape(name)}$")
        self.page.get_by_role(role, name=ending).click()  # type: ignore[arg-type]

    def text(self) -> str:
        return self.page.locator("body").inner_text()

    def links(self, start: str) -> list[str]:
        """The paths, without their queries, of the links that begin like this; each once."""
        found = self.page.locator(f'a[href^="{start}"]').evaluate_all(
            "links => links.map(link => link.pathname)"
        )
        return list(dict.fromkeys(found))

    def unlabelled(self) -> list[str]:
        """The inputs that a screen reader could not name."""
        return list(self.page.evaluate(UNLABELLED))

    def _complain(self, kind: str, what: str) -> None:
        self.complaints.append(f"{self.page.url}: {kind}: {what}")

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in LOUD:
            self._complain("console", message.text)

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((self.base_url, "data:", "blob:")):
            self._complain("another origin", request.url)

    def _miss(self, request: Request) -> None:
        """What a page took back itself, like a search while one goes on typing, did not fail."""
        if request.failure != TAKEN_BACK:
            self._complain(f"failed by {request.failure}", request.url)

    def _judge(self, response: Response) -> None:
        if response.status >= 400:
            self._complain(str(response.status), response.url)
