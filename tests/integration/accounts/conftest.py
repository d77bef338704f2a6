"""What the tests of accounts share beyond people."""

from collections.abc import Iterator

import pytest

from analytics_project.celery import app


@pytest.fixture
def worker() -> Iterator[None]:
    """Tasks run where they are sent from, so that their mails are there when the answer is."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False
