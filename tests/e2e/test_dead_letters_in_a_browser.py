"""Staff mend and replay a dead letter in a real browser."""

from typing import Any
from zlib import crc32

import pytest
from playwright.sync_api import expect

from tests.e2e.admin_tab import AdminTab
from tests.e2e.dead_letters import REASON, park_one
from tests.running_stack import RealStack

MODEL = "ingestion.deadletter"
NARROW = {"width": 400, "height": 800}


@pytest.fixture
def place(stack: RealStack, demo: dict[str, Any], request: pytest.FixtureRequest) -> str:
    """Where the letter of this test lies."""
    position = crc32(request.node.name.encode())
    park_one(stack, demo, position)
    return f"metric-events/0/{position}"


def test_a_letter_is_found_mended_and_replayed(staff: AdminTab, place: str) -> None:
    staff.open_list(MODEL)
    staff.search(place)
    staff.follow(place)
    assert REASON in staff.text()
    assert '"clicks": -3' in staff.text()
    assert "<b>e-1</b>" in staff.text()

    staff.click("Edit and replay", "link")
    payload = staff.page.get_by_label("Payload")
    mended = payload.input_value().replace('"clicks": -3', '"clicks": -4')
    payload.fill(mended)
    staff.click("Replay")
    assert "Still refused (min_value): payload.clicks" in staff.text()
    expect(payload).to_have_value(mended)

    payload.fill(mended.replace('"clicks": -4', '"clicks": 3'))
    staff.click("Replay")
    expect(staff.page.get_by_text(f"{place} is on the log again.")).to_be_visible()
    staff.open_list(MODEL)
    staff.search(place)
    expect(staff.row(place)).to_contain_text("Replayed")


def test_selected_letters_are_discarded_with_a_note(staff: AdminTab, place: str) -> None:
    staff.open_list(MODEL)
    staff.do("Discard", place)
    staff.page.get_by_label("Note").fill("a test of theirs")
    staff.click("Discard")
    expect(staff.page.get_by_text("1 discarded.")).to_be_visible()
    expect(staff.row(place)).to_contain_text("Discarded")


def test_its_pages_have_labels_and_fit_a_narrow_screen(staff: AdminTab, place: str) -> None:
    staff.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    staff.open_list(MODEL)
    staff.follow(place)
    links = staff.links("/admin/ingestion/deadletter/")
    pages = [path for path in links if path.rstrip("/").endswith(("/replay", "/discard"))]
    assert len(pages) == 2
    for path in (staff.page.url.removeprefix(staff.base_url), *pages):
        staff.open(path)
        assert [one for one in staff.unlabelled() if "command-results" not in one] == []  # the theme's own
        assert staff.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], path
