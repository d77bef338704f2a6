"""An authenticated GET of a campaign, against the same row served with less around it.

`make bench-api`: one granian, one run, ratios to a bare DRF view. Rounds are interleaved and the
median counts, so that a noisy neighbour hits every route alike.
"""

import statistics
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.load import Target, requests_per_second
from benchmarks.machine import describe
from benchmarks.stand import engines, manage
from benchmarks.verdict import verdict

if TYPE_CHECKING:
    from accounts.models import User
    from campaigns.models import Campaign

ROUNDS, REQUESTS, CONNECTIONS = 7, 3000, 8
UNLIMITED = "1000000000"
BARE, OURS, STOCK = "bare DRF view", "our campaign", "stock RetrieveAPIView with JWTAuthentication"
LEAST_OF_BARE, LEAST_OF_STOCK = 0.20, 1.0


def main() -> None:
    with _stack() as port:
        measured = _measure(*_row_and_viewer(), port)
    _report(measured)


@contextmanager
def _stack() -> Iterator[int]:
    """The engines, and the product on one granian worker with the bench's routes beside its own."""
    variables = {
        "DJANGO_SETTINGS_MODULE": "benchmarks.api_settings",
        "CA_LOGS_LEVEL": "warning",
        "CA_RATE_LIMITS_USER_PER_MINUTE": UNLIMITED,
        "CA_RATE_LIMITS_PUBLIC_PER_MINUTE": UNLIMITED,
    }
    with engines(**variables):
        manage("migrate")
        with _granian() as port:
            yield port


@contextmanager
def _granian() -> Iterator[int]:
    from runtime.config import configuration

    web = configuration().web
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--no-access-log"]
    command += ["--host", web.host, "--port", str(web.port), "--workers", "1"]
    command += ["--blocking-threads", str(web.threads), "analytics_project.wsgi:application"]
    server = subprocess.Popen([*command, "--log-level", "warning"])
    try:
        _wait_for(f"http://{web.host}:{web.port}/bench/django/")
        yield web.port
    finally:
        server.terminate()
        server.wait()


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(address, timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _targets(campaign: "Campaign", viewer: "User") -> list[Target]:
    """With a token that is good for the next minutes."""
    from rest_framework_simplejwt.tokens import AccessToken

    signed_in = (("Authorization", f"Bearer {AccessToken.for_user(viewer)}"),)
    return [
        Target("bare Django view", "/bench/django/"),
        Target(BARE, "/bench/drf/"),
        Target("bare DRF view, rate limit", "/bench/rate-limited/"),
        Target("bare DRF view, our authentication and rights", "/bench/authenticated/", signed_in),
        Target(STOCK, f"/bench/stock/{campaign.id}/", signed_in),
        Target(OURS, f"/api/v1/campaigns/{campaign.id}/", signed_in),
    ]


def _row_and_viewer() -> "tuple[Campaign, User]":
    import django

    django.setup()
    from accounts.models import Membership, User, Workspace
    from accounts.rights import Role
    from campaigns.models import Campaign

    user = User.objects.create(email="bench@example.com")
    workspace = Workspace.objects.create(name="Bench")
    Membership.objects.create(user=user, workspace=workspace, role=Role.VIEWER)
    campaign = Campaign.objects.create(
        workspace=workspace,
        name="Autumn",
        reference="cmp-1",
        platform="meta",
        currency="EUR",
        timezone="Europe/Berlin",
        tags=["autumn", "brand"],
    )
    return campaign, user


def _measure(campaign: "Campaign", viewer: "User", port: int) -> dict[str, float]:
    rates: dict[str, list[float]] = defaultdict(list)
    for target in _targets(campaign, viewer):
        requests_per_second(target, port, REQUESTS // 4, CONNECTIONS)
    for _ in track(range(ROUNDS), "Measuring"):
        for target in _targets(campaign, viewer):
            rates[target.name].append(requests_per_second(target, port, REQUESTS, CONNECTIONS))
    return {name: statistics.median(found) for name, found in rates.items()}


def _report(rates: dict[str, float]) -> None:
    table = Table(title=f"GET of one campaign on {describe()}")
    for heading in ("route", "requests/s", "of bare DRF", "microseconds each"):
        table.add_column(heading, justify="left" if heading == "route" else "right")
    for name, rate in rates.items():
        table.add_row(name, f"{rate:,.0f}", f"{rate / rates[BARE]:.2f}", f"{1e6 / rate:,.0f}")
    console = Console()
    console.print(table)
    for name, base, least in ((BARE, rates[BARE], LEAST_OF_BARE), (STOCK, rates[STOCK], LEAST_OF_STOCK)):
        ratio = rates[OURS] / base
        console.print(f"{verdict(ratio >= least)}: {ratio:.2f} of the {name}, at least {least:.2f}")


if __name__ == "__main__":
    main()
