"""What the tests of accounts share beyond people."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django_redis import get_redis_connection

from analytics_project.celery import app
from api import throttles
from api.cache_server import CacheServer


@pytest.fixture
def worker() -> Iterator[None]:
    """Tasks run where they are sent from, so that their mails are there when the answer is."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.fixture
def dead_cache_server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens where the cache server should be."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    default = settings.CACHES["default"] | {"LOCATION": f"redis://127.0.0.1:{port}/0"}
    settings.CACHES = {"default": default}
    fresh = CacheServer(lambda: get_redis_connection("default"))
    monkeypatch.setattr(throttles, "cache_server", fresh)
