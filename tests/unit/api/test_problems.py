"""Every failure leaves in one shape, with a stable code and the field that is wrong."""

import pytest
from django.db import OperationalError
from django.http import Http404
from django.test import RequestFactory
from rest_framework import exceptions, serializers

from api.problem_codes import ProblemCode
from api.problems import Problem, plain_problem, problem_body, problem_of
from api.serializers import ShortDictField, ShortListField, StrictBooleanField, StrictSerializer, TextField
from warehouse.errors import TOO_LARGE, WarehouseRefused


class Budget(StrictSerializer):
    amount = serializers.DecimalField(max_digits=18, decimal_places=6)


class Thing(StrictSerializer):
    name = TextField(max_length=5)
    active = StrictBooleanField(required=False)
    budget = Budget(required=False)
    tags = ShortListField(child=TextField(max_length=3), max_length=4, required=False)
    secrets = ShortDictField(child=TextField(max_length=3), max_length=4, max_name=3, required=False)


def errors_of(data: object) -> set[tuple[str, str]]:
    return {(error["field"], error["code"]) for error in told_errors(data)}


def told_errors(data: object) -> list[dict[str, str]]:
    try:
        Thing(data=data).is_valid(raise_exception=True)
    except exceptions.ValidationError as error:
        problem = problem_of(error)
        assert problem is not None
        return list(problem_body(problem, "r")["errors"])
    return []


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


def test_of_many_unknown_fields_twenty_are_told_and_how_many_there_are() -> None:
    told = told_errors({"name": "a"} | {f"x{n}": 1 for n in range(5000)})
    assert [error["field"] for error in told] == [f"x{n}" for n in range(20)]
    assert told[0]["message"].endswith(" There are 5000 unknown fields.")


@pytest.mark.parametrize(
    ("field", "sent"),
    [("tags", ["long"] * 5), ("secrets", {str(n): "long" for n in range(5)}), ("secrets", {"long": "a"})],
)
def test_what_has_too_many_parts_is_refused_before_they_are_looked_at(field: str, sent: object) -> None:
    assert errors_of({"name": "a", field: sent}) == {(field, "max_length")}


def test_no_answer_holds_at_length_what_was_sent() -> None:
    told = told_errors({"name": "a", "x" * 10_000: 1, "secrets": {"abc": "long"}})
    assert max(len(text) for error in told for text in error.values()) <= 501


def test_of_very_many_errors_the_first_are_told_and_how_many_there_are() -> None:
    errors = [{"field": f"f{n}", "code": "invalid", "message": "No."} for n in range(60)]
    told = problem_body(Problem(ProblemCode.INVALID, errors=errors), "r")["errors"]
    assert told[:50] == errors[:50]
    assert told[50:] == [{"field": "body", "code": "more_errors", "message": "There are 10 more errors."}]


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


@pytest.mark.parametrize(
    ("accept", "is_page"),
    [
        ("", False),
        ("*/*", False),
        ("application/json, text/html", False),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("text/html;x*=foo''bar", True),
    ],
)
def test_a_page_is_for_who_names_html_and_no_header_can_make_it_fail(accept: str, is_page: bool) -> None:
    request = RequestFactory().get("/", headers={"Accept": accept})
    answer = plain_problem(request, Problem(ProblemCode.NOT_FOUND))
    assert (answer["Content-Type"] == "text/html") is is_page


@pytest.mark.parametrize("code", sorted(TOO_LARGE))
def test_a_question_that_is_too_large_is_the_caller_s_and_other_refusals_are_ours(code: int) -> None:
    problem = problem_of(WarehouseRefused(code, "Limit for rows or bytes to read exceeded"))
    assert problem is not None
    assert problem.kind is ProblemCode.QUESTION_TOO_LARGE
    assert "shorter range" in problem_body(problem, "r")["detail"]
    assert problem_of(WarehouseRefused(60, "There is no such table")) is None
