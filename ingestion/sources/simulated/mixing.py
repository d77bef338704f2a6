"""What one sender sends under load: new facts, and among them what networks and clients do to them.

A sender owns its campaigns, and no event is sent by two. So the order of its deliveries is the order in which
the product received them, and it is decided which payload of an identity was the last.
"""

from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw, Struct

from ingestion.sources.simulated.broken import broken_at_the_door, broken_on_the_log
from ingestion.sources.simulated.campaigns import Campaign
from ingestion.sources.simulated.drawing import chance
from ingestion.sources.simulated.market import REGIONS
from ingestion.sources.simulated.spelling import time_text

Body = dict[str, Any]
Identity = tuple[str, str, str, str]

_REMEMBERED = 5000
_LATEST = timedelta(days=20)
_LATE = timedelta(days=1)
_MILLISECOND = timedelta(milliseconds=1)
_REGIONS = tuple(REGIONS)
_DEVICES = ("mobile", "desktop", "tablet")
_KINDS = ("click", "conversion", "impression")
_encode = msgspec.json.Encoder().encode


class Sort(StrEnum):
    NEW = "new"
    LATE = "late"
    DUPLICATE = "duplicate"
    CHANGED = "changed"
    BROKEN = "broken"


class Mix(NamedTuple):
    """Shares of all deliveries; what is left is new."""

    duplicates: float = 0.0
    changed: float = 0.0
    late: float = 0.0
    broken: float = 0.0
    broken_on_log: float = 0.0
    interactions: float = 0.0  # of the new ones


class Sending(Struct, frozen=True, kw_only=True, tag_field="line", tag="sent", omit_defaults=True):
    """One event on its way through the door: a line of the ledger."""

    n: int
    batch: str
    sort: Sort
    first: int | None = None  # where the same event was sent first
    how: str = ""  # it is broken
    event: Raw


class PastTheDoor(Struct, frozen=True, kw_only=True, tag_field="line", tag="sent_past_the_door"):
    """One broken entry that goes on the log directly: a line of the ledger, its value in Base64."""

    n: int
    batch: str
    topic: str
    key: str
    how: str
    value: bytes


class Batch(NamedTuple):
    name: str
    sendings: list[Sending]
    entries: list[PastTheDoor]


class Sent(NamedTuple):
    """What can be sent again."""

    n: int
    body: Body


Drawn = tuple[Sort, int | None, str, Body]  # of what was sent first, and how it is broken


