"""A load that is asked to end is waited for."""

import io
import os
import signal
import time

from demo.terminal import shown
from ingestion.sources.simulated.ledger import Ledger
from ingestion.sources.simulated.load import Load, Pace


def test_ctrl_c_asks_the_load_to_end_and_waits_until_it_has() -> None:
    load = Load(Ledger(), Pace())
    told: list[str] = []

    def work() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        load.stop.wait()
        time.sleep(0.05)  # the batch that was under way
        told.append("the last batch")

    shown(load, work, io.StringIO())
    assert told == ["the last batch"]
