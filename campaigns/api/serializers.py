"""What bodies may say, and how they read in the OpenAPI file."""

from typing import Any

from rest_framework import serializers

from api.fields import AmountField, CurrencyField, TimezoneField
from api.serializers import ShortDictField, ShortListField, StrictBooleanField, StrictSerializer, TextField
from campaigns.choices import (
    AD_PLATFORMS,
    SETTABLE_STATUS,
    BudgetPeriod,
    CampaignStatus,
    ConnectionStatus,
    Platform,
)
from campaigns.models import (
    LONGEST_EXTERNAL_ID,
    LONGEST_NAME,
    LONGEST_OBJECTIVE,
    LONGEST_TAG,
    MOST_TAGS,
)
from campaigns.references import LONGEST_REFERENCE

LONGEST_CREDENTIAL = 8192
LONGEST_CREDENTIAL_NAME = 64
MOST_CREDENTIALS = 20


class BudgetSerializer(StrictSerializer):
    """What may be spent in each period."""

    amount = AmountField()
    currency = CurrencyField()
    period = serializers.ChoiceField(choices=BudgetPeriod.choices)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A budget is replaced whole; in a PATCH DRF would let parts of it be missing."""
        missing = self.fields.keys() - attrs.keys()
        if missing:
            text = "This field is required."
            raise serializers.ValidationError(dict.fromkeys(sorted(missing), text), code="required")
        return attrs


class CampaignSerializer(StrictSerializer):
    """What is advertised and measured."""

    id = serializers.UUIDField(read_only=True)
    name = TextField(max_length=LONGEST_NAME)
    reference = TextField(
        max_length=LONGEST_REFERENCE,
        required=False,
        help_text="Names the campaign wherever its id does; given once, generated if left out.",
    )
    platform = serializers.ChoiceField(choices=Platform.choices)
    objective = TextField(max_length=LONGEST_OBJECTIVE, required=False, allow_null=True, allow_blank=True)
    status = serializers.ChoiceField(choices=CampaignStatus.choices, required=False)
    budget = BudgetSerializer(required=False, allow_null=True)
    currency = CurrencyField(required=False, help_text="Default: the ad account's, else the workspace's.")
    timezone = TimezoneField(required=False, help_text="Default: the ad account's, else the workspace's.")
    start_date = serializers.DateField(required=False, allow_null=True)
    end_date = serializers.DateField(required=False, allow_null=True, help_text="The last day, inclusive.")
    external_id = TextField(
        max_length=LONGEST_EXTERNAL_ID,
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="What the platform calls the campaign.",
    )
    connection = serializers.UUIDField(
        required=False, allow_null=True, help_text="The ad account that the campaign runs in."
    )
    tags = ShortListField(child=TextField(max_length=LONGEST_TAG), max_length=MOST_TAGS, required=False)
    version = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)
    archived_at = serializers.DateTimeField(read_only=True, allow_null=True)

    def validate_objective(self, objective: str | None) -> str:
        return objective or ""

    def validate_external_id(self, external_id: str | None) -> str:
        return external_id or ""

    def validate_tags(self, tags: list[str]) -> list[str]:
        """In the order given, each once."""
        return list(dict.fromkeys(tags))


class ConnectionSerializer(StrictSerializer):
    """An ad account on a platform, with what it takes to read its reports."""

    id = serializers.UUIDField(read_only=True)
    platform = serializers.ChoiceField(choices=AD_PLATFORMS)
    external_account_id = TextField(max_length=LONGEST_EXTERNAL_ID)
    name = TextField(max_length=LONGEST_NAME)
    currency = CurrencyField(help_text="What the account is billed in.")
    timezone = TimezoneField(help_text="Where the account's days begin.")
    status = serializers.ChoiceField(choices=SETTABLE_STATUS, required=False)
    credentials = ShortDictField(
        child=TextField(max_length=LONGEST_CREDENTIAL),
        max_length=MOST_CREDENTIALS,
        max_name=LONGEST_CREDENTIAL_NAME,
        write_only=True,
        required=False,
        help_text="Tokens and ids that the platform's API asks for. Stored encrypted and never shown again.",
    )
    has_credentials = StrictBooleanField(read_only=True)
    credentials_set_at = serializers.DateTimeField(read_only=True, allow_null=True)
    version = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


class ConnectionBodySerializer(ConnectionSerializer):
    """An ad account as it is shown: `broken` when the platform refuses its credentials."""

    status = serializers.ChoiceField(choices=ConnectionStatus.choices)


class GrantSerializer(StrictSerializer):
    """Lets a restricted member see a campaign."""

    id = serializers.UUIDField(read_only=True)
    membership = serializers.UUIDField(help_text="Whom to show the campaign.")
    email = serializers.EmailField(read_only=True)
    name = TextField(read_only=True, allow_blank=True)
    created_at = serializers.DateTimeField(read_only=True)
