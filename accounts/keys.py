"""How keys are made, and how they and one-time tokens are recognised without being kept."""

import hashlib
import re
import secrets

API_KEY_START = "ca_key_"
WRITE_KEY_START = "ca_write_"
SHOWN_CHARACTERS = len(API_KEY_START) + 6
_WRITE_KEY = re.compile(rf"{WRITE_KEY_START}[A-Za-z0-9_-]{{1,39}}")


def new_api_key() -> str:
    return API_KEY_START + secrets.token_urlsafe(32)


def new_write_key() -> str:
    return WRITE_KEY_START + secrets.token_urlsafe(18)


def is_write_key(text: str) -> bool:
    """Whether it looks like one; what does not needs no look into the database."""
    return bool(_WRITE_KEY.fullmatch(text))


def fingerprint(key: str) -> str:
    """What is stored: keys hold 256 random bits, so one fast hash hides them as well as a slow one."""
    return hashlib.sha256(key.encode()).hexdigest()


def shown_prefix(key: str) -> str:
    return key[:SHOWN_CHARACTERS]


def shown_name(name: str, prefix: str) -> str:
    """How a key is called where people read of it."""
    return f"{name} ({prefix}…)"
