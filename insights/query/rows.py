"""Rows: parts by bucket and breakdown, the buckets in which nothing happened, and their order."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import product

from msgspec import Struct

from api.problems import Problem, field_problem
from insights.metrics import METRICS, RATIOS, REPORTED, SEEN, Sum
from insights.query.buckets import Bucket
from insights.query.figures import UNKNOWN, ZERO, Figure, Part, Whole, add_up
from insights.query.freshness import Freshness
from insights.query.plan import Plan
from insights.query.question import Fill, Question
from insights.query.sql import REPORT, UNSPLIT

Values = tuple[str | None, ...]


class Row(Struct, frozen=True):
    """`values` are those of the question's breakdown, in its order."""

    bucket: Bucket
    values: Values
    whole: Whole


def rows_of(question: Question, plan: Plan, parts: Sequence[Part], freshness: Freshness) -> list[Row]:
    """In the order of the question and cut to its limit. Raises Problem if filling makes too many."""
    rows = list(_rows_with_figures(question, plan, parts))
    if question.fill is not Fill.NOTHING:
        rows += _empty(question, plan, rows, freshness)
    return _ordered(rows, question)[: question.limit]


def too_many_rows(most: int) -> Problem:
    message = f"The answer has more than {most} rows. Ask for a shorter range or fewer breakdowns."
    return field_problem("breakdown", "too_many_rows", message)


def _rows_with_figures(question: Question, plan: Plan, parts: Sequence[Part]) -> Iterable[Row]:
    shown = [plan.dimensions.index(name) for name in question.breakdown]
    buckets = {bucket.begins: bucket for bucket in plan.buckets}
    grouped: dict[tuple[int, Values], list[Part]] = {}
    for part in parts:
        begins, values = part.key
        grouped.setdefault((begins, tuple(values[index] for index in shown)), []).append(part)
    for (begins, values), together in grouped.items():
        yield Row(buckets[begins], values, add_up(together))


def _empty(question: Question, plan: Plan, rows: Sequence[Row], freshness: Freshness) -> Iterable[Row]:
    """A row for every bucket and every combination of values that the answer knows."""
    there = {(row.bucket.begins, row.values) for row in rows}
    known = {row.values for row in rows} or ({()} if not question.breakdown else set())
    if len(plan.buckets) * len(known) > plan.most_rows:
        raise too_many_rows(plan.most_rows)
    # Where a platform reports, a bucket without its figures is one that it has not told of.
    reported = not plan.events or any({REPORT, UNSPLIT} & row.whole.standings for row in rows)
    for bucket, values in product(plan.buckets, known):
        if (bucket.begins, values) not in there:
            certain = question.fill is Fill.ZERO and freshness.knows(bucket)
            figures = _nothing(REPORTED, certain=certain and not reported)
            if freshness.tracked:
                figures |= _nothing(SEEN, certain=certain)
            ratios: dict[str, Decimal | None] = dict.fromkeys(ratio.name for ratio in RATIOS)
            yield Row(bucket, values, Whole(figures, ratios, frozenset()))


def _nothing(metrics: Iterable[Sum], *, certain: bool) -> dict[str, Figure]:
    return {metric.name: ZERO if certain else UNKNOWN for metric in metrics}


def _ordered(rows: list[Row], question: Question) -> list[Row]:
    """What is not known comes last, in either direction."""
    by_place = sorted(rows, key=lambda row: (row.bucket.begins, [value or "" for value in row.values]))
    name = question.order.removeprefix("-")
    descending = question.order != name
    if name not in METRICS:
        return sorted(by_place, key=lambda row: row.bucket.begins, reverse=descending)
    known = [row for row in by_place if row.whole.value(name) is not None]
    unknown = [row for row in by_place if row.whole.value(name) is None]
    return sorted(known, key=lambda row: _number(row.whole.value(name)), reverse=descending) + unknown


def _number(value: Decimal | None) -> Decimal:
    return Decimal(0) if value is None else value
