"""What the terminal shows, and when it is quiet."""

import io
from contextlib import suppress
from pathlib import Path

from rich.console import Console

from embedded.screen import Screen
from runtime.options import Options

OPTIONS = Options(data_dir=Path("/data"))
DEMO = {"base_url": "http://127.0.0.1:9000", "email": "demo@example.com", "password": "correct horse"}


def screen_and_paper() -> tuple[Screen, io.StringIO]:
    paper = io.StringIO()
    return Screen(Console(file=paper, width=120)), paper


def test_the_screen_has_addresses_sign_in_places_and_the_way_to_stop() -> None:
    screen, paper = screen_and_paper()

    screen.running(OPTIONS, DEMO)

    for needed in (
        "http://127.0.0.1:9000/api/docs/",
        "http://127.0.0.1:9000/admin/",
        "http://127.0.0.1:8555/",
        "demo@example.com  correct horse",
        "/data/logs/stack.log",
        "Ctrl-C stops everything",
    ):
        assert needed in paper.getvalue()


def test_progress_is_shown_until_everything_runs_and_news_for_ever() -> None:
    screen, paper = screen_and_paper()
    screen.progress("postgres starts")
    screen.running(OPTIONS, DEMO)
    screen.progress("web starts")
    screen.tell("web ended with signal SIGKILL; it is started again")

    assert "postgres starts" in paper.getvalue()
    assert "web starts" not in paper.getvalue()
    assert "web ended with signal SIGKILL; it is started again" in paper.getvalue()


def test_output_that_takes_no_more_costs_lines_and_nothing_else() -> None:
    full = Path("/dev/full").open("w")  # noqa: SIM115 - closing it fails, too
    screen = Screen(Console(file=full))
    screen.tell("A process died")
    screen.progress("It starts")
    with suppress(OSError):
        full.close()
