"""Insights worked out again in plain Python, from the facts and without any code of the product."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

REPORTED = ("impressions", "clicks", "conversions", "spend", "revenue")
RATIOS = {"ctr": ("clicks", "impressions"), "roas": ("revenue", "spend"), "cpc": ("spend", "clicks")}
SEEN = {"tracked_clicks": "clicks", "tracked_conversions": "conversions", "tracked_value": "revenue"}
MONEY = {"spend", "revenue", "tracked_value"}

Row = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    timezone: str
    start: date
    end: date
    granularity: str
    breakdown: tuple[str, ...]
    only: dict[str, str]

    def parameters(self) -> dict[str, str]:
        return {
            "timezone": self.timezone,
            "start_date": str(self.start),
            "end_date": str(self.end),
            "granularity": self.granularity,
            "breakdown": ",".join(self.breakdown),
            "metrics": ",".join((*REPORTED, *RATIOS, *SEEN)),
            **self.only,
        }


def random_facts(random: Random, first: date, days: int) -> list[Row]:
    """Quarters of an hour of events, tracking and an hourly report; some metrics untold, some in dollars."""
    midnight = datetime(first.year, first.month, first.day, tzinfo=UTC)
    quarter_hours = random.sample(range(days * 96), 150)
    return [_fact(random, midnight + timedelta(minutes=15 * number)) for number in quarter_hours]


def _fact(random: Random, at: datetime) -> Row:
    source = random.choice(["events"] * 6 + ["tracked"] * 2 + ["hour"])
    told = REPORTED if source != "tracked" else ("clicks", "conversions", "revenue")
    figures = {name: _amount(random, name) for name in told if random.random() < 0.8}
    has_money = "spend" in figures or "revenue" in figures
    return {
        "at": at.replace(minute=0) if source == "hour" else at,
        "source": source,
        "platform": random.choice(["meta", "google"]),
        "region": random.choice(["", "DE", "US"]) if source != "hour" else "",
        "device": random.choice(["", "mobile"]) if source != "hour" else "",
        "currency": random.choice(["EUR"] * 9 + ["USD"]) if has_money else "",
        **dict.fromkeys(REPORTED),
        **figures,
    }


def _amount(random: Random, name: str) -> Decimal | int:
    whole = name in {"impressions", "clicks"}
    return random.randrange(50) if whole else Decimal(random.randrange(10**8)).scaleb(-6)


def random_question(random: Random, timezone: str, first: date, days: int) -> Asked:
    start = first + timedelta(days=random.randrange(days))
    end = start + timedelta(days=random.randrange(days))
    granularity = random.choice(["hour", "hour", "day", "day", "day", "week", "month", "quarter", "total"])
    offered = ["platform"] if granularity == "hour" else ["platform", "region", "device"]
    breakdown = tuple(name for name in offered if random.random() < 0.4)
    only = {"platform": "meta"} if random.random() < 0.2 else {}
    if granularity != "hour" and random.random() < 0.2:
        only["region"] = "DE"
    return Asked(timezone, start, end, granularity, breakdown, only)


def expected(facts: list[Row], asked: Asked) -> tuple[list[Row], Row, bool]:
    """Rows, totals, and whether two sources told of the same day."""
    zone = ZoneInfo(asked.timezone)
    local = [(fact, fact["at"].astimezone(zone)) for fact in facts]
    inside = [(fact, at) for fact, at in local if asked.start <= at.date() <= asked.end]
    covered = {(fact["platform"], at.date()) for fact, at in inside if fact["source"] == "hour"}
    if asked.granularity != "hour":
        inside, covered = [(fact, at) for fact, at in inside if fact["source"] != "hour"], set()
    inside = [(f, at) for f, at in inside if all(f[name] == value for name, value in asked.only.items())]
    lost = [f for f, at in inside if f["source"] == "events" and (f["platform"], at.date()) in covered]
    tracked = any(fact["source"] == "tracked" for fact in facts)
    parts: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for fact, at in inside:
        if not any(fact is other for other in lost):
            dimensions = [
                fact[name]
                for name in ("platform", "region", "device")
                if name in ("platform", *asked.breakdown)
            ]
            parts[_bucket(at, asked.granularity), *dimensions].append(fact)
    rows: dict[tuple[str, ...], list[list[Row]]] = defaultdict(list)
    for (bucket, platform, *others), part in parts.items():
        rows[(bucket, *([platform] if "platform" in asked.breakdown else []), *others)].append(part)
    named = [
        ({} if asked.granularity == "total" else {"bucket": key[0]})
        | dict(zip(asked.breakdown, key[1:], strict=True))
        | _whole(rows[key], tracked)
        for key in sorted(rows, key=lambda key: (_instant(key[0]), key[1:]))
    ]
    return named, _whole(list(parts.values()), tracked), bool(lost)


def _instant(bucket: str) -> float:
    return datetime.fromisoformat(bucket).timestamp() if "T" in bucket else _ordinal(bucket)


def _ordinal(bucket: str) -> float:
    return date.fromisoformat(bucket).toordinal() if bucket else 0


def _bucket(at: datetime, granularity: str) -> str:
    day = at.date()
    return {
        "hour": at.replace(minute=0).isoformat(),
        "day": str(day),
        "week": str(day - timedelta(days=day.weekday())),
        "month": str(day.replace(day=1)),
        "quarter": str(date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)),
        "total": "",
    }[granularity]


def _whole(parts: list[list[Row]], tracked: bool) -> Row:
    reported = [[fact for fact in part if fact["source"] != "tracked"] for part in parts]
    told = [{name: _sum(part, name, name) for name in REPORTED} for part in reported if part]
    seen = [fact for part in parts for fact in part if fact["source"] == "tracked"]
    body, known = {}, {}
    for name in REPORTED:
        missing = [part for part in told if part[name][0] is None or part[name][1]]
        amounts = [part[name][0] for part in told if part[name][0] is not None]
        body[name] = None if missing or not told else _shown(name, sum(amounts, Decimal(0)))
        if missing and amounts:
            known[name] = _shown(name, sum(amounts, Decimal(0)))
    for name, (above, below) in RATIOS.items():
        pairs = [
            part for part in told if all(part[x][0] is not None and not part[x][1] for x in (above, below))
        ]
        denominator = sum((part[below][0] for part in pairs), Decimal(0))
        numerator = sum((part[above][0] for part in pairs), Decimal(0))
        body[name] = (
            float((numerator / denominator).quantize(Decimal("0.000001"), ROUND_HALF_EVEN))
            if denominator
            else None
        )
    for name, source in SEEN.items():
        amount, foreign = _sum(seen, source, name)
        text = _shown(name, amount or Decimal(0))
        body[name] = text if tracked and not foreign else None
        if foreign:
            known[name] = text
    return body | ({"known": known} if known else {})


def _sum(facts: list[Row], column: str, name: str) -> tuple[Decimal | None, bool]:
    """What is known, and whether there is more in another currency."""
    told = [fact for fact in facts if fact[column] is not None]
    own = [fact for fact in told if name not in MONEY or fact["currency"] != "USD" or fact[column] == 0]
    known = sum((Decimal(fact[column]) for fact in own), Decimal(0)) if own else None
    return known, len(own) < len(told)


def _shown(name: str, amount: Decimal) -> Any:
    if name not in MONEY:
        return int(amount) if amount == int(amount) else float(amount)
    whole, _, fraction = f"{amount:.6f}".partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')}"
