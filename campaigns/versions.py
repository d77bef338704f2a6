"""Optimistic locking: two editors of one row never overwrite each other unseen."""

from typing import TypeVar

from django.db.models import F
from rest_framework.exceptions import NotFound

from api.etags import etag_of
from api.problem_codes import ProblemCode
from api.problems import Problem
from campaigns.models import Versioned

Row = TypeVar("Row", bound=Versioned)


def claim(row: Row, expected_version: int | None) -> Row:
    """Raise the row's version and return it as it now stands, locked until the transaction ends.

    One conditional UPDATE decides who comes first: whoever expected an older version gets a 412, and
    whoever expected none edits what the other left. Call it inside a transaction.
    """
    rows = type(row)._base_manager.filter(pk=row.pk)
    expected = rows if expected_version is None else rows.filter(version=expected_version)
    claimed = expected.update(version=F("version") + 1)
    current = rows.first()
    if current is None:
        raise NotFound
    if not claimed:
        raise Problem(
            ProblemCode.PRECONDITION_FAILED,
            "Load it again and repeat the change on what it says now.",
            headers={"ETag": etag_of(current.pk, current.version)},
        )
    return current
