"""Input fields that every body shares: amounts, currencies, time zones."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.serializers import TextField
from runtime.money import AMOUNT_DIGITS, AMOUNT_PLACES, CURRENCIES
from runtime.timezones import timezone_names

LONGEST_TIMEZONE = 64


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "pattern": r"^\d{1,12}(\.\d{1,6})?$"},
            {"type": "number", "minimum": 0, "exclusiveMaximum": 10**12},
        ],
        "example": "12.34",
    }
)
class AmountField(serializers.DecimalField):
    """An exact amount of money, zero or more; as a JSON number it is read digit by digit."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES, min_value=0, **options)

    def to_internal_value(self, data: Any) -> Decimal:
        """Python would read `1_0` and the digits of every script as well."""
        if isinstance(data, str) and ("_" in data or not data.isascii()):
            self.fail("invalid")
        return super().to_internal_value(data)


class CurrencyField(TextField):
    """An ISO 4217 code in capitals."""

    default_error_messages = {"invalid_choice": "Name a currency by its ISO 4217 code, like EUR."}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=3, **options)

    def to_internal_value(self, data: Any) -> str:
        code = super().to_internal_value(data)
        if code not in CURRENCIES:
            self.fail("invalid_choice")
        return code


class TimezoneField(TextField):
    """An IANA name, like Europe/Berlin."""

    default_error_messages = {"invalid_choice": "Name a time zone as IANA does, like Europe/Berlin."}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_TIMEZONE, **options)

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if name not in timezone_names():
            self.fail("invalid_choice")
        return name
