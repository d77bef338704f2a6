"""How a test says that the server refuses a statement."""

from collections.abc import Callable
from typing import Any

import pytest
from clickhouse_driver.errors import ServerException

ACCESS_DENIED = 497
CANNOT_OPEN_FILE = 76
CANNOT_PARSE_TEXT = 6
DATABASE_MISSING = 81
MEMORY_LIMIT = 241
NO_SUCH_COLUMN = 16
READONLY = 164
SETTING_CONSTRAINT = 452
SYNTAX_ERROR = 62
TIMEOUT = 159
TOO_MANY_CONNECTIONS = 202
TOO_MANY_PARTS = 252
UNKNOWN_COLUMN = 47
UNKNOWN_SETTING = 115
UNKNOWN_TABLE = 60
VIOLATED_CONSTRAINT = 469
WRONG_PASSWORD = 516
THROW_IF = 395
NOT_IMPLEMENTED = 48


def refusal(action: Callable[..., Any], *arguments: Any, **options: Any) -> ServerException:
    """The exception that the server answers with; the test fails without one."""
    with pytest.raises(ServerException) as raised:
        action(*arguments, **options)
    return raised.value
