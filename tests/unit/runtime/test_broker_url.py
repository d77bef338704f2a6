"""Whoever reads the broker's address finds the password that was configured, whatever is in it."""

import pytest
from flower.utils.broker import BrokerBase
from kombu.utils.url import parse_url
from redis.connection import parse_url as parse_redis_url

from runtime.options import RedisLog

AWKWARD = "a/b?c#d@e:f%2Fg+h i&j=k[l]é"


@pytest.fixture
def url() -> str:
    return RedisLog(host="box.example.com", port=7000, password=AWKWARD).broker_url


def test_celery_finds_it(url: str) -> None:
    found = parse_url(url)
    assert (found["hostname"], found["port"], found["virtual_host"]) == ("box.example.com", 7000, "1")
    assert found["password"] == AWKWARD


def test_the_client_of_redis_finds_it(url: str) -> None:
    found = parse_redis_url(url)
    assert (found["host"], found["port"], found["db"]) == ("box.example.com", 7000, 1)
    assert found["password"] == AWKWARD


def test_flower_finds_it(url: str) -> None:
    found = BrokerBase(url)
    assert (found.host, found.port, found.vhost) == ("box.example.com", 7000, "1")
    assert found.password == AWKWARD
