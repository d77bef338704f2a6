"""The engine tells its errors as text."""

import pytest

from embedded.clickhouse.errors import UNKNOWN_EXCEPTION, query_error


@pytest.mark.parametrize(
    ("told", "code", "message"),
    [
        (
            "Code: 62. DB::Exception: Syntax error: failed at position 1. (SYNTAX_ERROR)",
            62,
            "Syntax error: failed at position 1. (SYNTAX_ERROR)",
        ),
        (
            "Streaming query failed: Code: 394. DB::Exception: Query was cancelled. (QUERY_WAS_CANCELLED)",
            394,
            "Query was cancelled. (QUERY_WAS_CANCELLED)",
        ),
        (
            "Code: 164. DB::Exception: Code: 164. DB::Exception: No. (READONLY) (version 26.9.2.1).",
            164,
            "No. (READONLY)",
        ),
        (
            "Code: 469. DB::Exception: Constraint `c` is violated. Row: (a = 'Code: 60. DB::Exception: x')",
            469,
            "Constraint `c` is violated. Row: (a = 'Code: 60. DB::Exception: x')",
        ),
        ("No active streaming query", UNKNOWN_EXCEPTION, "No active streaming query"),
    ],
)
def test_code_and_message_are_told_apart(told: str, code: int, message: str) -> None:
    error = query_error(told)

    assert (error.code, error.message) == (code, message)
