"""Every failure leaves in one shape, with a stable code and the field that is wrong."""

import pytest
from django.db import OperationalError
from django.http import Http404
from rest_framework import exceptions, serializers

from api.problem_codes import ProblemCode
from api.problems import Problem, problem_body, problem_of
from api.serializers import StrictBooleanField, StrictSerializer, TextField
from warehouse.errors import TOO_LARGE, WarehouseRefused


class Budget(StrictSerializer):
    amount = serializers.DecimalField(max_digits=18, decimal_places=6)


class Thing(StrictSerializer):
    name = TextField(max_length=5)
    active = StrictBooleanField(required=False)
    budget = Budget(required=False)
    tags = serializers.ListField(child=TextField(max_length=3), required=False)


def errors_of(data: object) -> set[tuple[str, str]]:
    serializer = Thing(data=data)
    try:
        serializer.is_valid(raise_exception=True)
    except exceptions.ValidationError as error:
        problem = problem_of(error)
        assert problem is not None
        return {(e["field"], e["code"]) for e in problem.errors}
    return set()


def test_a_sound_body_has_no_errors() -> None:
    assert errors_of({"name": "a", "active": True, "budget": {"amount": "1.5"}, "tags": ["x"]}) == set()


def test_a_missing_field_is_named() -> None:
    assert errors_of({}) == {("name", "required")}


def test_an_unknown_field_is_refused_beside_the_other_errors() -> None:
    assert errors_of({"nam": "a"}) == {("name", "required"), ("nam", "unknown_field")}
    assert errors_of({"name": "a", "x": 1}) == {("x", "unknown_field")}


def test_nested_fields_are_named_with_their_path() -> None:
    assert errors_of({"name": "a", "budget": {"amount": "x", "y": 1}}) == {
        ("budget.amount", "invalid"),
        ("budget.y", "unknown_field"),
    }
    assert errors_of({"name": "a", "tags": ["ok", "long"]}) == {("tags.1", "max_length")}


def test_text_is_not_guessed_from_a_number_nor_truth_from_a_word() -> None:
    assert errors_of({"name": 12, "active": "yes"}) == {("name", "invalid"), ("active", "invalid")}


def test_nul_is_not_text() -> None:
    assert errors_of({"name": "a\x00"}) == {("name", "null_characters_not_allowed")}


def test_a_body_that_is_no_object_is_an_error_of_the_whole_body() -> None:
    assert errors_of([1]) == {("body", "invalid")}


def test_an_outage_of_a_store_is_a_503_that_says_when_to_come_back() -> None:
    problem = problem_of(OperationalError("connection refused by 10.0.0.7"))
    assert problem is not None
    assert problem.kind is ProblemCode.UNAVAILABLE
    assert problem.headers["Retry-After"] == "2"
    assert "10.0.0.7" not in str(problem_body(problem, "r"))


def test_a_throttled_request_learns_when_to_come_back() -> None:
    problem = problem_of(exceptions.Throttled(wait=7))
    assert problem is not None
    assert problem.kind is ProblemCode.RATE_LIMITED
    assert problem.headers["Retry-After"] == "7"


def test_djangos_words_about_a_missing_row_do_not_leave() -> None:
    problem = problem_of(Http404("No Campaign matches the given query."))
    assert problem is not None
    assert "Campaign" not in problem_body(problem, "r")["detail"]


def test_a_bug_of_ours_is_no_problem_of_the_caller() -> None:
    assert problem_of(KeyError("x")) is None


def test_the_body_has_every_member_of_the_contract() -> None:
    body = problem_body(Problem(ProblemCode.CONFLICT, "In use."), "r-1")
    assert body == {
        "type": "/api/docs/problems/conflict",
        "title": "The present state does not allow this",
        "status": 409,
        "detail": "In use.",
        "code": "conflict",
        "request_id": "r-1",
    }


@pytest.mark.parametrize("code", sorted(TOO_LARGE))
def test_a_question_that_is_too_large_is_the_caller_s_and_other_refusals_are_ours(code: int) -> None:
    problem = problem_of(WarehouseRefused(code, "Limit for rows or bytes to read exceeded"))
    assert problem is not None
    assert problem.kind is ProblemCode.QUESTION_TOO_LARGE
    assert "shorter range" in problem_body(problem, "r")["detail"]
    assert problem_of(WarehouseRefused(60, "There is no such table")) is None
