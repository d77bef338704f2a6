"""Keys: recognised by a fingerprint, told apart by their beginning, and hard to guess."""

from accounts.keys import (
    API_KEY_START,
    WRITE_KEY_START,
    fingerprint,
    new_api_key,
    new_write_key,
    shown_prefix,
)
from accounts.models import ApiKey, WriteKey


def test_a_kind_of_key_is_told_by_its_beginning() -> None:
    assert new_api_key().startswith(API_KEY_START)
    assert new_write_key().startswith(WRITE_KEY_START)


def test_no_two_are_alike() -> None:
    for make in (new_api_key, new_write_key):
        assert len({make() for _ in range(1000)}) == 1000


def test_keys_and_what_is_kept_of_them_fit_their_columns() -> None:
    assert len(fingerprint(new_api_key())) == ApiKey._meta.get_field("key_hash").max_length
    assert len(shown_prefix(new_api_key())) <= (ApiKey._meta.get_field("prefix").max_length or 0)
    assert len(new_write_key()) <= (WriteKey._meta.get_field("key").max_length or 0)


def test_what_is_shown_of_a_key_leaves_the_rest_to_be_guessed() -> None:
    key = new_api_key()
    assert key.startswith(shown_prefix(key))
    assert len(key) - len(shown_prefix(key)) >= 32


def test_the_same_key_has_the_same_fingerprint_and_another_another() -> None:
    key = new_api_key()
    assert fingerprint(key) == fingerprint(key) != fingerprint(key + "x")
