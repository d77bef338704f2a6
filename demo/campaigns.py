"""The campaigns of the demo workspace: a shop for outdoor clothing that advertises everywhere."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from campaigns.choices import BudgetPeriod, CampaignStatus, Platform
from campaigns.services.campaigns import CampaignFields

WORKSPACE = "Fjell & Fern"
TIMEZONE = "Europe/Berlin"
CURRENCY = "EUR"


@dataclass(frozen=True)
class DemoCampaign:
    """Days count from the day of the first start: negative ones have passed."""

    name: str
    platform: Platform
    external_id: str
    objective: str
    budget: str
    period: BudgetPeriod
    tags: tuple[str, ...]
    starts: int
    ends: int | None = None
    status: CampaignStatus = CampaignStatus.ACTIVE

    def fields(self, today: date) -> CampaignFields:
        return {
            "name": self.name,
            "platform": self.platform,
            "external_id": self.external_id,
            "objective": self.objective,
            "status": self.status,
            "budget": {"amount": Decimal(self.budget), "currency": CURRENCY, "period": self.period},
            "tags": list(self.tags),
            "start_date": today + timedelta(days=self.starts),
            "end_date": None if self.ends is None else today + timedelta(days=self.ends),
        }


CAMPAIGNS = (
    DemoCampaign(
        name="Rain jackets, prospecting",
        platform=Platform.META,
        external_id="23860000000000101",
        objective="conversions",
        budget="180",
        period=BudgetPeriod.DAILY,
        tags=("jackets", "prospecting"),
        starts=-60,
    ),
    DemoCampaign(
        name="Rain jackets, retargeting",
        platform=Platform.META,
        external_id="23860000000000102",
        objective="conversions",
        budget="45.50",
        period=BudgetPeriod.DAILY,
        tags=("jackets", "retargeting"),
        starts=-45,
    ),
    DemoCampaign(
        name="Search: hiking boots",
        platform=Platform.GOOGLE,
        external_id="20210000101",
        objective="conversions",
        budget="2400",
        period=BudgetPeriod.MONTHLY,
        tags=("boots", "search"),
        starts=-90,
    ),
    DemoCampaign(
        name="Brand film, video",
        platform=Platform.GOOGLE,
        external_id="20210000102",
        objective="awareness",
        budget="5000",
        period=BudgetPeriod.LIFETIME,
        tags=("brand", "video"),
        starts=-75,
        ends=15,
        status=CampaignStatus.PAUSED,
    ),
    DemoCampaign(
        name="Workwear for teams",
        platform=Platform.LINKEDIN,
        external_id="310000101",
        objective="leads",
        budget="90",
        period=BudgetPeriod.DAILY,
        tags=("b2b",),
        starts=-30,
    ),
    DemoCampaign(
        name="Trail stories",
        platform=Platform.TIKTOK,
        external_id="1780000000000101",
        objective="traffic",
        budget="75",
        period=BudgetPeriod.DAILY,
        tags=("video", "prospecting"),
        starts=-20,
        ends=40,
    ),
)
