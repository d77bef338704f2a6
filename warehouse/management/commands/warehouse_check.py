"""`manage.py warehouse_check`: which parts of the warehouse are spoilt or were taken out, and what to do."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from warehouse.client import reader, writer
from warehouse.errors import WarehouseRefused, WarehouseUnavailable
from warehouse.parts import BY_A_PERSON, Part, part_drop, part_take_out, parts_taken_out, spoilt_parts

BRING_BACK = "How to bring rows back: docs/operating.md, 'A part that is spoilt'."


class Command(BaseCommand):
    help = (
        "Read every part of every table of the warehouse (ClickHouse). Name those that are spoilt or were "
        "taken out, and what to do. Ends with 1 if there are any."
    )
    requires_system_checks = ()  # nor the time to import every view

    def add_arguments(self, parser: ArgumentParser) -> None:
        instead = parser.add_mutually_exclusive_group()
        of_a_part: Any = {"nargs": 2, "metavar": ("TABLE", "PART")}
        instead.add_argument("--detach", **of_a_part, help="take a spoilt part out of its table")
        instead.add_argument(
            "--drop-detached", **of_a_part, help="delete a part that was taken out, once its rows are back"
        )

    def handle(
        self, *args: Any, detach: list[str] | None, drop_detached: list[str] | None, **options: Any
    ) -> None:
        try:
            if detach:
                part_take_out(*detach, writer=writer())
                self.stdout.write(f"Taken out. {BRING_BACK}")
            elif drop_detached:
                part_drop(*drop_detached, writer=writer())
                self.stdout.write("Deleted.")
            else:
                self._check()
        except (WarehouseUnavailable, WarehouseRefused) as error:
            raise CommandError(str(error)) from error

    def _check(self) -> None:
        spoilt = 0
        for part in spoilt_parts(writer()):
            self._tell(part, f"is spoilt: {part.reason}", "Take it out", "--detach")
            spoilt += 1
        out = parts_taken_out(reader())
        for part in out:
            who = "by hand" if part.reason == BY_A_PERSON else f"by a start of ClickHouse ({part.reason})"
            self._tell(part, f"was taken out {who}", "Bring its rows back, then delete it", "--drop-detached")
        if spoilt or out:
            raise CommandError(f"{spoilt} spoilt, {len(out)} taken out. {BRING_BACK}")
        self.stdout.write("Every part is whole, and none was taken out.")

    def _tell(self, part: Part, state: str, remedy: str, option: str) -> None:
        self.stdout.write(
            f"{part.table} {part.name} {state}\n"
            f"  {remedy}: manage.py warehouse_check {option} {part.table} {part.name}"
        )
        self.stdout.flush()
