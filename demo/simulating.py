"""A load of simulated events: whoever asks for one says how much, of what, and through which door."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple, TextIO

from demo.notes import Notes, read_notes
from demo.stack import base_url
from demo.terminal import shown
from ingestion.eventlog.opening import event_log
from ingestion.sources.simulated.campaigns import Campaign
from ingestion.sources.simulated.door import Door
from ingestion.sources.simulated.ledger import Ledger
from ingestion.sources.simulated.load import Load, Pace
from ingestion.sources.simulated.mixing import Mix, Mixer
from runtime.config import configuration

_MADE_PLATFORMS = ("meta", "google", "linkedin", "tiktok")


class CannotSimulate(Exception):
    """The message is for whoever asked."""


class Wish(NamedTuple):
    pace: Pace
    mix: Mix
    campaigns: str  # a number, or names with commas between; empty for all that there are
    senders: int
    seed: int
    ledger: Path | None
    base_url: str  # empty for the running stack's
    api_key_file: Path | None  # without one the demo's key is taken


def simulate(wish: Wish, screen: TextIO) -> Mapping[str, int]:
    """Blocks until enough was sent; returns what was counted.

    Raises CannotSimulate, DoorClosed, TransientFailure.
    """
    notes = read_notes(configuration().data_dir)
    with closing(_door(wish, notes)) as door:
        campaigns = chosen_campaigns(door, wish.campaigns)
    senders = min(wish.senders, len(campaigns))
    with Ledger(wish.ledger) as ledger:
        ledger.run(
            {"seed": wish.seed, "pace": wish.pace._asdict(), "mix": wish.mix._asdict(), "senders": senders}
        )
        load = Load(ledger, wish.pace, event_log().produce if wish.mix.broken_on_log else None)
        mixers = [
            Mixer(
                seed=wish.seed,
                sender=number,
                senders=senders,
                campaigns=campaigns[number::senders],
                mix=wish.mix,
                workspace_id=notes.workspace_id if notes else "",
            )
            for number in range(senders)
        ]
        shown(load, lambda: load.run([(_door(wish, notes), mixer) for mixer in mixers]), screen)
        ledger.end(load.counts)
    return load.counts


def chosen_campaigns(door: Door, wanted: str) -> list[Campaign]:
    """Those named, or so many; without a wish all that there are. Raises CannotSimulate for unknown names."""
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
            raise CannotSimulate(f"There is no campaign {', '.join(sorted(unknown))}.")
    if not known:
        raise CannotSimulate("There is no campaign to simulate.")
    return known


def _door(wish: Wish, notes: Notes | None) -> Door:
    """Each sender has one of its own."""
    key_file = wish.api_key_file
    if key_file is None and notes is None:
        raise CannotSimulate("There is no demo, so name a key with --api-key-file.")
    key = key_file.read_text().strip() if key_file else notes.api_key if notes else ""
    return Door(wish.base_url or base_url(configuration().web), key)
