"""`make unit` runs every file, and each once."""

import re

from runtime.options import REPOSITORY
from tests.shares import is_in_share

FILES = sorted((REPOSITORY / "tests" / "unit").rglob("test_*.py"))
SHARES = ("1/2", "2/2")


def test_every_file_is_in_one_share() -> None:
    assert [sum(is_in_share(file, share) for share in SHARES) for file in FILES] == [1] * len(FILES)


def test_no_share_has_most_of_them() -> None:
    for share in SHARES:
        assert 0.35 < sum(is_in_share(file, share) for file in FILES) / len(FILES) < 0.65


def test_both_shares_are_run() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    [run] = re.findall(r"--jobs 2 \S+ (.*)", makefile)
    assert run.split() == ["unit-1", "unit-2"]
