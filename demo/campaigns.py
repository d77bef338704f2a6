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
        {
            "name": "Rain jackets, prospecting",
            "platform": Platform.META,
            "objective": "conversions",
            "status": CampaignStatus.ACTIVE,
            "budget": _budget("180", BudgetPeriod.DAILY),
            "start_date": today - timedelta(days=60),
            "external_id": "23860000000000101",
            "tags": ["jackets", "prospecting"],
        },
        {
            "name": "Rain jackets, retargeting",
            "platform": Platform.META,
            "objective": "conversions",
            "status": CampaignStatus.ACTIVE,
            "budget": _budget("45.50", BudgetPeriod.DAILY),
            "start_date": today - timedelta(days=45),
            "external_id": "23860000000000102",
            "tags": ["jackets", "retargeting"],
        },
        {
            "name": "Search: hiking boots",
            "platform": Platform.GOOGLE,
            "objective": "conversions",
            "status": CampaignStatus.ACTIVE,
            "budget": _budget("2400", BudgetPeriod.MONTHLY),
            "start_date": today - timedelta(days=90),
            "external_id": "20210000101",
            "tags": ["boots", "search"],
        },
        {
            "name": "Brand film, video",
            "platform": Platform.GOOGLE,
            "objective": "awareness",
            "status": CampaignStatus.PAUSED,
            "budget": _budget("5000", BudgetPeriod.LIFETIME),
            "start_date": today - timedelta(days=75),
            "end_date": today + timedelta(days=15),
            "external_id": "20210000102",
            "tags": ["brand", "video"],
        },
        {
            "name": "Workwear for teams",
            "platform": Platform.LINKEDIN,
            "objective": "leads",
            "status": CampaignStatus.ACTIVE,
            "budget": _budget("90", BudgetPeriod.DAILY),
            "start_date": today - timedelta(days=30),
            "external_id": "310000101",
            "tags": ["b2b"],
        },
        {
            "name": "Trail stories",
            "platform": Platform.TIKTOK,
            "objective": "traffic",
            "status": CampaignStatus.ACTIVE,
            "budget": _budget("75", BudgetPeriod.DAILY),
            "start_date": today - timedelta(days=20),
            "end_date": today + timedelta(days=40),
            "external_id": "1780000000000101",
            "tags": ["video", "prospecting"],
        },
    ]


def _budget(amount: str, period: BudgetPeriod) -> Budget:
    return {"amount": Decimal(amount), "currency": CURRENCY, "period": period}
