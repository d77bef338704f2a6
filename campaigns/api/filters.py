"""What lists of campaigns and ad accounts can be narrowed by."""

from typing import Any

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters

from api.filters import ParameterFilters
from campaigns.choices import AD_PLATFORMS, CampaignStatus, ConnectionStatus, Platform
from campaigns.models import LONGEST_EXTERNAL_ID, LONGEST_NAME, LONGEST_OBJECTIVE, LONGEST_TAG, Campaign


class OneOfFilter(filters.BaseInFilter, filters.ChoiceFilter):
    """One value or several with commas between them."""


class CampaignFilters(ParameterFilters):
    status = OneOfFilter(
        choices=CampaignStatus.choices,
        lookup_expr="in",
        help_text="One or several, separated by commas. Archived campaigns show only when asked for.",
    )
    platform = OneOfFilter(choices=Platform.choices, lookup_expr="in", help_text="One or several.")
    objective = filters.CharFilter(max_length=LONGEST_OBJECTIVE)
    tag = filters.CharFilter("tags", "contains", method="having_tag", max_length=LONGEST_TAG)
    connection = filters.UUIDFilter("connection_id", help_text="The ad account's id.")
    external_id = filters.CharFilter(max_length=LONGEST_EXTERNAL_ID)
    starts_from = filters.DateFilter("start_date", "gte", help_text="Starts on this day or later.")
    starts_until = filters.DateFilter("start_date", "lte", help_text="Starts on this day or earlier.")
    ends_from = filters.DateFilter("end_date", "gte", help_text="Ends on this day or later.")
    ends_until = filters.DateFilter("end_date", "lte", help_text="Ends on this day or earlier.")
    search = filters.CharFilter(
        method="found_by", max_length=LONGEST_NAME, help_text="Part of the name, reference or external id."
    )

    def filter_queryset(self, queryset: QuerySet[Campaign]) -> QuerySet[Campaign]:
        queryset = super().filter_queryset(queryset)
        if self.form.cleaned_data["status"]:
            return queryset
        return queryset.exclude(status=CampaignStatus.ARCHIVED)

    def having_tag(self, queryset: QuerySet[Campaign], name: str, value: str) -> QuerySet[Campaign]:
        return queryset.filter(tags__contains=[value])

    def found_by(self, queryset: QuerySet[Campaign], name: str, value: str) -> QuerySet[Campaign]:
        anywhere = Q(name__icontains=value) | Q(reference__icontains=value)
        return queryset.filter(anywhere | Q(external_id__icontains=value))


class ConnectionFilters(ParameterFilters):
    platform = OneOfFilter(choices=AD_PLATFORMS, lookup_expr="in", help_text="One or several.")
    status = OneOfFilter(choices=ConnectionStatus.choices, lookup_expr="in", help_text="One or several.")
    external_account_id = filters.CharFilter(max_length=LONGEST_EXTERNAL_ID)
    search = filters.CharFilter(
        method="found_by", max_length=LONGEST_NAME, help_text="Part of the name or account id."
    )

    def found_by(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(Q(name__icontains=value) | Q(external_account_id__icontains=value))
