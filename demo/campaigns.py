"""The campaigns of the demo workspace: a shop for outdoor clothing that advertises everywhere."""

from datetime import date, timedelta
from decimal import Decimal

from campaigns.choices import BudgetPeriod, CampaignStatus, Platform
from campaigns.services.campaigns import Budget, CampaignFields

WORKSPACE = "Fjell & Fern"
TIMEZONE = "Europe/Berlin"
CURRENCY = "EUR"


def demo_campaigns(today: date) -> list[CampaignFields]:
    """Running, ending, paused and yet to come, as seen from this day."""
    return [
        _meta("Rain jackets, prospecting", "23860000000000101", _daily("180"), _days_before(today, 60)),
        _meta("Rain jackets, retargeting", "23860000000000102", _daily("45.50"), _days_before(today, 45)),
        {
            "name": "Search: hiking boots",
            "platform": Platform.GOOGLE,
            "objective": "conversions",
            "status": CampaignStatus.ACTIVE,
            "budget": _budget("2400", BudgetPeriod.MONTHLY),
            "start_date": _days_before(today, 90),
            "external_id": "20210000101",
            "tags": ["boots", "search"],
        },
        _brand_film(today),
        {
            "name": "Workwear for teams",
            "platform": Platform.LINKEDIN,
            "objective": "leads",
            "status": CampaignStatus.ACTIVE,
            "budget": _daily("90"),
            "start_date": _days_before(today, 30),
            "external_id": "310000101",
            "tags": ["b2b"],
        },
        _trail_stories(today),
    ]


def _meta(name: str, external_id: str, budget: Budget, start: date) -> CampaignFields:
    return {
        "name": name,
        "platform": Platform.META,
        "objective": "conversions",
        "status": CampaignStatus.ACTIVE,
        "budget": budget,
        "start_date": start,
        "external_id": external_id,
        "tags": ["jackets", name.rpartition(", ")[2]],
    }


def _brand_film(today: date) -> CampaignFields:
    return {
        "name": "Brand film, video",
        "platform": Platform.GOOGLE,
        "objective": "awareness",
        "status": CampaignStatus.PAUSED,
        "budget": _budget("5000", BudgetPeriod.LIFETIME),
        "start_date": _days_before(today, 75),
        "end_date": _days_before(today, -15),
        "external_id": "20210000102",
        "tags": ["brand", "video"],
    }


def _trail_stories(today: date) -> CampaignFields:
    return {
        "name": "Trail stories",
        "platform": Platform.TIKTOK,
        "objective": "traffic",
        "status": CampaignStatus.ACTIVE,
        "budget": _daily("75"),
        "start_date": _days_before(today, 20),
        "end_date": _days_before(today, -40),
        "external_id": "1780000000000101",
        "tags": ["video", "prospecting"],
    }


def _daily(amount: str) -> Budget:
    return _budget(amount, BudgetPeriod.DAILY)


def _budget(amount: str, period: BudgetPeriod) -> Budget:
    return {"amount": Decimal(amount), "currency": CURRENCY, "period": period}


def _days_before(today: date, days: int) -> date:
    return today - timedelta(days=days)