class Mixer:
    """Draws one sender's deliveries. The same seed draws the same; only the times are the clock's."""

    def __init__(
        self,
        *,
        seed: int,
        sender: int,
        senders: int,
        campaigns: Sequence[Campaign],
        mix: Mix,
        workspace_id: str,
    ) -> None:
        self._drawn = chance(seed, "load", sender)
        self._number, self._step, self._sender = sender, senders, sender
        self._campaigns = campaigns
        self._mix = mix
        self._shares = (
            (Sort.BROKEN, mix.broken),
            (Sort.DUPLICATE, mix.duplicates),
            (Sort.CHANGED, mix.changed),
            (Sort.LATE, mix.late),
        )
        self._workspace_id = workspace_id
        self._remembered: deque[Sent] = deque(maxlen=_REMEMBERED)
        self._batches = 0

    def batch(self, size: int, now: datetime) -> Batch:
        self._batches += 1
        batch = Batch(f"{self._sender}-{self._batches}", [], [])
        bodies: dict[Identity, Body] = {}  # one identity has one payload in a request
        for _ in range(size):
            if self._drawn.random() < self._mix.broken_on_log:
                batch.entries.append(self._entry(batch.name, now))
            else:
                batch.sendings.append(self._sending(batch.name, now, bodies))
        return batch

    def _entry(self, name: str, now: datetime) -> PastTheDoor:
        body = self._metric(self._campaign(), now)
        how, topic, value = broken_on_the_log(self._drawn, body, self._workspace_id, now)
        key = str(body["campaign_id"])
        return PastTheDoor(n=self._next_number(), batch=name, topic=topic, key=key, how=how, value=value)

    def _sending(self, name: str, now: datetime, bodies: dict[Identity, Body]) -> Sending:
        sort, first, how, body = self._draw(now)
        if bodies.setdefault(_identity(body), body) != body:
            sort, first, how, body = Sort.NEW, None, "", self._new(now)
            bodies[_identity(body)] = body
        number = self._next_number()
        if sort not in (Sort.BROKEN, Sort.DUPLICATE):
            self._remembered.append(Sent(number if first is None else first, body))
        return Sending(n=number, batch=name, sort=sort, first=first, how=how, event=Raw(_encode(body)))

    def _draw(self, now: datetime) -> Drawn:
        place = self._drawn.random()
        for sort, share in self._shares:
            if place < share:
                return self._of_sort(sort, now)
            place -= share
        return Sort.NEW, None, "", self._new(now)

    def _of_sort(self, sort: Sort, now: datetime) -> Drawn:
        if sort is Sort.BROKEN:
            how, body = broken_at_the_door(self._drawn, self._metric(self._campaign(), now), now)
            return sort, None, how, body
        if sort is Sort.LATE:
            ago = _LATE + (_LATEST - _LATE) * self._drawn.random()
            return sort, None, "", self._new(now - ago)
        if not self._remembered:
            return Sort.NEW, None, "", self._new(now)
        again = self._remembered[self._drawn.randrange(len(self._remembered))]
        if sort is Sort.CHANGED:
            return sort, again.n, "", self._changed(again.body)
        return sort, again.n, "", again.body

    def _new(self, moment: datetime) -> Body:
        campaign, when = self._campaign(), moment - self._drawn.randrange(1000) * _MILLISECOND
        if self._drawn.random() < self._mix.interactions:
            return self._interaction(campaign, when)
        return self._metric(campaign, when)

    def _campaign(self) -> Campaign:
        return self._campaigns[self._drawn.randrange(len(self._campaigns))]

    def _metric(self, campaign: Campaign, when: datetime) -> Body:
        return self._head("metric", campaign, when) | _figures(self._drawn) | {"platform": campaign.platform}

    def _interaction(self, campaign: Campaign, when: datetime) -> Body:
        kind = self._drawn.choice(_KINDS)
        body = self._head(kind, campaign, when)
        body |= {"user_id": f"visitor-{self._drawn.randrange(10_000)}", "source": "simulated"}
        if kind == "conversion":
            body |= {"type": "purchase", "value": _amount(self._drawn, 20_000)}
            return body | {"currency": campaign.currency}
        del body["currency"]
        return body

    def _head(self, kind: str, campaign: Campaign, when: datetime) -> Body:
        return {
            "kind": kind,
            "event_id": f"{self._drawn.getrandbits(128):032x}",
            "occurred_at": time_text(when),
            "campaign_id": campaign.id,
            "region": self._drawn.choice(_REGIONS),
            "device": self._drawn.choice(_DEVICES),
            "currency": campaign.currency,
        }

    def _changed(self, body: Body) -> Body:
        """Another payload under the same identity; also where it counts, which is part of the payload."""
        if body["kind"] == "metric":
            return body | _figures(self._drawn) | {"region": self._drawn.choice(_REGIONS)}
        changed = body | {"device": self._drawn.choice(_DEVICES)}
        return changed | ({"value": _amount(self._drawn, 20_000)} if body["kind"] == "conversion" else {})

    def _next_number(self) -> int:
        """Grows with each delivery of this sender; no other sender has it."""
        self._number += self._step
        return self._number


def _figures(drawn: Random) -> Body:
    impressions = drawn.randrange(1, 400)
    clicks = drawn.randrange(impressions // 10 + 1)
    return {
        "impressions": impressions,
        "clicks": clicks,
        "conversions": drawn.randrange(clicks // 5 + 1),
        "spend": _amount(drawn, 5_000),
        "revenue": _amount(drawn, 30_000),
    }


def _amount(drawn: Random, most_cents: int) -> str:
    """To the cent, and sometimes finer: platforms tell millionths."""
    if drawn.random() < 0.2:
        return f"{drawn.randrange(most_cents * 10_000) / 1_000_000:.6f}"
    return f"{drawn.randrange(most_cents) / 100:.2f}"


def _identity(body: Body) -> Identity:
    """A broken body may lack a part."""
    return body["kind"], body["campaign_id"], body.get("occurred_at", ""), body.get("event_id", "")
