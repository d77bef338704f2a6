"""A question: a frozen value that says all that an answer depends on, the time of asking included."""

from datetime import date, datetime
from enum import Enum
from uuid import UUID

from msgspec import Struct

from campaigns.choices import Platform
from runtime.countries import COUNTRIES

DEVICES = frozenset({"desktop", "mobile", "tablet", "tv", "other"})

# What an answer can be broken down and filtered by, in the order in which a row tells it.
DIMENSIONS: dict[str, frozenset[str]] = {
    "platform": frozenset(Platform.values),
    "region": COUNTRIES,
    "device": DEVICES,
}


class Granularity(Enum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    TOTAL = "total"


class Origin(Enum):
    """Who is believed for platform figures; REPORT and EVENTS ask for one alone."""

    WHAT_COUNTS = ""
    REPORT = "report"
    EVENTS = "events"


class Fill(Enum):
    """What stands in buckets in which nothing happened."""

    NOTHING = "none"
    ZERO = "zero"
    NULL = "null"


class Subject(Struct, frozen=True):
    """Whose figures are asked for, and what is assumed where the question does not say."""

    workspace_id: UUID
    campaign_ids: tuple[UUID, ...]
    timezone: str
    currency: str


class Question(Struct, frozen=True, kw_only=True):
    """`start_date` and `end_date` are days of `timezone`, both included."""

    subject: Subject
    now: datetime
    start_date: date
    end_date: date
    granularity: Granularity
    breakdown: tuple[str, ...]
    filters: dict[str, tuple[str, ...]]
    metrics: tuple[str, ...]
    timezone: str
    currency: str
    origin: Origin
    fill: Fill
    order: str
    limit: int | None

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What the source must be able to tell apart, in the order of DIMENSIONS."""
        return tuple(name for name in DIMENSIONS if name in self.breakdown or name in self.filters)
