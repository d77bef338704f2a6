"""The forms of the pages, and what of them a service is told."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from accounts.admin.choices import CurrencyChoice, TimezoneChoice
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


class ConnectionForm(VersionedForm):
    currency = CurrencyChoice()
    timezone = TimezoneChoice()
    new_credentials = forms.JSONField(
        required=False,
        widget=UnshownTextarea,
        help_text='Like {"access_token": "…"}. Replaces what is stored, which can never be seen.',
    )

    class Meta:
        model = Connection
        fields = ("workspace", "platform", "external_account_id", "name", "currency", "timezone", "status")

    def clean_new_credentials(self) -> dict[str, str] | None:
        credentials = self.cleaned_data["new_credentials"]
        if credentials is None:
            return None
        if not isinstance(credentials, dict) or not all(isinstance(one, str) for one in credentials.values()):
            raise forms.ValidationError('Names and texts, like {"access_token": "…"}.')
        return credentials

    def fields_said(self) -> ConnectionFields:
        """What a service is told: the fields that were touched."""
        said = {name: value for name, value in self.changed_fields().items() if name != "workspace"}
        if self.cleaned_data["new_credentials"] is not None:
            said["credentials"] = self.cleaned_data["new_credentials"]
        return cast(ConnectionFields, said)
