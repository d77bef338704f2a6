"""What the product is made of, to be searched for what must not stand in it."""

from pathlib import Path

from runtime.options import REPOSITORY
from tests.unit.repository.contracts import root_packages


def product_sources() -> list[Path]:
    """Its Python and its SQL. Raises AssertionError for so few that a search would prove nothing."""
    files = [path for package in root_packages() for path in (REPOSITORY / package).rglob("*.*")]
    sources = [path for path in files if path.suffix in {".py", ".sql"}]
    assert len(sources) > 200
    return sources
