"""`manage.py warehouse_status`: version, memory, size and parts of ClickHouse, table by table."""

import json
from argparse import ArgumentParser
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError

from warehouse.client import reader
from warehouse.errors import WarehouseRefused, WarehouseUnavailable
from warehouse.status import WarehouseStatus, warehouse_status

MEGABYTE = 1024 * 1024


class Command(BaseCommand):
    help = "Print the version, memory, size and parts of the warehouse (ClickHouse)."
    requires_system_checks = ()  # nor the time to import every view

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for scripts")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            status = warehouse_status(reader())
        except (WarehouseUnavailable, WarehouseRefused) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(msgspec.to_builtins(status)) if options["json"] else _page(status))


def _page(status: WarehouseStatus) -> str:
    lines = [
        f"ClickHouse {status.version}, {_megabytes(status.memory_bytes)} in memory,"
        f" {_megabytes(status.bytes_on_disk)} on disk in {status.parts} parts"
    ]
    for table in status.tables:
        lines.append(f"  {table.name:<26} {table.rows:>12,} rows {_megabytes(table.bytes_on_disk):>10}")
    return "\n".join(lines)


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:.1f} MB"
