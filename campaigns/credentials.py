"""Platform credentials at rest: what is stored is a token that only the configured keys open."""

from collections.abc import Mapping, Sequence
from functools import cache

import msgspec
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from runtime.config import configuration

_SECRETS = msgspec.json.Decoder(dict[str, str])


class UnreadableCredentials(Exception):
    """No configured key opens this token: a key was taken away too early, or the token was changed."""


class Safe:
    """The first key encrypts, every key decrypts."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._newest = Fernet(keys[0])
        self._all = MultiFernet([Fernet(key) for key in keys])

    def lock(self, credentials: Mapping[str, str]) -> str:
        return self._newest.encrypt(msgspec.json.encode(dict(credentials))).decode()

    def open(self, token: str) -> dict[str, str]:
        """Raises UnreadableCredentials."""
        try:
            return _SECRETS.decode(self._all.decrypt(token))
        except InvalidToken:
            raise UnreadableCredentials from None

    def is_current(self, token: str) -> bool:
        """Whether the newest key alone opens it."""
        try:
            self._newest.decrypt(token)
        except InvalidToken:
            return False
        return True

    def renewed(self, token: str) -> str:
        """The same credentials under the newest key. Raises UnreadableCredentials."""
        try:
            return self._all.rotate(token).decode()
        except InvalidToken:
            raise UnreadableCredentials from None


@cache
def configured_safe() -> Safe:
    return Safe(configuration().credentials.keys)
