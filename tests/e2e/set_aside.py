"""Sets a bucket aside in a running stack, as a refusal of ClickHouse would."""

from typing import Any

from tests.e2e.product_shell import run_inside
from tests.running_stack import RealStack

_SET_ASIDE = """
import json, sys
from datetime import UTC, datetime, timedelta
from insights.models import SetAside
now = datetime.now(UTC)
order = json.load(sys.stdin)
later = now + timedelta(days=1)
SetAside.objects.create(bucket=now, version=0, next_try_at=later, reason="Refused.", **order)
"""


def set_one_aside(stack: RealStack, demo: dict[str, Any]) -> None:
    """It is not tried again before the tests are over."""
    campaign = demo["campaigns"][0]["id"]
    told = {"workspace_id": demo["workspace_id"], "campaign_id": campaign, "source": "events"}
    run_inside(stack, _SET_ASIDE, told)
