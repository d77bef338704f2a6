"""Sharing one's figures: what is refused before there is a second process."""

from pathlib import Path

import pytest

from runtime.telemetry.metric_files import share_metrics
from runtime.telemetry.metrics import Metric, count


def test_sharing_after_something_was_counted_is_refused_for_that_would_be_lost(tmp_path: Path) -> None:
    count(Metric.TASKS_STARTED, task="before sharing")
    with pytest.raises(RuntimeError, match="comes too late"):
        share_metrics(tmp_path, "web")
