"""The forms of the pages, and what of them a service is told."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from rest_framework.exceptions import ParseError, ValidationError
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from accounts.admin.choices import CurrencyChoice, TimezoneChoice
from api.json import read_json
from api.problems import field_errors
from campaigns.api.serializers import ConnectionSerializer
from campaigns.models import Campaign, Connection, Versioned
from campaigns.services.campaigns import CampaignFields
from campaigns.services.connections import ConnectionFields
from runtime.money import amount_text

BUDGET = ("budget_amount", "budget_currency", "budget_period")


class VersionedForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in its stubs alone
    """Carries the version that its page was made of, so that a stale page overwrites nothing."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.edits:
            self.initial["seen_version"] = cast(Versioned, self.instance).version

    @property
    def edits(self) -> bool:
        """Rather than adds."""
        return not self.instance._state.adding

    @property
    def expected_version(self) -> int:
        """Without the hidden field nothing matches, and the edit is refused."""
        return int(self.cleaned_data.get("seen_version") or 0)

    def changed_fields(self) -> dict[str, Any]:
        columns = {field.name for field in self.instance._meta.concrete_fields}
        return {name: self.cleaned_data[name] for name in columns.intersection(self.changed_data)}


class CampaignForm(VersionedForm):
    currency = CurrencyChoice(required=False, help_text="Default: the ad account's, else the workspace's.")
    timezone = TimezoneChoice(required=False, help_text="Default: the ad account's, else the workspace's.")
    budget_currency = CurrencyChoice(required=False)

    class Meta:
        model = Campaign
        fields = (
            "workspace",
            "name",
            "reference",
            "platform",
            "objective",
            "status",
            *BUDGET,
            "currency",
            "timezone",
            "start_date",
            "end_date",
            "external_id",
            "connection",
            "tags",
        )
        labels = {"connection": "Ad account", "external_id": "Id on the platform"}
        help_texts = {"tags": "Separated by commas."}
        widgets = {"tags": UnfoldAdminTextInputWidget}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "reference" in self.fields:
            self.fields["reference"].required = False
            self.fields["reference"].help_text = "Given once and never changed; left out, it is generated."
        for name in ("currency", "timezone"):
            self.fields[name].required = self.edits
        if self.instance.budget_amount is not None:
            self.initial["budget_amount"] = Decimal(amount_text(self.instance.budget_amount))

    def fields_said(self) -> CampaignFields:
        """What a service is told: the fields that were touched."""
        said = {name: value for name, value in self.changed_fields().items() if name != "workspace"}
        if said.keys() & set(BUDGET):
            said["budget"] = self._budget()
        return cast(CampaignFields, {name: value for name, value in said.items() if name not in BUDGET})

    def _budget(self) -> dict[str, Any] | None:
        amount, currency, period = (self.cleaned_data[name] for name in BUDGET)
        return None if amount is None else {"amount": amount, "currency": currency, "period": period}


class UnshownTextarea(UnfoldAdminTextareaWidget):  # type: ignore[misc]  # the library is untyped
    """What was typed is not sent back, not even on the page that says that something else was wrong."""

    def format_value(self, value: Any) -> str:
        return ""


class CredentialsField(forms.CharField):
    """JSON, read and bounded as the API does it; None where nothing was typed. No error says what was."""

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        if not typed:
            return None
        try:
            return ConnectionSerializer().fields["credentials"].run_validation(read_json(typed.encode()))
        except ParseError:
            raise forms.ValidationError("This is not JSON.") from None
        except ValidationError as error:
            reasons = [reason["message"] for reason in field_errors(error.get_full_details())]
            raise forms.ValidationError(reasons) from None

    def run_validators(self, value: Any) -> None:
        """Those of text have no say in what it was read as."""


class ConnectionForm(VersionedForm):
    currency = CurrencyChoice()
    timezone = TimezoneChoice()
    new_credentials = CredentialsField(
        required=False,
        widget=UnshownTextarea,
        help_text='Like {"access_token": "…"}. Replaces what is stored, which can never be seen.',
    )

    class Meta:
        model = Connection
        fields = ("workspace", "platform", "external_account_id", "name", "currency", "timezone", "status")

    def fields_said(self) -> ConnectionFields:
        """What a service is told: the fields that were touched."""
        said = {name: value for name, value in self.changed_fields().items() if name != "workspace"}
        if self.cleaned_data["new_credentials"] is not None:
            said["credentials"] = self.cleaned_data["new_credentials"]
        return cast(ConnectionFields, said)
