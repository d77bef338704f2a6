"""`manage.py consumer_stop`: why the consumers stand still, and the way to let them go on."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ingestion.dead_letters.stopping import standing_stop, stop_acknowledge, stop_message
from ingestion.errors import TransientFailure
from ingestion.eventlog.base import MAIN_GROUP
from ingestion.management.operators import operator


class Command(BaseCommand):
    help = "Say whether the consumers were stopped by too many dead letters; --acknowledge lets them go on."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--acknowledge", action="store_true", help="let the consumers work again")
        parser.add_argument("--group", default=MAIN_GROUP, help="whose stop; by default the raw tables'")

    def handle(self, *args: Any, acknowledge: bool, group: str, **options: Any) -> None:
        try:
            stop = standing_stop(group)
            if stop is None:
                self.stdout.write(f"Nothing stops the consumers of {group}.")
            elif acknowledge:
                stop_acknowledge(stop=stop, by=operator("consumer_stop"))
                self.stdout.write(
                    f"Acknowledged: {stop.why}\n"
                    "Under `make run` the consumer starts again by itself; elsewhere start it again."
                )
            else:
                self.stdout.write(stop_message(stop))
        except TransientFailure as failure:
            raise CommandError(str(failure)) from None
