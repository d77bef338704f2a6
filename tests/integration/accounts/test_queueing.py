"""A mail that no queue takes is refused in time, and not promised."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest
from kombu import pools

from accounts.api.queueing import mail_later
from accounts.tasks import send_password_reset
from analytics_project.celery import app
from api.problem_codes import ProblemCode
from api.problems import Problem
from tests.people import some_email


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """The kernel takes its connections and nobody reads them, as of a broker that was stopped."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        yield taken


@pytest.fixture
def broker_elsewhere(listener: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    place = app.connection_for_write(f"redis://127.0.0.1:{listener.getsockname()[1]}/1")
    monkeypatch.setattr(app.amqp, "_producer_pool", pools.producers[place])


@pytest.mark.usefixtures("broker_elsewhere")
def test_a_broker_that_says_nothing_is_given_up() -> None:
    _refused()


@pytest.mark.usefixtures("broker_elsewhere")
def test_a_broker_that_is_not_there_is_told(listener: socket.socket) -> None:
    listener.close()
    _refused()


def _refused() -> None:
    with pytest.raises(Problem) as refused:
        mail_later(send_password_reset, some_email())
    assert refused.value.kind is ProblemCode.UNAVAILABLE
    assert int(refused.value.headers["Retry-After"]) >= 1
