"""Credentials are locked by the newest key, open with any configured one, and can move to the newest."""

import pytest

from campaigns.credentials import Safe, UnreadableCredentials
from runtime.stored_secrets import new_secret

SECRETS = {"access_token": "EAAB-secret", "app": "ü"}


def test_what_is_stored_shows_nothing_and_opens_again() -> None:
    safe = Safe([new_secret()])
    token = safe.lock(SECRETS)
    assert "EAAB" not in token
    assert safe.open(token) == SECRETS


def test_a_key_that_was_taken_away_no_longer_opens() -> None:
    token = Safe([new_secret()]).lock(SECRETS)
    with pytest.raises(UnreadableCredentials):
        Safe([new_secret()]).open(token)
    with pytest.raises(UnreadableCredentials):
        Safe([new_secret()]).renewed(token)


def test_a_new_key_in_front_opens_the_old_and_locks_what_is_renewed() -> None:
    old, new = new_secret(), new_secret()
    token = Safe([old]).lock(SECRETS)
    rotating = Safe([new, old])
    assert rotating.open(token) == SECRETS
    assert not rotating.is_current(token)
    renewed = rotating.renewed(token)
    assert rotating.is_current(renewed)
    assert Safe([new]).open(renewed) == SECRETS


def test_a_changed_token_is_refused() -> None:
    safe = Safe([new_secret()])
    token = safe.lock(SECRETS)
    with pytest.raises(UnreadableCredentials):
        safe.open(token[:-4] + "AAA=")
