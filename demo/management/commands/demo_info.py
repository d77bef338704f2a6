"""`manage.py demo_info`: what a person or a script needs to speak to the running stack."""

from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.notes import read_notes
from demo.stack import base_url, running_processes
from runtime.config import configuration
from runtime.options import ClickHouse


class Command(BaseCommand):
    """Asks neither database nor server, so it answers at once and also while these are busy."""

    help = "Print how to sign in to the demo, its keys and campaigns, and who runs."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="as one JSON object, for scripts")

    def handle(self, *args: Any, **options: Any) -> None:
        info = demo_info()
        self.stdout.write(msgspec.json.encode(info).decode() if options["json"] else as_text(info))


def demo_info() -> dict[str, Any]:
    """Raises CommandError with the one line that says what is missing."""
    options = configuration()
    processes = running_processes(options.data_dir)
    if processes is None:
        raise CommandError(f"Nothing runs on {options.data_dir}. Start it with `make run`.")
    notes = read_notes(options.data_dir)
    if notes is None:
        raise CommandError("There is no demo yet. Make it with `python manage.py demo_create`.")
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


def as_text(info: dict[str, Any]) -> str:
    """One fact a line, names on the left."""
    facts = {name: str(value) for name, value in info.items() if isinstance(value, str)}
    facts |= {campaign["reference"]: campaign["name"] for campaign in info["campaigns"]}
    facts |= {name: f"pid {pid}" for name, pid in info["processes"].items()}
    facts |= {f"warehouse {name}": str(value) for name, value in info["warehouse"].items()}
    width = max(map(len, facts))
    return "\n".join(f"{name:<{width}}  {value}" for name, value in facts.items())
