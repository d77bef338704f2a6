"""What a tick costs at the start of an hour and at its end.

One hour at 2,000 events/s over 200 campaigns with 20 slices each lies in the raw tables; then the two newest
minutes are recomputed, as the first pass over marks does and as the second does with the days as well, in
turns at the start and at the end of the hour.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from uuid import UUID, uuid4

import django
from rich.console import Console

from benchmarks.machine import describe
from benchmarks.stand import prepared_engines
from benchmarks.verdict import verdict

CAMPAIGNS, PER_SECOND, ROUNDS = 200, 2_000, 7
MOST_AT_THE_END = 1.5
_EVENTS = """
INSERT INTO metric_events (workspace_id, campaign_id, occurred_at, event_id_as_sent, version, platform,
                           region, device, impressions, clicks, spend, currency)
SELECT %(workspace)s, %(campaigns)s[number %% {campaigns} + 1],
       fromUnixTimestamp64Milli(%(began)s + intDiv(number * 1000, {rate}), 'UTC'),
       toString(generateUUIDv4(number)), 78643200000 + number, 'meta',
       ['US', 'DE', 'GB', 'FR', 'IN'][intDiv(number, {campaigns}) %% 5 + 1],
       ['desktop', 'mobile', 'tablet', ''][intDiv(number, {campaigns} * 5) %% 4 + 1],
       number %% 200, number %% 8, toDecimal64((number %% 400) / 100, 6), 'EUR'
FROM numbers(%(from)s, %(count)s)
"""


def main() -> None:
    with prepared_engines("redis"):
        django.setup()
        passes = _seconds()
    console = Console()
    console.print(f"A tick over 2 minutes of {CAMPAIGNS} campaigns on {describe()}")
    for name, (start, end) in zip(("first", "second"), passes, strict=True):
        ratio = end / start
        console.print(
            f"{verdict(ratio <= MOST_AT_THE_END)}: {name} pass {start * 1000:.0f} ms at an hour's start, "
            f"{end * 1000:.0f} ms at its end, {ratio:.2f} times, at most {MOST_AT_THE_END}"
        )


def _seconds() -> list[tuple[float, float]]:
    """Of a recompute at the start of the hour and at its end, in the first pass and in the second."""
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    workspace, campaigns = _campaigns()
    _fill(hour, workspace, campaigns)
    took: dict[tuple[bool, int], list[float]] = {(days, at): [] for days in (False, True) for at in (1, 58)}
    for _ in range(ROUNDS):
        for (days, at), seconds in took.items():
            minute = hour + timedelta(minutes=at)
            seconds.append(_recompute(workspace, campaigns, minute, days_too=days))
    return [(median(took[days, 1]), median(took[days, 58])) for days in (False, True)]


def _campaigns() -> tuple[UUID, Sequence[UUID]]:
    from accounts.models import Workspace
    from campaigns.models import Campaign

    workspace = Workspace.objects.create(name="Measured")
    made = Campaign.objects.bulk_create(
        Campaign(
            id=uuid4(), workspace=workspace, name=f"{n}", reference=f"measured-{n}", platform="meta",
            currency="EUR", timezone="Europe/Berlin",
        )
        for n in range(CAMPAIGNS)
    )  # fmt: skip
    return workspace.id, [campaign.id for campaign in made]


def _fill(hour: datetime, workspace: UUID, campaigns: Sequence[UUID]) -> None:
    from warehouse import client

    sql = _EVENTS.format(campaigns=CAMPAIGNS, rate=PER_SECOND)
    parameters = {"workspace": workspace, "campaigns": list(campaigns), "began": int(hour.timestamp() * 1000)}
    minute = PER_SECOND * 60
    for first in range(0, minute * 60, minute * 5):
        client.writer().run(sql, parameters | {"from": first, "count": minute * 5}, feature="bench")


def _recompute(workspace: UUID, campaigns: Sequence[UUID], minute: datetime, *, days_too: bool) -> float:
    from insights.rollups.recompute import recompute
    from insights.rollups.targets import Target
    from insights.sources import EVENTS

    began = time.perf_counter()
    end = minute + timedelta(minutes=2)
    recompute((Target(workspace, campaign, EVENTS, minute, end) for campaign in campaigns), days_too=days_too)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
