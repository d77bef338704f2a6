"""What every test against the real servers shares."""

import pytest
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> None:
    """The same bcrypt with the fewest rounds it knows: the tests need it right, not slow."""
    BCryptSHA256PasswordHasher.rounds = 4
