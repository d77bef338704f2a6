"""`POST /api/v1/events/` from outside: sends a batch and understands every answer, also none."""

import http.client
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from ingestion.errors import TransientFailure
from ingestion.sources.simulated.campaigns import Campaign

EVENTS = "/api/v1/events/"
CAMPAIGNS = "/api/v1/campaigns/"
MOST_AT_ONCE = 1000  # events in one request
_TIMEOUT = 60.0
_RETRY_AFTER = 1.0  # seconds, where the answer names none
_LARGEST_WAIT = 30.0
_PAGE = 200
_ACCEPTED, _CREATED = 202, 201
_ALL_REJECTED = 422
_NO_ENTRY = (401, 403)
_BUSY = 429


class DoorClosed(Exception):
    """The door lets nobody in with this key: a person must look."""


class Rejection(NamedTuple):
    code: str
    field: str


class Answer(NamedTuple):
    """What was told of a batch, by position in it. What is neither rejected nor unknown is acknowledged."""

    status: int  # 0 if there was no answer at all
    rejected: dict[int, Rejection]
    unknown: frozenset[int]
    retry_after: float


class Door:
    """For one thread; keeps one connection."""

    def __init__(self, base_url: str, key: str) -> None:
        place = urlsplit(base_url)
        kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(place.hostname or "localhost", place.port, timeout=_TIMEOUT)
        self._prefix = place.path.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def send(self, events: Sequence[bytes]) -> Answer:
        """Of encoded events with ids and times. Raises DoorClosed; a server that is away is an answer."""
        body = b'{"events":[' + b",".join(events) + b"]}"
        try:
            status, headers, text = self._ask("POST", EVENTS, body)
        except (OSError, http.client.HTTPException):
            return Answer(0, {}, frozenset(range(len(events))), _RETRY_AFTER)
        return _understood(status, headers, text, len(events))

    def campaigns(self) -> Iterator[Campaign]:
        """All that the key may see, the oldest first. Raises DoorClosed, TransientFailure."""
        path: str | None = f"{CAMPAIGNS}?ordering=created_at&limit={_PAGE}"
        while path:
            page = self._json("GET", path)
            yield from msgspec.convert(page["results"], list[Campaign], strict=False)
            following = page["next"] and urlsplit(page["next"])
            path = f"{CAMPAIGNS}?{following.query}" if following else None

    def make_campaign(self, name: str, platform: str) -> Campaign:
        """Raises DoorClosed, TransientFailure."""
        body = msgspec.json.encode({"name": name, "platform": platform, "status": "active"})
        return msgspec.convert(self._json("POST", CAMPAIGNS, body), Campaign, strict=False)

    def close(self) -> None:
        self._connection.close()

    def _json(self, method: str, path: str, body: bytes | None = None) -> Any:
        try:
            status, headers, text = self._ask(method, path, body)
        except (OSError, http.client.HTTPException) as error:
            raise TransientFailure(f"{path} does not answer: {error!r}") from error
        _refuse_no_entry(status, text)
        if status not in (http.client.OK, _CREATED):
            raise TransientFailure(f"{path} answers {status}: {text[:200]!r}", retry_after=_wait_of(headers))
        return json.loads(text)

    def _ask(self, method: str, path: str, body: bytes | None) -> tuple[int, Any, bytes]:
        """After any failure the next call connects anew."""
        try:
            self._connection.request(method, self._prefix + path, body, self._headers)
            answer = self._connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except BaseException:
            self._connection.close()
            raise


def deliver(
    door: Door,
    events: Sequence[bytes],
    wait: Callable[[float], bool],
    told: Callable[[list[int], Answer], None],
) -> frozenset[int]:
    """Send until nothing is unknown; `told` hears each answer with the positions that it is about.

    `wait` is asked to sleep before each repetition and says whether to go on. Returns what is still unknown.
    """
    open_positions = list(range(len(events)))
    while open_positions:
        answer = door.send([events[position] for position in open_positions])
        told(open_positions, answer)
        open_positions = [open_positions[index] for index in sorted(answer.unknown)]
        if open_positions and not wait(answer.retry_after):
            break
    return frozenset(open_positions)


def _understood(status: int, headers: Any, text: bytes, size: int) -> Answer:
    _refuse_no_entry(status, text)
    everything = frozenset(range(size))
    if status in (_ACCEPTED, _ALL_REJECTED):
        return Answer(status, _settled(status, json.loads(text), size), frozenset(), 0.0)
    if status == _BUSY or status >= http.client.INTERNAL_SERVER_ERROR:
        return Answer(status, *_half_told(text, everything), _wait_of(headers))
    raise AssertionError(f"The door did not understand the simulator: {status} {text[:500]!r}")


def _settled(status: int, body: dict[str, Any], size: int) -> dict[int, Rejection]:
    """An answer that does not add up is not believed."""
    rejected = _rejected(body)
    accepted = body["accepted"] if status == _ACCEPTED else 0
    if accepted + len(rejected) != size:
        raise AssertionError(f"The door told of {accepted} + {len(rejected)} events, {size} were sent.")
    return rejected


def _half_told(text: bytes, everything: frozenset[int]) -> tuple[dict[int, Rejection], frozenset[int]]:
    """A 503 may say of some that they are acknowledged, and of some that they never can be."""
    try:
        body = json.loads(text)
    except ValueError:
        return {}, everything
    rejected = _rejected(body)
    settled = {one["index"] for one in body.get("events", ()) if one["state"] == "acknowledged"}
    return rejected, everything - settled - rejected.keys()


def _rejected(body: dict[str, Any]) -> dict[int, Rejection]:
    return {one["index"]: Rejection(one["code"], one.get("field") or "") for one in body.get("rejected", ())}


def _refuse_no_entry(status: int, text: bytes) -> None:
    if status in _NO_ENTRY:
        raise DoorClosed(f"The key is refused ({status}): {text[:200]!r}")


def _wait_of(headers: Any) -> float:
    try:
        return min(max(float(headers.get("Retry-After", _RETRY_AFTER)), 0.05), _LARGEST_WAIT)
    except ValueError:
        return _RETRY_AFTER
