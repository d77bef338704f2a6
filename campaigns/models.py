"""Ad accounts, campaigns, and who may see which."""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from accounts.models import Identified, Membership, Workspace
from campaigns.choices import AD_PLATFORMS, BudgetPeriod, CampaignStatus, ConnectionStatus, Platform
from campaigns.references import LONGEST_REFERENCE
from runtime.money import AMOUNT_DIGITS, AMOUNT_PLACES

LONGEST_NAME = 200
LONGEST_OBJECTIVE = 64
LONGEST_EXTERNAL_ID = 128
LONGEST_TAG = 50
MOST_TAGS = 20


class Versioned(Identified):
    """A row that several people edit; every change raises its version (see `campaigns.versions`)."""

    version = models.PositiveBigIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Connection(Versioned):
    """An ad account on a platform, with what it takes to read its reports."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="connections")
    platform = models.CharField(max_length=10, choices=AD_PLATFORMS)
    external_account_id = models.CharField(max_length=LONGEST_EXTERNAL_ID)
    name = models.CharField(max_length=LONGEST_NAME)
    currency = models.CharField(max_length=3)
    timezone = models.CharField(max_length=64)
    status = models.CharField(
        max_length=10, choices=ConnectionStatus.choices, default=ConnectionStatus.ACTIVE
    )
    encrypted_credentials = models.TextField(blank=True, default="", editable=False)
    credentials_set_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "ad account"
        indexes = [
            models.Index(fields=("workspace", "created_at", "id"), name="connection_by_age"),
            models.Index(fields=("workspace", "name", "id"), name="connection_by_name"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("workspace", "platform", "external_account_id"),
                name="one_connection_an_account",
                violation_error_message="This ad account is already connected.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_platform_display()} {self.external_account_id})"

    @property
    def has_credentials(self) -> bool:
        return bool(self.encrypted_credentials)


class Campaign(Versioned):
    """What is advertised and measured. Never deleted: archiving keeps its facts and its reference."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="campaigns")
    name = models.CharField(max_length=LONGEST_NAME)
    reference = models.CharField(max_length=LONGEST_REFERENCE)
    platform = models.CharField(max_length=10, choices=Platform.choices)
    objective = models.CharField(max_length=LONGEST_OBJECTIVE, blank=True, default="")
    status = models.CharField(max_length=10, choices=CampaignStatus.choices, default=CampaignStatus.DRAFT)
    budget_amount = models.DecimalField(
        max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES, null=True, blank=True
    )
    budget_currency = models.CharField(max_length=3, blank=True, default="")
    budget_period = models.CharField(max_length=10, choices=BudgetPeriod.choices, blank=True, default="")
    currency = models.CharField(max_length=3)
    timezone = models.CharField(max_length=64)
    start_date = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)
    external_id = models.CharField(max_length=LONGEST_EXTERNAL_ID, blank=True, default="")
    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, null=True, blank=True, related_name="campaigns"
    )
    tags = ArrayField(models.CharField(max_length=LONGEST_TAG), default=list, blank=True, size=MOST_TAGS)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=("workspace", "created_at", "id"), name="campaign_by_age"),
            models.Index(fields=("workspace", "updated_at", "id"), name="campaign_by_change"),
            models.Index(fields=("workspace", "name", "id"), name="campaign_by_name"),
            models.Index(fields=("workspace", "start_date", "id"), name="campaign_by_start"),
            models.Index(fields=("workspace", "external_id"), name="campaign_by_external_id"),
            GinIndex(fields=("tags",), name="campaign_by_tag"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("workspace", "reference"),
                name="one_campaign_a_reference",
                violation_error_message="References are never reused, and this one was given before.",
            ),
            models.UniqueConstraint(
                fields=("connection", "external_id"),
                condition=~Q(external_id=""),
                name="one_campaign_an_external_id",
                violation_error_message="Another campaign already stands for this one of the ad account.",
            ),
            models.CheckConstraint(
                condition=Q(status=CampaignStatus.ARCHIVED) ^ Q(archived_at=None),
                name="archived_campaigns_know_since_when",
            ),
            models.CheckConstraint(
                condition=Q(budget_amount=None, budget_currency="", budget_period="")
                | (Q(budget_amount__gte=0) & ~Q(budget_currency="") & ~Q(budget_period="")),
                name="a_budget_is_whole",
                violation_error_message="A budget has an amount, a currency and a period, or is left out.",
            ),
            models.CheckConstraint(
                condition=Q(start_date=None) | Q(end_date=None) | Q(end_date__gte=F("start_date")),
                name="a_campaign_ends_after_it_starts",
                violation_error_message="The end lies before the start.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.reference})"


class ReferenceCounter(models.Model):
    """The last number that a workspace's generated references reached."""

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.workspace}: {self.last}"


class CampaignGrant(Identified):
    """Lets a restricted member see one campaign."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="campaign_grants")
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="grants")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("membership", "campaign"),
                name="one_grant_a_campaign",
                violation_error_message="This member was granted the campaign already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.membership} sees {self.campaign}"

    @property
    def workspace_id(self) -> UUID:
        """Whose trail a grant belongs to."""
        return self.campaign.workspace_id
