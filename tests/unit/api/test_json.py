"""JSON is read strictly and written the way the contract spells its values."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.exceptions import ErrorDetail, ParseError
from rest_framework.utils.serializer_helpers import ReturnDict

from api.json import JsonParser, JsonRenderer


def parse(body: bytes) -> Any:
    return JsonParser().parse(io.BytesIO(body))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"NaN",
        b"[1,]",
        b'"\\ud800"',
        b"\xff",
        b"1e400",
        b"1e-" + b"9" * 20,
        b"[" * 100_000,
        b"{'a': 1}",
    ],
    ids=[
        "empty",
        "half",
        "nan",
        "comma",
        "lone surrogate",
        "not utf-8",
        "infinite",
        "tiny",
        "deep",
        "quotes",
    ],
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        parse(body)


@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"a":', "}")])
def test_what_is_nested_deeper_than_any_route_takes_is_refused(opened: str, closed: str) -> None:
    parse((opened * 64 + "1" + closed * 64).encode())
    for depth in (65, 900):
        with pytest.raises(ParseError):
            parse((opened * depth + "1" + closed * depth).encode())


def test_a_long_list_is_not_deep() -> None:
    assert len(parse(b"[" + b"[]," * 1000 + b"[]]")) == 1001


def test_json_is_read() -> None:
    assert parse(b'{"a": [1, "\xc3\xa9", null]}') == {"a": [1, "é", None]}


def test_amounts_leave_as_strings_and_times_as_rfc_3339() -> None:
    value = {"amount": Decimal("12.30"), "at": datetime(2026, 11, 1, tzinfo=UTC), "on": date(2026, 11, 1)}
    assert JsonRenderer().render(value) == (
        b'{"amount":"12.30","at":"2026-11-01T00:00:00Z","on":"2026-11-01"}'
    )


def test_the_dialects_of_django_and_drf_are_understood() -> None:
    value = ReturnDict({"e": ErrorDetail("x", code="y")}, serializer=None)
    assert JsonRenderer().render(value) == b'{"e":"x"}'


def test_no_content_is_no_bytes() -> None:
    assert JsonRenderer().render(None) == b""


def test_people_may_ask_for_indented_json() -> None:
    assert JsonRenderer().render({"a": 1}, "application/json; indent=4") == b'{\n  "a": 1\n}'
