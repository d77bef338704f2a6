"""What a person or a script needs to speak to the running stack; `python -m demo.info` prints it as JSON.

Asks neither database nor server and loads no Django, so it answers at once and also while these are busy.
"""

import sys
from typing import Any

import msgspec

from demo.notes import read_notes
from demo.stack import base_url, running_processes
from runtime.config import configuration
from runtime.options import ClickHouse


class NothingToTell(Exception):
    """The message is the one line that says what is missing."""


def demo_info() -> dict[str, Any]:
    """Raises NothingToTell."""
    options = configuration()
    processes = running_processes(options.data_dir)
    if processes is None:
        raise NothingToTell(f"Nothing runs on {options.data_dir}. Start it with `make run`.")
    notes = read_notes(options.data_dir)
    if notes is None:
        raise NothingToTell("There is no demo yet. Make it with `python manage.py demo_create`.")
    return {
        "base_url": base_url(options.web),
        **msgspec.to_builtins(notes),
        "processes": processes,
        "warehouse": _warehouse(options.clickhouse),
    }


def _warehouse(clickhouse: ClickHouse) -> dict[str, Any]:
    """For a ClickHouse client or a BI tool of one's own: a user that can only read."""
    return {
        "host": clickhouse.host,
        "port": clickhouse.port,
        "database": clickhouse.database,
        "user": clickhouse.reader_user,
        "password": clickhouse.reader_password,
    }


def as_json(info: dict[str, Any]) -> str:
    return msgspec.json.encode(info).decode()


def as_text(info: dict[str, Any]) -> str:
    """One fact a line, names on the left."""
    facts = {name: str(value) for name, value in info.items() if isinstance(value, str)}
    facts |= {campaign["reference"]: campaign["name"] for campaign in info["campaigns"]}
    facts |= {name: f"pid {pid}" for name, pid in info["processes"].items()}
    facts |= {f"warehouse {name}": str(value) for name, value in info["warehouse"].items()}
    width = max(map(len, facts))
    return "\n".join(f"{name:<{width}}  {value}" for name, value in facts.items())


def main() -> None:
    try:
        sys.stdout.write(as_json(demo_info()))
    except NothingToTell as missing:
        sys.exit(str(missing))


if __name__ == "__main__":
    main()
