"""What every test against the real servers shares."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher

from tests.migrated_warehouse import migrate_once
from warehouse import client


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> None:
    """The same bcrypt with the fewest rounds it knows: the tests need it right, not slow."""
    BCryptSHA256PasswordHasher.rounds = 4


@pytest.fixture(autouse=True, scope="session")
def migrated_warehouse() -> Iterator[None]:
    migrate_once()
    yield
    client.reader().close()
    client.writer().close()
