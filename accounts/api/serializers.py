"""What the routes of accounts take in."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from accounts.models import LONGEST_NAME
from accounts.rights import SCOPES, Role
from api.fields import CurrencyField, TimezoneField
from api.serializers import ShortListField, StrictBooleanField, StrictSerializer, TextField

LONGEST_PASSWORD = 256
LONGEST_TOKEN = 2048
INVITATION_TOKEN_LENGTH = 128
SCOPE_CHOICES = [(scope.value, scope.label) for scope in SCOPES]


class EmailField(serializers.EmailField):
    """An address, in lower case from here on."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=254, **options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data).lower()


class PasswordField(TextField):
    """Blanks at its ends belong to it."""

    def __init__(self, **options: Any) -> None:
        style = {"input_type": "password"}
        super().__init__(max_length=LONGEST_PASSWORD, trim_whitespace=False, style=style, **options)


class ZonedTimeField(serializers.DateTimeField):
    """A time that names its zone: without one, nobody knows when it is."""

    default_error_messages = {"no_zone": "Say the time with its zone, like 2027-01-31T12:00:00Z."}

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("no_zone")
        return super().enforce_timezone(value)


class NameField(TextField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_NAME, **options)


class RegistrationSerializer(StrictSerializer):
    email = EmailField()
    password = PasswordField()
    name = NameField(required=False, allow_blank=True)
    workspace_name = NameField(required=False, allow_blank=True)


class SignInSerializer(StrictSerializer):
    email = EmailField()
    password = PasswordField()


class RefreshSerializer(StrictSerializer):
    refresh = TextField(max_length=LONGEST_TOKEN)


class ProfileSerializer(StrictSerializer):
    name = NameField(allow_blank=True)


class PasswordChangeSerializer(StrictSerializer):
    current_password = PasswordField()
    new_password = PasswordField()


class PasswordForgottenSerializer(StrictSerializer):
    email = EmailField()


class PasswordResetSerializer(StrictSerializer):
    token = TextField(max_length=LONGEST_TOKEN)
    password = PasswordField()


class WorkspaceSerializer(StrictSerializer):
    id = serializers.UUIDField(read_only=True)
    name = NameField()
    timezone = TimezoneField(required=False, default="UTC")
    currency = CurrencyField(required=False, default="EUR")
    created_at = serializers.DateTimeField(read_only=True)


class MemberSerializer(StrictSerializer):
    role = serializers.ChoiceField(choices=Role.choices, required=False)
    restricted = StrictBooleanField(required=False)


class InvitationSerializer(StrictSerializer):
    id = serializers.UUIDField(read_only=True)
    email = EmailField()
    role = serializers.ChoiceField(choices=Role.choices)
    restricted = StrictBooleanField(required=False, default=False)
    expires_at = serializers.DateTimeField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)


class AcceptanceSerializer(StrictSerializer):
    token = TextField(max_length=INVITATION_TOKEN_LENGTH)
    password = PasswordField(required=False)
    name = NameField(required=False, allow_blank=True)


class ApiKeySerializer(StrictSerializer):
    id = serializers.UUIDField(read_only=True)
    name = NameField()
    prefix = serializers.CharField(read_only=True)
    scopes = ShortListField(
        child=serializers.ChoiceField(choices=SCOPE_CHOICES), allow_empty=False, max_length=len(SCOPES)
    )
    expires_at = ZonedTimeField(required=False, allow_null=True, default=None)
    revoked_at = serializers.DateTimeField(read_only=True, allow_null=True)
    last_used_at = serializers.DateTimeField(read_only=True, allow_null=True)
    created_at = serializers.DateTimeField(read_only=True)


class WriteKeySerializer(StrictSerializer):
    id = serializers.UUIDField(read_only=True)
    name = NameField()
    key = serializers.CharField(read_only=True)
    revoked_at = serializers.DateTimeField(read_only=True, allow_null=True)
    created_at = serializers.DateTimeField(read_only=True)
