"""What the list of runs can be narrowed by."""

from django_filters import rest_framework as filters

from api.filters import ParameterFilters
from runs.choices import RunKind, RunState


class RunFilters(ParameterFilters):
    kind = filters.ChoiceFilter(choices=RunKind.choices)
    state = filters.ChoiceFilter(choices=RunState.choices)
    campaign = filters.UUIDFilter("campaign_id", help_text="The campaign's id.")
