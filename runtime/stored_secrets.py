"""The secrets that a data folder keeps for itself, so that nobody has to invent any to try the product."""

import base64
import json
import os
from pathlib import Path

from runtime.catalogue import every_option
from runtime.private_files import replace_privately

SECRETS_FILE = "secrets.json"


class UnreadableSecrets(Exception):
    """The stored secrets exist and cannot be used; the message says what to do."""


def new_secret() -> str:
    """Thirty-two random bytes, spelled so that they also serve as a Fernet key."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def stored_secrets(data_dir: Path) -> dict[str, str]:
    """By CA_* name; nothing before the folder's first start. Raises UnreadableSecrets."""
    path = data_dir / SECRETS_FILE
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError, TypeError) as error:
        raise UnreadableSecrets(
            f"{path} cannot be read ({type(error).__name__}): restore it from a backup, for stored "
            "credentials open with its keys alone; or start with another CA_DATA_DIR."
        ) from error


def store_missing_secrets(data_dir: Path) -> None:
    """Give a data folder its own secrets, once; those it has stay. Safe to repeat, not to run twice at once:
    the caller holds the lock of the data folder."""
    known = stored_secrets(data_dir)
    wanted = {option.variable: new_secret() for option in every_option() if option.generated}
    if wanted.keys() <= known.keys():
        return
    data_dir.mkdir(parents=True, exist_ok=True)
    replace_privately(data_dir / SECRETS_FILE, json.dumps(wanted | known, indent=1).encode())
