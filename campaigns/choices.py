"""The closed lists that a campaign and an ad account choose from."""

from django.db.models import TextChoices


class Platform(TextChoices):
    META = "meta", "Meta"
    GOOGLE = "google", "Google Ads"
    LINKEDIN = "linkedin", "LinkedIn"
    TIKTOK = "tiktok", "TikTok"
    OTHER = "other", "Other"


# Ad accounts exist only where reports can be fetched from.
AD_PLATFORMS = [(p.value, p.label) for p in Platform if p is not Platform.OTHER]


class CampaignStatus(TextChoices):
    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    ARCHIVED = "archived"


class BudgetPeriod(TextChoices):
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    LIFETIME = "lifetime"


class ConnectionStatus(TextChoices):
    """`broken` is the system's own word: the platform refuses these credentials until they are replaced."""

    ACTIVE = "active"
    PAUSED = "paused"
    BROKEN = "broken"


SETTABLE_STATUS = [(s.value, s.label) for s in ConnectionStatus if s is not ConnectionStatus.BROKEN]
