"""Sends metric events in batches at a steady rate, from its own process; bodies are made in little time."""

import http.client
import json
import multiprocessing
import random
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from multiprocessing.pool import AsyncResult, Pool
from typing import Any, NamedTuple

BATCH = 500
_PLATFORMS = ("meta", "google", "linkedin", "tiktok")
_REGIONS = ("DE", "AT", "CH", "FR", "US")
_DEVICES = ("mobile", "desktop")


class Plan(NamedTuple):
    port: int
    key: str
    campaigns: tuple[str, ...]
    rate: int
    seconds: int
    seed: int


class Sent(NamedTuple):
    """`late_seconds` says how far the sender fell behind its own rate."""

    events: int
    seconds: float
    late_seconds: float


def shares(rate: int, senders: int) -> list[int]:
    """What each sends of a rate, so that together they send all of it."""
    return [rate // senders + (number < rate % senders) for number in range(senders)]


def start(pool: Pool, plan: Plan) -> "AsyncResult[Sent]":
    return pool.apply_async(send, (plan,))


def sender_pool(senders: int) -> Pool:
    return multiprocessing.get_context("spawn").Pool(senders)


def send(plan: Plan) -> Sent:
    """Blocks until all is acknowledged; what is refused for want of room is sent again when told."""
    tails = _tails(plan)
    connection = http.client.HTTPConnection("127.0.0.1", plan.port, timeout=60)
    began, sent, late = time.perf_counter(), 0, 0.0
    while sent < plan.rate * plan.seconds:
        ahead = sent / plan.rate - (time.perf_counter() - began)
        if ahead > 0:
            time.sleep(ahead)
        late = max(late, -ahead)
        if _is_taken(connection, plan.key, _body(tails, sent)):
            sent += BATCH
    connection.close()
    return Sent(sent, time.perf_counter() - began, late)


def _tails(plan: Plan) -> Sequence[str]:
    """What of an event does not change with the time, for many more events than are in one batch."""
    chance = random.Random(plan.seed)
    return [_tail(chance, plan.campaigns) for _ in range(20 * BATCH)]


def _tail(chance: random.Random, campaigns: Sequence[str]) -> str:
    event: dict[str, Any] = {
        "campaign_id": chance.choice(campaigns),
        "platform": chance.choice(_PLATFORMS),
        "region": chance.choice(_REGIONS),
        "device": chance.choice(_DEVICES),
        "impressions": chance.randrange(1, 200),
        "clicks": chance.randrange(8),
        "conversions": chance.randrange(2),
        "spend": f"{chance.randrange(400) / 100:.2f}",
        "revenue": f"{chance.randrange(9000) / 100:.2f}",
        "currency": "EUR",
    }
    return json.dumps(event)[1:]


def _body(tails: Sequence[str], first: int) -> bytes:
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    run = uuid.uuid4().hex[:20]
    start = first % len(tails)
    events = ",".join(
        f'{{"kind":"metric","event_id":"{run}{index:012d}","occurred_at":"{now}",{tail}'
        for index, tail in enumerate(tails[start : start + BATCH])
    )
    return f'{{"events":[{events}]}}'.encode()


def _is_taken(connection: http.client.HTTPConnection, key: str, body: bytes) -> bool:
    """Waits if it is not. Raises for an answer that is neither."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection.request("POST", "/api/v1/events/", body, headers)
    answer = connection.getresponse()
    text = answer.read()
    match answer.status:
        case http.client.ACCEPTED:
            return True
        case http.client.SERVICE_UNAVAILABLE:
            time.sleep(int(answer.headers["Retry-After"]))
            return False
    raise AssertionError(f"The door answered {answer.status}: {text[:300]!r}")
