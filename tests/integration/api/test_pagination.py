"""Pages by key: every row once, in order, in both directions, nulls included."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from accounts.models import ApiKey, Workspace
from api.pagination import KeysetPagination

pytestmark = pytest.mark.django_db


class Listing:
    ordering_fields = {"created_at", "expires_at", "name"}
    ordering = "-created_at"


def page(query: str) -> dict[str, Any]:
    request = Request(APIRequestFactory().get(f"/keys/?{query}"))
    pages = KeysetPagination()
    rows = pages.paginate_queryset(ApiKey.objects.all(), request, Listing())
    return dict(pages.get_paginated_response([str(row.pk) for row in rows]).data)


def walk(query: str, direction: str) -> list[list[str]]:
    pages = []
    link: str | None = f"/?{query}"
    while link:
        body = page(urlsplit(link).query)
        pages.append(body["results"])
        link = body[direction]
    return pages


def keys(names: list[str], days: list[int | None]) -> None:
    workspace = Workspace.objects.create(name="w")
    for position, (name, day) in enumerate(zip(names, days, strict=False)):
        ApiKey.objects.create(
            workspace=workspace,
            name=name,
            key_hash=f"{workspace.id}{position}"[-64:],
            scopes=["read"],
            expires_at=day and datetime(2026, 1, day, tzinfo=UTC),
        )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.lists(st.none() | st.integers(1, 3), max_size=12),
    ordering=st.sampled_from(["expires_at", "-expires_at", "name", "-created_at"]),
    limit=st.integers(1, 5),
)
def test_any_walk_shows_every_row_once_in_order_there_and_back(
    days: list[int | None], ordering: str, limit: int
) -> None:
    ApiKey.objects.all().delete()
    keys(["a", "b", "a", "c"] * 3, days)
    field = ordering.removeprefix("-")
    sign = "-" if ordering.startswith("-") else ""
    expected = [str(k.pk) for k in ApiKey.objects.order_by(f"{sign}{field}", f"{sign}pk")]

    there = walk(f"ordering={ordering}&limit={limit}", "next")
    assert [row for rows in there for row in rows] == expected

    last = f"ordering={ordering}&limit={limit}"
    while link := page(last)["next"]:
        last = urlsplit(link).query
    back = walk(last, "previous")
    assert [row for rows in reversed(back) for row in rows] == expected


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("ordering=key_hash", "ordering"),
        ("ordering=", "ordering"),
        ("cursor=forged", "cursor"),
        ("cursor=", "cursor"),
    ],
)
def test_a_page_that_cannot_be_is_a_400_naming_the_parameter(query: str, field: str) -> None:
    with pytest.raises(APIException) as refused:
        page(query)
    assert getattr(refused.value, "errors")[0]["field"] == field  # noqa: B009


def test_a_cursor_of_another_ordering_is_refused() -> None:
    keys(["a", "b"], [None, None])
    cursor = urlsplit(page("limit=1")["next"]).query
    with pytest.raises(APIException):
        page(cursor.replace("limit=1", "limit=1&ordering=name"))
