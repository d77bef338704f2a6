"""The page of all problem codes, made from their declarations.

`python -m api.problems_reference` writes it; a test refuses a stale one.
"""

from pathlib import Path

from api.problem_codes import ProblemCode
from runtime.options import REPOSITORY

PAGE = REPOSITORY / "docs" / "reference" / "problems.md"
_INTRODUCTION = """\
# Problems

Generated from `api/problem_codes.py` by `make reference`.

Every error is `application/problem+json` (RFC 9457): `type`, `title`, `status`, `detail`, `code` and
`request_id`, and for bad fields `errors` with `field`, `code` and `message` each. A program decides by
`code`, which stays as it is; status and title follow from it. `type` leads to `/api/docs/problems/<code>`,
which tells of one code what the table below tells of all.

| code | status | title |
|---|---|---|
"""


def problems_page() -> str:
    """docs/reference/problems.md."""
    by_status = sorted(ProblemCode, key=lambda kind: kind.status)
    return _INTRODUCTION + "".join(_row(kind) for kind in by_status)


def _row(kind: ProblemCode) -> str:
    return f"| `{kind.code}` | {int(kind.status)} | {kind.title} |\n"


def write(page: Path) -> None:
    page.write_text(problems_page(), encoding="utf-8")


if __name__ == "__main__":
    write(PAGE)
