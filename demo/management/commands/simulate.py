"""`manage.py simulate`: sends events through the door at a rate, with whatever networks do to them."""

import argparse
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.notes import Notes, read_notes
from demo.simulator import simulate_demo
from demo.stack import base_url
from demo.terminal import shown
from ingestion.errors import TransientFailure
from ingestion.eventlog.opening import event_log
from ingestion.sources.simulated.campaigns import Campaign
from ingestion.sources.simulated.door import Door, DoorClosed
from ingestion.sources.simulated.ledger import Ledger
from ingestion.sources.simulated.load import Load, Pace
from ingestion.sources.simulated.mixing import Mix, Mixer
from runtime.config import configuration

_MADE_PLATFORMS = ("meta", "google", "linkedin", "tiktok")
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
        "Send simulated metric events to the running product. "
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
            counts = simulate(options)
        except (DoorClosed, TransientFailure) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(", ".join(f"{name}: {number}" for name, number in sorted(counts.items())))


def simulate(options: Mapping[str, Any]) -> Mapping[str, int]:
    """Blocks until enough was sent; returns what was counted. Raises DoorClosed, TransientFailure."""
    notes = read_notes(configuration().data_dir)
    pace = Pace(options["rate"], options["events"], options["duration"], options["batch"])
    mix = Mix(**{name: options[name] for name in Mix._fields})
    with closing(_door(options, notes)) as door:
        campaigns = chosen_campaigns(door, options["campaigns"])
    senders = min(options["senders"], len(campaigns))
    with Ledger(options["ledger"]) as ledger:
        ledger.run(
            {"seed": options["seed"], "pace": pace._asdict(), "mix": mix._asdict(), "senders": senders}
        )
        load = Load(ledger, pace, event_log().produce if mix.broken_on_log else None)
        mixers = [
            Mixer(
                seed=options["seed"],
                sender=number,
                senders=senders,
                campaigns=campaigns[number::senders],
                mix=mix,
                workspace_id=notes.workspace_id if notes else "",
            )
            for number in range(senders)
        ]
        shown(load, lambda: load.run([(_door(options, notes), mixer) for mixer in mixers]), sys.stderr)
        ledger.end(load.counts)
    return load.counts


def chosen_campaigns(door: Door, wanted: str) -> list[Campaign]:
    """Those named, or so many; without a wish all that there are. Raises CommandError for an unknown name."""
    known = [campaign for campaign in door.campaigns() if campaign.status != "archived"]
    if wanted.isdecimal():
        missing = range(len(known), int(wanted))
        known += [door.make_campaign(f"Simulated {n + 1}", _MADE_PLATFORMS[n % 4]) for n in missing]
        known = known[: int(wanted)]
    elif wanted:
        names = {name.strip() for name in wanted.split(",")}
        known = [campaign for campaign in known if names & {campaign.id, campaign.reference}]
        unknown = names - {name for campaign in known for name in (campaign.id, campaign.reference)}
        if unknown:
            raise CommandError(f"There is no campaign {', '.join(sorted(unknown))}.")
    if not known:
        raise CommandError("There is no campaign to simulate.")
    return known


def share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is no share: it lies between 0 and 1")
    return value


def _door(options: Mapping[str, Any], notes: Notes | None) -> Door:
    """Each sender has one of its own."""
    key_file = options["api_key_file"]
    if key_file is None and notes is None:
        raise CommandError("There is no demo, so name a key with --api-key-file.")
    key = key_file.read_text().strip() if key_file else notes.api_key if notes else ""
    return Door(options["base_url"] or base_url(configuration().web), key)
