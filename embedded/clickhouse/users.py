"""Who may connect: names, and a hash of each password. The server never holds a password itself.

The engine lets SQL read the variables of this process, so nothing worth reading may lie in one.
"""

import hashlib
import hmac
import json
import secrets
from pathlib import Path
from typing import NamedTuple

from runtime.private_files import replace_privately


class User(NamedTuple):
    name: str
    salt: str
    digest: str
    read_only: bool

    def accepts(self, password: str) -> bool:
        return hmac.compare_digest(_digest(self.salt, password), self.digest)


def user(name: str, password: str, *, read_only: bool) -> User:
    salt = secrets.token_hex(16)
    return User(name, salt, _digest(salt, password), read_only)


def write_users(path: Path, users: list[User]) -> None:
    """Replace the file, readable by its owner alone."""
    replace_privately(path, json.dumps([each._asdict() for each in users]).encode())


def read_users(path: Path) -> dict[str, User]:
    return {each["name"]: User(**each) for each in json.loads(path.read_text())}


def _digest(salt: str, password: str) -> str:
    return hashlib.sha256(f"{salt}:{password}".encode()).hexdigest()
