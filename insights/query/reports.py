"""Which of a platform's reports can answer a question, and what none of them tells."""

from collections.abc import Sequence

from msgspec import Struct

from insights.query.question import Granularity


class Report(Struct, frozen=True):
    """Figures by the hour, or by the ad account's own day, told apart by these dimensions."""

    name: str
    hourly: bool
    dimensions: frozenset[str] = frozenset({"platform"})


# The first of each kind tells nothing but the platform apart; the others need not add up to it.
REPORTS = (
    Report("hour", hourly=True),
    Report("day", hourly=False),
    Report("day_country", hourly=False, dimensions=frozenset({"platform", "region"})),
    Report("day_device", hourly=False, dimensions=frozenset({"platform", "device"})),
)


PLAIN = REPORTS[1]  # what a platform tells at least


def report_for(granularity: Granularity, dimensions: Sequence[str]) -> Report:
    """The one that tells all of `dimensions` apart, or else the plain one."""
    hourly = granularity is Granularity.HOUR
    fitting = [report for report in REPORTS if report.hourly == hourly]
    return next((report for report in fitting if report.dimensions >= set(dimensions)), fitting[0])
