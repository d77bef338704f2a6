"""How often one caller may ask: counted in one atomic script in the cache server."""

import math
from typing import Any

import msgspec
import structlog
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from api.addresses import client_network
from api.cache_server import CacheServerDown, cache_server
from api.problem_codes import ProblemCode
from api.problems import Problem, unavailable
from runtime.config import configuration

logger = structlog.get_logger(__name__)

MINUTE = 60
PUBLIC_IDENTITY = "write_key:"  # begins the identity of callers that share a credential which is no secret

# The generic cell rate algorithm: one number a key, the time at which its budget is whole again.
# The server's own clock counts, so that web processes need not agree on theirs.
SPEND = """
local limit, period, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), 1
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local each = period / limit
local whole = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local after = whole + each * cost
if after - now > period then
  return {0, 0, math.ceil(after - now - period), math.ceil(whole - now)}
end
redis.call('SET', KEYS[1], string.format('%.3f', after), 'PX', math.ceil(after - now) + 1)
return {1, math.floor((period - (after - now)) / each), 0, math.ceil(after - now)}
"""


class RateBudget(msgspec.Struct, frozen=True):
    """What is left of one identity's budget after this request."""

    limit: int
    allowed: bool
    remaining: int
    retry_seconds: int
    reset_seconds: int


def spend(identity: str, limit: int, period_seconds: int = MINUTE) -> RateBudget:
    """Count one request of this identity. Raises CacheServerDown."""
    allowed, remaining, retry, reset = cache_server.run(
        SPEND, [f"ca:rate:{identity}"], [limit, period_seconds * 1000]
    )
    return RateBudget(limit, bool(allowed), remaining, math.ceil(retry / 1000), math.ceil(reset / 1000))


def demand(identity: str, limit: int, period_seconds: int = MINUTE) -> None:
    """Spend or refuse: 429 when nothing is left, 503 when it cannot be counted.

    For sign-in and its like, where not counting would open a door to guessing.
    """
    try:
        budget = spend(identity, limit, period_seconds)
    except CacheServerDown:
        raise unavailable("Attempts cannot be counted now.") from None
    if not budget.allowed:
        raise _too_many(budget)


def counted_refusal(request: Request, refusal: Problem) -> Problem:
    """What a request is told that the throttle never saw: the refusal, or a 429 once its budget is spent.

    Authentication and permissions come before the throttle. Wrong credentials have a budget of their own, by
    address; good ones cost nothing there and pass from any address: many people share one. While the server
    is down the refusal stands.
    """
    identity, limit = _budget_of_refusal(request, refusal)
    try:
        budget = spend(identity, limit)
    except CacheServerDown:
        logger.warning("rate_limit_uncounted", identity=identity)
        return refusal
    request._request.rate_budget = budget  # type: ignore[attr-defined]
    return refusal if budget.allowed else _too_many(budget)


def is_counted(request: Request) -> bool:
    return hasattr(request._request, "rate_budget")


def _too_many(budget: RateBudget) -> Problem:
    return Problem(ProblemCode.RATE_LIMITED, headers={"Retry-After": str(max(1, budget.retry_seconds))})


class CallerThrottle(BaseThrottle):
    """The default of every view: per API key, per user, else per address (and write key, if there is one).

    While the cache server is down requests go on uncounted: slower service is no reason for none.
    """

    _retry_seconds: int = 1

    def allow_request(self, request: Request, view: Any) -> bool:
        identity, limit = _budget_of(request, request.user)
        try:
            budget = spend(identity, limit)
        except CacheServerDown:
            logger.warning("rate_limit_uncounted", identity=identity)
            return True
        request._request.rate_budget = budget  # type: ignore[attr-defined]
        self._retry_seconds = budget.retry_seconds
        return budget.allowed

    def wait(self) -> float:
        return float(self._retry_seconds)


def _budget_of_refusal(request: Request, refusal: Problem) -> tuple[str, int]:
    if refusal.kind is ProblemCode.INVALID_CREDENTIALS:
        return f"refused:{client_network(request._request)}", configuration().rate_limits.refused_per_minute
    # Not `request.user`, which would look for a caller once more where that is what failed.
    return _budget_of(request, getattr(request, "_user", None))


def _budget_of(request: Request, caller: object) -> tuple[str, int]:
    limits = configuration().rate_limits
    identity = getattr(caller, "rate_identity", None)
    if identity is None:
        return f"address:{client_network(request._request)}", limits.public_per_minute
    if identity.startswith(PUBLIC_IDENTITY):
        return f"{identity}:{client_network(request._request)}", limits.public_per_minute
    return identity, limits.key_per_minute if identity.startswith("key:") else limits.user_per_minute
