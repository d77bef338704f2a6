"""A cache server that is away costs one wait a second, whoever asks it for whatever."""

import pytest
from redis.exceptions import RedisError

from api import cache_server
from api.cache_server import PAUSE_SECONDS, CacheServer, CacheServerDown


class Server:
    def __init__(self) -> None:
        self.is_away = False
        self.asked: list[tuple[str | int, ...]] = []

    def execute_command(self, *command: str | int) -> str:
        self.asked.append(command)
        if self.is_away:
            raise RedisError("away")
        return "OK"


@pytest.fixture
def server() -> Server:
    return Server()


def test_a_command_goes_to_it_as_it_is(server: Server) -> None:
    assert CacheServer(lambda: server).ask("SET", "key", 1) == "OK"
    assert server.asked == [("SET", "key", 1)]


def test_one_that_failed_is_asked_again_after_a_while(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(cache_server.time, "monotonic", lambda: now)
    ours = CacheServer(lambda: server)
    server.is_away = True
    for why in ("away", "a moment ago"):
        with pytest.raises(CacheServerDown, match=why):
            ours.ask("PING")
    with pytest.raises(CacheServerDown, match="a moment ago"):
        ours.run("return 1", [], [])
    assert len(server.asked) == 1
    server.is_away = False
    now += PAUSE_SECONDS
    assert ours.ask("PING") == "OK"
