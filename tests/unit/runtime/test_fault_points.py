"""What cannot be armed."""

import pytest

from runtime import fault_points
from runtime.fault_points import VARIABLE, FaultPoint, reached


def test_a_point_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "consumer.nowhere=kill")
    fault_points._armed.cache_clear()
    try:
        with pytest.raises(ValueError, match="nowhere"):
            reached(FaultPoint.CONSUMER_INSERTED)
    finally:
        fault_points._armed.cache_clear()
