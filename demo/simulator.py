"""`python -m demo.simulator`: lets the demo's campaigns live, as a supervised process without Django.

It may be killed at any moment; the next start goes on where this one ended. If it cannot go on it ends
with an exit code that the supervisor does not answer with another start: a demo must not stop the product.
"""

import sys
import time
from contextlib import closing
from datetime import UTC, datetime

import structlog

from demo.notes import read_notes
from demo.stack import base_url
from ingestion.sources.simulated.door import Door, DoorClosed
from ingestion.sources.simulated.endless import Endless
from runtime.config import configuration, exit_if_refused
from runtime.options import Options
from runtime.restarts import NEEDS_A_PERSON
from runtime.telemetry.logs import configure_logs, logging_settings

FILE = "simulator.json"
SEED = 1

logger = structlog.get_logger(__name__)


def simulate_demo(options: Options) -> str:
    """Goes on for ever; returns why it cannot."""
    notes = read_notes(options.data_dir)
    if notes is None:
        return "There is no demo yet. Make it with `python manage.py demo_create`."
    with closing(Door(base_url(options.web), notes.api_key)) as door:
        endless = Endless(
            door=door,
            path=options.data_dir / FILE,
            sources=options.enabled_sources,
            clock=lambda: datetime.now(UTC),
            wait=_wait,
        )
        try:
            endless.run(SEED, tuple(campaign.id for campaign in notes.campaigns))
        except DoorClosed as closed:
            return str(closed)
    raise AssertionError("The demo's simulator has no end.")


def _wait(seconds: float) -> bool:
    time.sleep(seconds)
    return True


def main() -> None:
    with exit_if_refused():
        options = configuration()
    configure_logs(logging_settings(options.logs))
    try:
        logger.error("simulator_ended", why=simulate_demo(options))
    except Exception:
        logger.exception("simulator_failed")
    sys.exit(NEEDS_A_PERSON)


if __name__ == "__main__":
    main()
