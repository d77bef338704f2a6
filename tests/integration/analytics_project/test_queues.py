"""Who goes first in a queue of the real broker."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from kombu import Exchange, Queue

from analytics_project.celery import app
from insights import tasks


@pytest.fixture
def queue() -> Iterator[Queue]:
    with app.connection_for_write() as connection:
        # Of its own: workers of other tests take what lies in the product's.
        name = f"aggregate-{uuid4()}"
        yield Queue(name, Exchange(name), routing_key=name)(connection.default_channel)


def test_fresh_figures_do_not_wait_behind_the_runs_that_were_asked_for(queue: Queue) -> None:
    """A hundred of them take longer than a nudge lasts: it would expire, and so would every one after it."""
    for number in range(3):
        tasks.reaggregate.apply_async((str(number),), queue=queue)
    tasks.aggregate.apply_async(queue=queue)
    order = [queue.get(no_ack=True).headers["task"] for _ in range(4)]
    assert order == ["insights.aggregate", *["insights.reaggregate"] * 3]


def test_whoever_looks_for_lost_runs_comes_after_those_that_only_wait(queue: Queue) -> None:
    for number in range(3):
        tasks.reaggregate.apply_async((str(number),), queue=queue)
    tasks.queue_up_again.apply_async(queue=queue)
    order = [queue.get(no_ack=True).headers["task"] for _ in range(4)]
    assert order == [*["insights.reaggregate"] * 3, "insights.queue_up_again"]
