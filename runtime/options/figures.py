"""What is made of the raw rows: how soon, how late, how long they are kept."""

from typing import Annotated

from runtime.options.declaring import Count, Section, says

MOST_RAW_MONTHS = 600


class Aggregation(Section, frozen=True):
    """How rollups follow the raw rows."""

    sweep_seconds: Annotated[
        Count, says("How often the marks are looked through even if nobody asks; when first scheduled.")
    ] = 5
    margin_seconds: Annotated[
        int,
        says(
            "Marks this young are recomputed again: their rows may become visible after them. On a cluster "
            "at least what an insert takes there.",
            ge=0,
        ),
    ] = 2
    marks_per_tick: Annotated[Count, says("Most marks that are worked off before progress is kept.")] = 5000
    tick_seconds: Annotated[Count, says("How long one task goes on while there are marks left.")] = 60
    statement_seconds: Annotated[
        Count, says("Longest that the statements of one recompute may run, all levels together.")
    ] = 25
    settle_seconds: Annotated[
        Count,
        says(
            "A mark is recomputed once more when it is this old, and only then cleared: nothing of its time "
            "may still be under way. At least 5 more than the longest insert and recompute together."
        ),
    ] = 90


class Retention(Section, frozen=True):
    """How long what was received is kept. Figures are kept for ever."""

    raw_months: Annotated[
        int,
        says(
            "Months that raw facts are kept, where a workspace says nothing else; older ones are refused.",
            ge=1,
            le=MOST_RAW_MONTHS,
        ),
    ] = 36


class Insights(Section, frozen=True):
    """When a figure is told as late or as final."""

    delayed_seconds: Annotated[
        Count, says("Facts older than this and not in the figures yet are a delay.")
    ] = 60
    lateness_days: Annotated[
        Count, says("Days after which events of a bucket are no longer expected: its row is final.")
    ] = 3
    restatement_days: Annotated[
        Count, says("Days for which platforms restate what they reported; later a row is final.")
    ] = 28
