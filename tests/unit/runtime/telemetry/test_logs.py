"""Lines of our code and of every library leave in one shape."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.conf import settings

from runtime.options import Logs
from runtime.telemetry.logs import (
    add_context,
    begin_context,
    configure_logs,
    end_context,
    logging_settings,
)


class Paper:
    """Configures logs to write here, and reads them back."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    def configure(self, **options: Any) -> None:
        written = logging_settings(Logs(**options))
        written["handlers"]["lines"]["stream"] = self.stream
        configure_logs(written)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


@pytest.fixture
def paper() -> Iterator[Paper]:
    paper = Paper()
    paper.configure(format="json")
    yield paper
    end_context()
    configure_logs(settings.LOGGING)


def test_an_event_is_one_json_object_with_time_level_and_name_first(paper: Paper) -> None:
    structlog.get_logger("ours").info("run_finished", run_id="7", rows=12)
    [line] = paper.lines()
    assert list(line)[:3] == ["time", "level", "event"]
    assert line | {"time": ""} == {
        "time": "",
        "level": "info",
        "event": "run_finished",
        "logger": "ours",
        "run_id": "7",
        "rows": 12,
    }


def test_a_line_of_a_library_has_the_same_shape(paper: Paper) -> None:
    logging.getLogger("somebody.else").warning("%d of %s", 3, "four")
    [line] = paper.lines()
    assert (line["level"], line["event"], line["logger"]) == ("warning", "3 of four", "somebody.else")


@pytest.mark.parametrize("logger", ["django.server", "_granian", "celery.worker", "django.db.backends"])
def test_libraries_with_handlers_of_their_own_are_told_once(paper: Paper, logger: str) -> None:
    logging.getLogger(logger).warning("something")
    assert [line["event"] for line in paper.lines()] == ["something"]


def test_the_context_stands_in_every_line_until_it_ends(paper: Paper) -> None:
    begin_context(request_id="r1")
    add_context(caller="user:1")
    logging.getLogger("somebody.else").warning("theirs")
    structlog.get_logger("ours").info("ours")
    begin_context(request_id="r2")
    structlog.get_logger("ours").info("next")
    end_context()
    structlog.get_logger("ours").info("after")
    told = [(line.get("request_id"), line.get("caller")) for line in paper.lines()]
    assert told == [("r1", "user:1"), ("r1", "user:1"), ("r2", None), (None, None)]


def test_lines_below_the_level_are_not_written(paper: Paper) -> None:
    paper.configure(level="warning")
    structlog.get_logger("ours").info("quiet")
    logging.getLogger("somebody.else").info("quiet")
    structlog.get_logger("ours").warning("loud")
    assert [line["event"] for line in paper.lines()] == ["loud"]


def test_a_traceback_is_part_of_its_line_and_shows_no_secret(paper: Paper) -> None:
    password = "hunter2"  # a local variable, which a traceback must not print
    try:
        raise ValueError(f"redis://:{password}@host refused")
    except ValueError:
        structlog.get_logger("ours").exception("failed")
        logging.getLogger("somebody.else").exception("failed")
    assert len(paper.lines()) == 2
    for line in paper.lines():
        assert "ValueError: redis://***@host refused" in line["exception"]
        assert "hunter2" not in json.dumps(line)


def test_a_value_that_json_does_not_know_is_shown_and_scrubbed(paper: Paper) -> None:
    structlog.get_logger("ours").info("odd", value=ValueError("Bearer abcdef123456"), text="\ud800\x00\n")
    [line] = paper.lines()
    assert line["value"] == "ValueError('Bearer ***')"
    assert line["text"] == "\ud800\x00\n"


def test_people_may_read_text_instead(paper: Paper) -> None:
    paper.configure(format="text")
    begin_context(request_id="r1")
    structlog.get_logger("ours").info("run_finished", password="hunter2")
    try:
        raise ValueError("Bearer abcdef123456")
    except ValueError:
        structlog.get_logger("ours").exception("failed")
    text = paper.stream.getvalue()
    assert "run_finished" in text
    assert "request_id=r1" in text
    assert "ValueError: Bearer ***" in text
    assert "hunter2" not in text


def test_django_is_configured_with_the_same_settings() -> None:
    assert settings.LOGGING_CONFIG == "runtime.telemetry.logs.configure_logs"
    assert settings.LOGGING["handlers"].keys() == {"lines"}
