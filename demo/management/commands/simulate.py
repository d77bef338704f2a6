"""`manage.py simulate`: sends events through the door at a rate, with whatever networks do to them."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.simulating import CannotSimulate, Wish, simulate
from demo.simulator import simulate_demo
from ingestion.errors import TransientFailure
from ingestion.sources.simulated.door import DoorClosed
from ingestion.sources.simulated.load import Pace
from ingestion.sources.simulated.mixing import Mix
from runtime.config import configuration

_SHARES = {
    "interactions": "of clicks, conversions and impressions among the new",
    "duplicates": "sent again as they were",
    "changed": "sent again under their identity with another payload",
    "late": "of things that are days old",
    "broken": "that the door must reject",
    "broken_on_log": "put on the log past the door, for the consumer to park",
}


class Command(BaseCommand):
    help = (
        "Send simulated metric events and interactions to the running product. "
        "Ctrl-C ends it once the batches on their way are told of."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("--demo", action="store_true", help="the demo's own figures, for ever, as the supervisor runs it")
        add("--rate", type=float, default=100.0, metavar="N", help="events a second; 0: all that goes")
        add("--events", type=int, default=0, metavar="N", help="so many in all; 0: no limit")
        add("--duration", type=float, default=0.0, metavar="SECONDS", help="0: no limit")
        add("--batch", type=int, default=0, metavar="N", help="events in a request; 0: what suits the rate")
        add("--senders", type=int, default=2, metavar="N", help="threads; each owns its campaigns")
        add("--campaigns", default="", metavar="N|NAMES", help="how many (missing ones are made), or cmp-1,…")
        for name, meaning in _SHARES.items():
            flag = f"--{name.replace('_', '-')}"
            add(flag, type=share, default=0.0, metavar="SHARE", help=f"share {meaning}")
        add("--seed", type=int, default=1, metavar="N", help="the same seed draws the same events")
        add(
            "--ledger", type=Path, metavar="FILE", help="all that was sent and told: docs/reference/ledger.md"
        )
        add("--base-url", default="", metavar="URL", help="default: the running embedded stack")
        add("--api-key-file", type=Path, metavar="FILE", help="default: the demo's key")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["demo"]:
            raise CommandError(simulate_demo(configuration()))
        try:
            counts = simulate(_wish(options), sys.stderr)
        except (CannotSimulate, DoorClosed, TransientFailure) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(", ".join(f"{name}: {number}" for name, number in sorted(counts.items())))


def _wish(options: Mapping[str, Any]) -> Wish:
    return Wish(
        pace=Pace(options["rate"], options["events"], options["duration"], options["batch"]),
        mix=Mix(**{name: options[name] for name in Mix._fields}),
        campaigns=options["campaigns"],
        senders=options["senders"],
        seed=options["seed"],
        ledger=options["ledger"],
        base_url=options["base_url"],
        api_key_file=options["api_key_file"],
    )


def share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is no share: it lies between 0 and 1")
    return value
