"""What a tick costs at the start of an hour and at its end.

An hour at 2,000 events/s over 200 campaigns with 20 slices each comes minute by minute, and each minute is
recomputed before the next one, as in production. Two workspaces stand at its start and at its end, on a day
that both had until then; their two newest minutes are recomputed in turns, as the first pass over marks does
and as the second does with the days as well, so that a busy machine hits both alike.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from statistics import median
from typing import NamedTuple
from uuid import UUID, uuid4

import django
from rich.console import Console

from benchmarks.machine import describe
from benchmarks.stand import prepared_engines
from benchmarks.verdict import verdict

CAMPAIGNS, PER_SECOND, ROUNDS = 200, 2_000, 7
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LOOK = 2 * MINUTE
EARLIER = timedelta(hours=23)
EARLIER_PER_SECOND = 5  # so that each quarter of an hour has every slice of every campaign
JUST_BEFORE = 30 * MINUTE  # as busy as the hour: what is read of raw rows comes in granules of many minutes
START, END = 3 * MINUTE, HOUR  # how far in the hour the workspaces are
MOST_AT_THE_END = 1.5
_EVENTS = """
INSERT INTO metric_events (workspace_id, campaign_id, occurred_at, event_id_as_sent, version, platform,
                           region, device, impressions, clicks, spend, currency)
SELECT %(workspace)s, %(campaigns)s[number %% {campaigns} + 1],
       fromUnixTimestamp64Milli(%(began)s + intDiv(number * 1000, %(rate)s), 'UTC'),
       toString(generateUUIDv4(number)), 78643200000 + number, 'meta',
       ['US', 'DE', 'GB', 'FR', 'IN'][intDiv(number, {campaigns}) %% 5 + 1],
       ['desktop', 'mobile', 'tablet', ''][intDiv(number, {campaigns} * 5) %% 4 + 1],
       number %% 200, number %% 8, toDecimal64((number %% 400) / 100, 6), 'EUR'
FROM numbers(%(count)s)
"""


class Tenant(NamedTuple):
    workspace: UUID
    campaigns: Sequence[UUID]


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
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - HOUR
    tenants = {START: _tenant("Starts"), END: _tenant("Ends")}
    _live_through(hour, tenants)
    took: dict[tuple[bool, timedelta], list[float]] = {at: [] for at in product((False, True), tenants)}
    for _ in range(ROUNDS):
        for (days_too, at), seconds in took.items():
            began = time.perf_counter()
            _recompute(tenants[at], hour + at - LOOK, hour + at, days_too=days_too)
            seconds.append(time.perf_counter() - began)
    return [(median(took[days_too, START]), median(took[days_too, END])) for days_too in (False, True)]


def _tenant(name: str) -> Tenant:
    from accounts.models import Workspace
    from campaigns.models import Campaign

    workspace = Workspace.objects.create(name=name)
    made = Campaign.objects.bulk_create(
        Campaign(
            id=uuid4(), workspace=workspace, name=f"{n}", reference=f"measured-{n}", platform="meta",
            currency="EUR", timezone="Europe/Berlin",
        )
        for n in range(CAMPAIGNS)
    )  # fmt: skip
    return Tenant(workspace.id, [campaign.id for campaign in made])


def _live_through(hour: datetime, tenants: dict[timedelta, Tenant]) -> None:
    """Each until where it stands. The last minutes come in turns, so that the parts of both are as young."""
    for tenant in tenants.values():
        _tell(tenant, hour - EARLIER, hour - JUST_BEFORE, EARLIER_PER_SECOND)
        _tell(tenant, hour - JUST_BEFORE, hour, PER_SECOND)
        _recompute(tenant, hour - EARLIER, hour, days_too=True)
    for before_the_end in range(HOUR // MINUTE, 0, -1):
        for at, tenant in tenants.items():
            minute = hour + at - before_the_end * MINUTE
            if minute >= hour:
                _tell(tenant, minute, minute + MINUTE, PER_SECOND)
                for days_too in (False, True):
                    _recompute(tenant, minute, minute + MINUTE, days_too=days_too)


def _tell(tenant: Tenant, first: datetime, last: datetime, per_second: int) -> None:
    from warehouse import client

    parameters = {
        "workspace": tenant.workspace,
        "campaigns": list(tenant.campaigns),
        "began": int(first.timestamp() * 1000),
        "rate": per_second,
        "count": int((last - first).total_seconds()) * per_second,
    }
    client.writer().run(_EVENTS.format(campaigns=CAMPAIGNS), parameters, feature="bench")


def _recompute(tenant: Tenant, first: datetime, last: datetime, *, days_too: bool) -> None:
    from insights.rollups.recompute import recompute
    from insights.rollups.targets import Target
    from insights.sources import EVENTS

    whose = ((tenant.workspace, campaign, EVENTS) for campaign in tenant.campaigns)
    recompute((Target(*each, first, last) for each in whose), days_too=days_too)


if __name__ == "__main__":
    main()
