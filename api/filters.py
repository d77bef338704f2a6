"""Lists take the parameters they declare; a misspelt filter is an error and not an unfiltered list."""

from typing import Any

from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from api.pagination import PAGE_PARAMETERS

FORMAT = "format"  # how the browsable API asks for plain JSON


class ParameterFilters(FilterSet):
    """The forms of the browsable API call a filter what the parameter is called."""

    @classmethod
    def get_filters(cls) -> Any:
        found = super().get_filters()
        for name, parameter in found.items():
            parameter.label = name.replace("_", " ").capitalize()
        return found


class StrictFilterBackend(DjangoFilterBackend):
    """Filters by the view's `filterset_class`; refuses what neither it nor the paging declares."""

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        self._refuse_unknown(request, queryset, view)
        return super().filter_queryset(request, queryset, view)

    def _refuse_unknown(self, request: Request, queryset: Any, view: Any) -> None:
        filterset = self.get_filterset_class(view, queryset)
        known = PAGE_PARAMETERS | (filterset.base_filters.keys() if filterset else frozenset())
        unknown = request.query_params.keys() - known - {FORMAT}
        if unknown:
            message = f"There is no such parameter. Allowed: {', '.join(sorted(known))}."
            raise ValidationError({name: [ErrorDetail(message, "unknown_parameter")] for name in unknown})
