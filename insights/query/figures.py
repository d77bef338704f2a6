"""Figures: what is known of every sum, how it adds up, and what may be said of the whole.

A *part* is one bucket of one platform (and further dimensions, if they are asked for). Rows and totals add
parts up. A sum is *whole* if all parts that have figures know it; else it is null, and what is known stands
beside it. Ratios are made of only those parts that know both operands.
"""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from msgspec import Struct

from insights.metrics import EXACT, RATIOS, REPORTED, SEEN, Ratio
from insights.query.plan import Plan
from insights.query.sql import OVERLAPPED, REPORT, UNSPLIT, Found
from insights.sources import TRACKED

NOTHING = Decimal(0)

Key = tuple[int, tuple[str | None, ...]]


class Figure(Struct, frozen=True):
    """What is known of a sum, and whether that is all of it."""

    known: Decimal | None
    whole: bool

    @property
    def value(self) -> Decimal | None:
        return self.known if self.whole else None


UNKNOWN = Figure(None, whole=False)
ZERO = Figure(NOTHING, whole=True)


class Part(Struct, frozen=True):
    """`key` is the bucket's begin and the values of the plan's dimensions; `standings` say whose figures."""

    key: Key
    figures: dict[str, Figure]
    standings: frozenset[str]


class Whole(Struct, frozen=True):
    """Parts added up. A metric of which no part has figures is missing from `sums`."""

    sums: dict[str, Figure]
    ratios: dict[str, Decimal | None]
    standings: frozenset[str]

    def value(self, name: str) -> Decimal | None:
        """Of a sum or a ratio, as long as all of it is known."""
        figure = self.sums.get(name)
        return figure.value if figure else self.ratios.get(name)


def parts_of(found: Iterable[Found], plan: Plan, *, tracked: bool) -> list[Part]:
    """`tracked`: interactions of these campaigns were seen at some time, so that none now are zero."""
    merged: dict[Key, list[Found]] = {}
    for row in found:
        if row.standing != OVERLAPPED:
            merged.setdefault(_key(row, plan), []).append(row)
    return [
        Part(key, _figures(rows, plan, tracked=tracked), frozenset(row.standing for row in rows))
        for key, rows in merged.items()
    ]


def add_up(parts: Sequence[Part]) -> Whole:
    return Whole(
        sums=_sums(parts),
        ratios={ratio.name: _ratio(ratio, parts) for ratio in RATIOS},
        standings=frozenset().union(*(part.standings for part in parts)),
    )


def _sums(parts: Sequence[Part]) -> dict[str, Figure]:
    if len(parts) == 1:  # as in most rows of a broken-down answer
        return parts[0].figures
    told: dict[str, list[Figure]] = {}
    for part in parts:
        for name, figure in part.figures.items():
            told.setdefault(name, []).append(figure)
    return {name: _added(figures) for name, figures in told.items()}


def _key(row: Found, plan: Plan) -> Key:
    """A report's rows have no value, not even an unknown one, for what the report does not tell apart."""
    untold: Collection[str] = plan.untold if row.standing == REPORT else ()
    if row.standing == UNSPLIT:
        untold = set(plan.dimensions) - {"platform"}
    return row.begins, tuple(None if name in untold else getattr(row, name) for name in plan.dimensions)


def _figures(rows: Sequence[Found], plan: Plan, *, tracked: bool) -> dict[str, Figure]:
    """A part with tracked rows alone says nothing of what platforms report, not even that it is missing."""
    seen = [row for row in rows if row.standing == TRACKED]
    reported = [row for row in rows if row.standing != TRACKED]
    figures = {metric.name: ZERO for metric in SEEN} if tracked else {}
    if seen:
        figures |= {m.name: _added(_figure_of(row, m.column, NOTHING) for row in seen) for m in SEEN}
    if _is_unknown(reported, plan):
        figures |= {metric.name: UNKNOWN for metric in REPORTED}
    elif reported:
        figures |= {m.name: _added(_figure_of(row, m.column) for row in reported) for m in REPORTED}
    return figures


def _is_unknown(reported: Iterable[Found], plan: Plan) -> bool:
    """The platform has figures, but not of what was asked for."""
    standings = {row.standing for row in reported}
    return UNSPLIT in standings or (REPORT in standings and plan.is_filtered_by_untold)


def _figure_of(row: Found, column: str, otherwise: Decimal | None = None) -> Figure:
    found = getattr(row, column)
    known = otherwise if found is None else Decimal(found)
    return Figure(known, whole=known is not None and not _is_foreign(row, column))


def _is_foreign(row: Found, column: str) -> bool:
    return bool(getattr(row, f"foreign_{column}", False))


def _added(figures: Iterable[Figure]) -> Figure:
    """Of at least one figure."""
    told = list(figures)
    if len(told) == 1:
        return told[0]
    known = [figure.known for figure in told if figure.known is not None]
    return Figure(_total(known) if known else None, all(figure.whole for figure in told))


def _ratio(ratio: Ratio, parts: Sequence[Part]) -> Decimal | None:
    above = below = NOTHING
    for part in parts:
        numerator, denominator = part.figures.get(ratio.numerator), part.figures.get(ratio.denominator)
        if numerator and denominator and numerator.value is not None and denominator.value is not None:
            above, below = EXACT.add(above, numerator.value), EXACT.add(below, denominator.value)
    return ratio.of(above, below)


def _total(amounts: Iterable[Decimal]) -> Decimal:
    total = NOTHING
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total
