"""What ClickHouse refuses to recompute is left out of a run, which names it and goes on."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from insights.local_days import DAY, utc_midnight
from insights.rollups.targets import Target

CODE = "refused"
MOST_TOLD = 100
MORE = {"code": CODE, "message": "The warehouse refused more than is named here; the log names all of it."}

Warnings = list[dict[str, Any]]


def halves(targets: Sequence[Target]) -> tuple[list[Target], list[Target]] | None:
    """None for what is no more than a day in UTC of one source."""
    if len(targets) > 1:
        half = len(targets) // 2
        in_order = sorted(targets)
        return in_order[:half], in_order[half:]
    [target] = targets
    cut = utc_midnight(target.first + (target.last - target.first) / 2)
    if cut <= target.first:
        cut += DAY
    if cut >= target.last:
        return None
    return [target._replace(last=cut)], [target._replace(first=cut)]


def days_of(refused: Collection[Target]) -> list[date]:
    """In order. Each target lies within a day."""
    return sorted({target.first.date() for target in refused})


def with_refused(told: Warnings, refused: Sequence[Target]) -> Warnings:
    """One more, that names the campaign and the days, unless it is told already."""
    if not refused:
        return told
    days = ", ".join(_stretches(days_of(refused)))
    message = f"The warehouse refused to recompute {days} (UTC) of campaign {refused[0].campaign_id}."
    warning = {"code": CODE, "message": message} if len(told) < MOST_TOLD else MORE
    return told if warning in told else [*told, warning]


def but_refused(told: Warnings) -> Warnings:
    return [warning for warning in told if warning["code"] != CODE]


def _stretches(days: Sequence[date]) -> Iterator[str]:
    first = days[0]
    for day, following in zip(days, [*days[1:], None], strict=True):
        if following != day + DAY:
            yield str(first) if first == day else f"{first} to {day}"
            first = following or day
