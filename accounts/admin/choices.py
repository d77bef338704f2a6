"""Fields to choose a currency or a time zone from those that there are."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelect2Widget

from runtime.money import CURRENCIES
from runtime.timezones import timezone_names

NONE_YET = [("", "—")]


def currency_choices() -> list[tuple[str, str]]:
    return NONE_YET + [(code, code) for code in sorted(CURRENCIES)]


def timezone_choices() -> list[tuple[str, str]]:
    return NONE_YET + [(name, name) for name in sorted(timezone_names())]


class CurrencyChoice(forms.ChoiceField):
    widget = UnfoldAdminSelect2Widget

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=currency_choices, **options)


class TimezoneChoice(forms.ChoiceField):
    widget = UnfoldAdminSelect2Widget

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=timezone_choices, **options)
