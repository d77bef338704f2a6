"""What the figures must be, worked out from the ledger (docs/reference/ledger.md) in plain Python.

Shares no code with the product: neither its parsing nor its arithmetic nor its SQL.
"""

import base64
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

COUNTS = ("impressions", "clicks", "conversions")
AMOUNTS = ("spend", "revenue")
TRACKED_AS = {"click": "clicks", "conversion": "conversions", "impression": "impressions"}

Event = dict[str, Any]
Identity = tuple[str, str, str, str]


class Cell(NamedTuple):
    """One figure's place. Counts have no currency."""

    level: str
    source: str
    campaign_id: str
    bucket: str
    platform: str
    region: str
    device: str
    metric: str
    currency: str = ""


class Campaign(NamedTuple):
    platform: str
    timezone: str
    currency: str


@dataclass
class Ledger:
    """What a run sent, and what it was told of each delivery."""

    sent: dict[int, Event] = field(default_factory=dict)
    past_the_door: dict[int, bytes] = field(default_factory=dict)
    acknowledged: set[int] = field(default_factory=set)
    rejected: set[int] = field(default_factory=set)
    broken: set[int] = field(default_factory=set)
    is_complete: bool = False
    batches: dict[int, str] = field(default_factory=dict)
    told_at: dict[str, datetime] = field(default_factory=dict)

    @property
    def undecided(self) -> set[int]:
        return set(self.sent) - self.acknowledged - self.rejected

    def standing(self) -> Iterator[Event]:
        """Of each identity the acknowledged delivery that was sent last."""
        last: dict[Identity, int] = {}
        for number in sorted(self.acknowledged & self.sent.keys()):
            last[_identity(self.sent[number])] = number
        return (self.sent[number] for number in last.values())

    def dead_letters(self) -> set[bytes]:
        return {self.past_the_door[number] for number in self.acknowledged & self.past_the_door.keys()}


def read_ledger(path: Path) -> Ledger:
    ledger = Ledger()
    with path.open() as lines:
        for line in lines:
            _take(ledger, json.loads(line))
    return ledger


def _take(ledger: Ledger, line: Event) -> None:
    match line["line"]:
        case "sent":
            ledger.sent[line["n"]] = line["event"]
            ledger.batches[line["n"]] = line["batch"]
            if line["sort"] == "broken":
                ledger.broken.add(line["n"])
        case "sent_past_the_door":
            ledger.past_the_door[line["n"]] = base64.b64decode(line["value"])
        case "told":
            ledger.told_at.setdefault(line["batch"], datetime.fromisoformat(line["at"]))
            ledger.acknowledged.update(line["acknowledged"])
            ledger.rejected.update(one["n"] for one in line["rejected"])
        case "end":
            ledger.is_complete = True


def _identity(event: Event) -> Identity:
    return event["campaign_id"], event["kind"], event["occurred_at"], event["event_id"]


def shares(ledger: Ledger) -> dict[str, float]:
    """Of all deliveries, by what they are, whatever the simulator calls them; broken is what was rejected."""
    seen: dict[Identity, list[Event]] = {}
    found = Counter(broken=len(ledger.rejected), broken_on_log=len(ledger.past_the_door))
    for number in sorted(ledger.acknowledged & ledger.sent.keys()):
        event = ledger.sent[number]
        before = seen.setdefault(_identity(event), [])
        found["duplicates"] += event in before
        found["changed"] += bool(before) and event not in before
        found["late"] += not before and _is_late(event, ledger.told_at[ledger.batches[number]])
        before.append(event)
    deliveries = len(ledger.sent) + len(ledger.past_the_door)
    return {name: count / deliveries for name, count in found.items()}


def _is_late(event: Event, told_at: datetime) -> bool:
    return told_at - datetime.fromisoformat(event["occurred_at"]) >= timedelta(days=1)


def figures(
    ledger: Ledger, campaigns: Mapping[str, Campaign], *, minutes_since: datetime
) -> dict[Cell, Decimal]:
    """Every figure of every level; the minutes only from an instant on, for older ones are not kept."""
    sums: dict[Cell, Decimal] = {}
    for event in ledger.standing():
        campaign = campaigns[event["campaign_id"]]
        told = list(_told(event, campaign))
        for level, bucket in _buckets(event, campaign, minutes_since):
            for metric, value, currency in told:
                cell = _cell(event, campaign, level, bucket)._replace(metric=metric, currency=currency)
                sums[cell] = sums.get(cell, Decimal(0)) + value
    return {cell: value for cell, value in sums.items() if value}


def _told(event: Event, campaign: Campaign) -> Iterator[tuple[str, Decimal, str]]:
    currency = event.get("currency") or campaign.currency
    if event["kind"] != "metric":
        yield TRACKED_AS[event["kind"]], Decimal(1), ""
        if "value" in event:
            yield "revenue", Decimal(event["value"]), currency
        return
    for metric in COUNTS:
        if metric in event:
            yield metric, Decimal(event[metric]), ""
    for metric in AMOUNTS:
        if metric in event:
            yield metric, Decimal(event[metric]), currency


def _buckets(event: Event, campaign: Campaign, minutes_since: datetime) -> Iterator[tuple[str, str]]:
    moment = datetime.fromisoformat(event["occurred_at"]).astimezone(UTC)
    minute = moment.replace(second=0, microsecond=0)
    if minute >= minutes_since:
        yield "minute", f"{minute:%Y-%m-%d %H:%M}"
    yield "15min", f"{minute - timedelta(minutes=minute.minute % 15):%Y-%m-%d %H:%M}"
    yield "day", f"{moment.astimezone(ZoneInfo(campaign.timezone)):%Y-%m-%d}"


def _cell(event: Event, campaign: Campaign, level: str, bucket: str) -> Cell:
    return Cell(
        level=level,
        source="events" if event["kind"] == "metric" else "tracked",
        campaign_id=event["campaign_id"],
        bucket=bucket,
        platform=event.get("platform") or campaign.platform,
        region=event.get("region", ""),
        device=event.get("device", ""),
        metric="",
    )
