"""What can go wrong, and how the engine's error texts become codes."""

import re

UNKNOWN_SETTING = 115
READONLY = 164
TOO_MANY_CONNECTIONS = 202
MEMORY_LIMIT_EXCEEDED = 241
QUERY_WAS_CANCELLED = 394
SETTING_CONSTRAINT_VIOLATION = 452
AUTHENTICATION_FAILED = 516
NOT_IMPLEMENTED = 48
SYNTAX_ERROR = 62
UNEXPECTED_PACKET = 101
NO_SUCH_COLUMN_IN_TABLE = 16
UNKNOWN_EXCEPTION = 1002

_CODE = re.compile(r"Code: (\d+)\. ")
_NOISE = re.compile(
    r"^(Streaming query failed: |Code: \d+\. |DB::(Net)?Exception: )+|\(version [\d.]+( \([^)]*\))?\)\.? ?"
)


class ProtocolError(Exception):
    """What a client sent cannot be understood or passed over; its connection cannot go on."""

    def __init__(self, message: str, code: int = UNEXPECTED_PACKET) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


class QueryError(Exception):
    """A refusal with the code that a ClickHouse server gives it; the connection goes on."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


def query_error(text: str) -> QueryError:
    """The engine tells its errors as text, sometimes with the prefix doubled; the innermost code counts."""
    codes = _CODE.findall(text.split("\n", 1)[0])
    message = _NOISE.sub("", text).strip()
    return QueryError(int(codes[0]) if codes else UNKNOWN_EXCEPTION, message)
