"""The campaigns that facts are made for, as the API tells of them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

_DAYS = {"daily": 1, "weekly": 7, "monthly": 30}
_DAYS_OF_A_LIFETIME = 90  # of a campaign that has no end
_WITHOUT_A_BUDGET = 50.0  # a day


class Budget(Struct, frozen=True):
    amount: Decimal
    currency: str
    period: Literal["daily", "weekly", "monthly", "lifetime"]


class Campaign(Struct, frozen=True, kw_only=True):
    """What the facts about it depend on; the rest of what the API says is left alone."""

    id: str
    reference: str
    platform: str
    currency: str
    timezone: str = "UTC"
    status: str = "active"
    objective: str | None = None
    budget: Budget | None = None
    start_date: date | None = None
    end_date: date | None = None

    def local(self, time: datetime) -> datetime:
        return time.astimezone(ZoneInfo(self.timezone))

    def runs_on(self, day: date) -> bool:
        """By its dates alone; the day is the campaign's own."""
        begun = self.start_date is None or self.start_date <= day
        return begun and (self.end_date is None or day <= self.end_date)

    def daily_budget(self) -> float:
        if self.budget is None:
            return _WITHOUT_A_BUDGET
        return float(self.budget.amount) / (_DAYS.get(self.budget.period) or self._lifetime())

    def _lifetime(self) -> int:
        if self.start_date is None or self.end_date is None:
            return _DAYS_OF_A_LIFETIME
        return max(1, (self.end_date - self.start_date).days + 1)
