"""What the kernel tells of processes."""

import os
import time

from embedded.process_table import cpu_seconds

NOBODY = 2**22 + 1  # no kernel hands out such a pid


def test_processor_time_grows_with_work_alone() -> None:
    began, used = cpu_seconds(os.getpid()), time.process_time()
    while time.process_time() - used < 0.1:
        pass
    assert cpu_seconds(os.getpid()) - began >= 0.05


def test_who_is_gone_takes_none() -> None:
    assert cpu_seconds(NOBODY) == 0
