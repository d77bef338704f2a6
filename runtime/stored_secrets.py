"""The secrets that a data folder keeps for itself, so that nobody has to invent any to try the product."""

import base64
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
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
    except PermissionError as error:
        raise UnreadableSecrets(f"{path} may be read by its owner alone, who is somebody else.") from error
    except (OSError, ValueError, TypeError) as error:
        raise UnreadableSecrets(
            f"{path} cannot be read ({type(error).__name__}): restore it from a backup, for stored "
            "credentials open with its keys alone; or start with another CA_DATA_DIR."
        ) from error


def store_missing_secrets(data_dir: Path) -> None:
    """Give a data folder its own secrets, once; those it has stay. Safe to repeat, and to run twice at once:
    whoever comes second finds what the first one wrote."""
    if _missing(stored_secrets(data_dir)):
        with _writing_alone(data_dir):
            known = stored_secrets(data_dir)
            if missing := _missing(known):
                added = {name: new_secret() for name in missing}
                content = json.dumps(added | known, indent=1)
                replace_privately(data_dir / SECRETS_FILE, content.encode())


def _missing(known: dict[str, str]) -> list[str]:
    return [option.variable for option in every_option() if option.generated and option.variable not in known]


@contextmanager
def _writing_alone(data_dir: Path) -> Iterator[None]:
    """A lock of their own: two that start at once come here before either holds the data folder."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / SECRETS_FILE).with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
