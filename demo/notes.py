"""`<data_dir>/demo.json`: the demo's keys and password, of which the database keeps only hashes."""

from pathlib import Path
from secrets import token_urlsafe

import msgspec

from accounts.keys import new_api_key, new_write_key
from runtime.private_files import replace_privately

FILE = "demo.json"
EMAIL = "demo@campaign-analytics.local"


class NotedCampaign(msgspec.Struct, frozen=True):
    id: str
    reference: str
    name: str


class Notes(msgspec.Struct, frozen=True, kw_only=True):
    """What a script needs to speak to the demo workspace, in the order in which it is printed."""

    email: str
    password: str
    workspace_id: str = ""
    api_key: str
    write_key: str
    campaigns: tuple[NotedCampaign, ...] = ()


def new_notes() -> Notes:
    """Every data folder gets a password and keys of its own: a demo on an open port is no open door."""
    return Notes(email=EMAIL, password=token_urlsafe(9), api_key=new_api_key(), write_key=new_write_key())


def read_notes(data_dir: Path) -> Notes | None:
    path = data_dir / FILE
    return msgspec.json.decode(path.read_bytes(), type=Notes) if path.exists() else None


def write_notes(data_dir: Path, notes: Notes) -> None:
    """Readable for the owner alone, and replaced at once: no reader sees half of it."""
    data_dir.mkdir(parents=True, exist_ok=True)
    replace_privately(data_dir / FILE, msgspec.json.format(msgspec.json.encode(notes)))
