"""Budgets are counted in the cache server, atomically, by its own clock."""

import socket
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
import redis
from django.test import RequestFactory
from rest_framework.request import Request

from api import throttles
from api.cache_server import CacheServer
from api.problem_codes import ProblemCode
from api.problems import Problem


@pytest.fixture
def identity() -> str:
    return f"test:{uuid4()}"


@pytest.fixture
def dead_cache_server(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    monkeypatch.setattr(throttles, "cache_server", CacheServer(lambda: redis.Redis(port=port)))


def test_a_budget_is_spent_and_then_refused_with_a_time_to_wait(identity: str) -> None:
    budgets = [throttles.spend(identity, 3) for _ in range(4)]
    assert [b.allowed for b in budgets] == [True, True, True, False]
    assert [b.remaining for b in budgets] == [2, 1, 0, 0]
    assert 1 <= budgets[3].retry_seconds <= 20
    assert 1 <= budgets[3].reset_seconds <= 60


def test_a_budget_refills_as_time_passes(identity: str) -> None:
    while throttles.spend(identity, 50, period_seconds=1).allowed:
        pass
    refilled = [throttles.spend(identity, 50, period_seconds=1).allowed for _ in range(5000)]
    assert any(refilled)


def test_one_identity_does_not_spend_for_another(identity: str) -> None:
    throttles.spend(identity, 1)
    assert not throttles.spend(identity, 1).allowed
    assert throttles.spend(identity + "x", 1).allowed


def test_no_budget_is_overspent_by_asking_at_once(identity: str) -> None:
    with ThreadPoolExecutor(16) as pool:
        budgets = list(pool.map(lambda _: throttles.spend(identity, 20, 3600), range(200)))
    assert sum(b.allowed for b in budgets) == 20


def test_a_demand_beyond_the_budget_is_a_429_that_says_when_to_come_back(identity: str) -> None:
    throttles.demand(identity, 1)
    with pytest.raises(Problem) as refused:
        throttles.demand(identity, 1)
    assert refused.value.kind is ProblemCode.RATE_LIMITED
    assert int(refused.value.headers["Retry-After"]) >= 1


@pytest.mark.usefixtures("dead_cache_server")
def test_what_must_be_counted_is_refused_while_it_cannot_be(identity: str) -> None:
    with pytest.raises(Problem) as refused:
        throttles.demand(identity, 1)
    assert refused.value.kind is ProblemCode.UNAVAILABLE
    assert "Retry-After" in refused.value.headers


@pytest.mark.usefixtures("dead_cache_server")
def test_ordinary_requests_go_on_uncounted() -> None:
    request = Request(RequestFactory().get("/"))
    assert all(throttles.CallerThrottle().allow_request(request, None) for _ in range(500))
