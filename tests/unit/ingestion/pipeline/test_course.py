"""How far a replay has to go, and whether it is there."""

from datetime import UTC, datetime

from ingestion.eventlog.base import Partition, Record
from ingestion.management.commands.consume_events import how_to_go_on
from ingestion.pipeline.replay import Course

FIRST, SECOND = Partition("metric-events", 0), Partition("metric-events", 1)


def records(partition: Partition, *positions: int) -> list[Record]:
    return [Record(partition, position, 1000 * position, b"", b"") for position in positions]


def test_it_goes_to_where_the_log_ended_when_it_began() -> None:
    course = Course()
    course.take_in(records(FIRST, 1, 2))
    assert not course.is_through
    course.learn({FIRST: 1, SECOND: 0})
    assert (course.total, course.is_through) == (3, False)
    course.learn({FIRST: 500, SECOND: 500})  # others go on writing
    course.take_in(records(FIRST, 3, 4))
    assert (course.replayed, course.is_through) == (4, True)


def test_what_is_delivered_again_is_no_progress() -> None:
    course = Course()
    course.learn({FIRST: 3})
    course.take_in(records(FIRST, 1, 2))
    course.take_in(records(FIRST, 1, 2))
    assert not course.is_through


def test_what_the_log_let_go_of_meanwhile_is_not_waited_for() -> None:
    course = Course()
    course.learn({FIRST: 3})
    course.learn({FIRST: 0})
    assert course.is_through


def test_an_empty_log_is_replayed_at_once() -> None:
    course = Course()
    course.learn({FIRST: 0})
    assert course.is_through


def test_it_tells_from_where_another_one_goes_on() -> None:
    course = Course()
    assert course.resume_at is None
    course.learn({FIRST: 9, SECOND: 2})
    course.take_in(records(FIRST, 7))
    assert course.resume_at is None  # nothing is known yet of where the second one begins
    course.take_in(records(SECOND, 1, 2))
    assert course.resume_at == datetime.fromtimestamp(7, UTC)
    assert "--from-time 1970-01-01T00:00:07.000000Z" in how_to_go_on(course, fill_gap=False)


def test_one_that_fills_a_gap_is_started_again_as_before() -> None:
    course = Course()
    course.learn({FIRST: 9})
    course.take_in(records(FIRST, 7))
    assert course.resume_at
    assert how_to_go_on(course, fill_gap=True) == "Start it again as before."
