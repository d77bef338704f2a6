"""Keyset pages: as quick on the last page as on the first, and stable while rows come and go."""

from typing import Any

from django.core import signing
from django.db.models import Model, Q, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from api.problems import field_problem

CURSOR, LIMIT, ORDERING = "cursor", "limit", "ordering"
PAGE_PARAMETERS = frozenset({CURSOR, LIMIT, ORDERING})
DEFAULT_LIMIT, LARGEST_LIMIT = 50, 200


class KeysetPagination(BasePagination):
    """The view names `ordering_fields` and its default `ordering`; the id breaks ties.

    Cursors are signed for one list of one workspace: a forged or foreign one is a 400 on `cursor`.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self._url = request.build_absolute_uri()
        self._ordering = _ordering_of(request, view)
        self._salt = _salt_of(request, queryset)
        limit = _limit_of(request)
        place = _place_of(request, self._ordering, self._salt)
        backwards = bool(place and place["b"])
        rows = _rows_after(queryset, self._ordering, place, backwards, limit + 1)
        more = len(rows) > limit
        rows = rows[:limit]
        if backwards:
            rows.reverse()
        self._has_next = more if not backwards else True
        self._has_previous = more if backwards else place is not None
        self._rows = rows
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "results": data,
                "next": self._link(self._rows[-1:], backwards=False) if self._has_next else None,
                "previous": self._link(self._rows[:1], backwards=True) if self._has_previous else None,
            }
        )

    def _link(self, edge: list[Model], *, backwards: bool) -> str | None:
        if not edge:
            return None
        field = self._ordering.removeprefix("-")
        value = getattr(edge[0], field)
        place = {
            "o": self._ordering,
            "b": backwards,
            "v": _spelled(edge[0], field, value),
            "i": str(edge[0].pk),
        }
        return replace_query_param(self._url, CURSOR, signing.dumps(place, salt=self._salt))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {"results": schema, "next": link, "previous": link},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        fields = sorted(view.ordering_fields)
        orderings = fields + [f"-{field}" for field in fields]
        return [
            _parameter(CURSOR, "Where a page begins; taken from `next` or `previous`.", {"type": "string"}),
            _parameter(LIMIT, "Rows on a page.", {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT}),
            _parameter(ORDERING, "`-` turns it round.", {"type": "string", "enum": orderings}),
        ]


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _ordering_of(request: Request, view: Any) -> str:
    asked = request.query_params.get(ORDERING)
    if asked is None:
        return str(view.ordering)
    if asked.removeprefix("-") not in view.ordering_fields:
        allowed = ", ".join(sorted(view.ordering_fields))
        raise field_problem(ORDERING, "invalid_choice", f"Order by one of: {allowed}; `-` turns it round.")
    return asked


def _limit_of(request: Request) -> int:
    asked = request.query_params.get(LIMIT)
    if asked is None:
        return DEFAULT_LIMIT
    if not (asked.isascii() and asked.isdigit() and len(asked) < 6 and 1 <= int(asked) <= LARGEST_LIMIT):
        raise field_problem(LIMIT, "invalid", f"A number from 1 to {LARGEST_LIMIT}.")
    return int(asked)


def _salt_of(request: Request, queryset: QuerySet[Any]) -> str:
    workspace = getattr(request.user, "workspace_id", None)
    return f"api.pagination:{queryset.model._meta.label}:{workspace}"


def _place_of(request: Request, ordering: str, salt: str) -> dict[str, Any] | None:
    token = request.query_params.get(CURSOR)
    if token is None:
        return None
    try:
        place: dict[str, Any] = signing.loads(token, salt=salt)
    except (signing.BadSignature, ValueError):
        raise field_problem(CURSOR, "invalid", "Take a cursor from `next` or `previous`.") from None
    if place["o"] != ordering:
        raise field_problem(CURSOR, "invalid", "This cursor belongs to another ordering.")
    return place


def _rows_after(
    queryset: QuerySet[Any], ordering: str, place: dict[str, Any] | None, backwards: bool, count: int
) -> list[Any]:
    field = ordering.removeprefix("-")
    descending = ordering.startswith("-") is not backwards
    sign = "-" if descending else ""
    if place:
        value = queryset.model._meta.get_field(field).to_python(place["v"])
        queryset = queryset.filter(_beyond(field, value, place["i"], descending))
    return list(queryset.order_by(f"{sign}{field}", f"{sign}pk")[:count])


def _beyond(field: str, value: Any, pk: str, descending: bool) -> Q:
    """Rows past this place. Postgres puts nulls last going up and first going down; so does this."""
    step = "lt" if descending else "gt"
    same = Q(**{field: value}) if value is not None else Q(**{f"{field}__isnull": True})
    beyond = same & Q(**{f"pk__{step}": pk})
    if value is None:
        return beyond | Q(**{f"{field}__isnull": False}) if descending else beyond
    beyond |= Q(**{f"{field}__{step}": value})
    return beyond if descending else beyond | Q(**{f"{field}__isnull": True})


def _spelled(row: Model, field: str, value: Any) -> str | None:
    return None if value is None else str(row._meta.get_field(field).value_to_string(row))  # type: ignore[union-attr]
