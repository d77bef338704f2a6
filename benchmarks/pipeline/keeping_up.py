"""Whether a rate was kept up, judged by how far the log and the figures were behind meanwhile."""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

LEAST_TAKEN = 0.95  # of what was asked
MOST_LAG_SECONDS = 3.0  # of events that are on their way when the senders stop
MOST_LAG_GROWTH_SECONDS = 0.5  # a consumer's batch more or less is no growth
# Consumers tell once a second how far they are, and a look says so when it ends: before it another one was
# under way, and under load rests for 3 s at most. Looks of 2 to 3 s make that 10 s.
MOST_BEHIND_SECONDS = 10.0
MOST_BEHIND_GROWTH_SECONDS = 3.0  # once a minute what settles marks comes between two looks


class Behind(NamedTuple):
    """At one moment: the events that lie in the log only, and how old those are that the figures lack."""

    events: float
    seconds: float


class Course(NamedTuple):
    """Of one rate: what was asked and taken of it, and how far all was behind, twice or more."""

    rate: int
    taken: float
    behind: Sequence[Behind]

    @property
    def until_half_time(self) -> Behind:
        """The second quarter: the first is a start."""
        quarter = self._quarter
        return _middle(self.behind[quarter : 2 * quarter])

    @property
    def until_the_end(self) -> Behind:
        return _middle(self.behind[-self._quarter :])

    @property
    def end(self) -> Behind:
        return self.behind[-1]

    @property
    def _quarter(self) -> int:
        return max(len(self.behind) // 4, 1)


def shortfalls(course: Course) -> list[str]:
    """In what it was not kept up. Growth is of medians: a single moment falls anywhere between two looks."""
    before, after = course.until_half_time, course.until_the_end
    is_so = {
        "less was taken": course.taken < LEAST_TAKEN * course.rate,
        "the log is behind": course.end.events > MOST_LAG_SECONDS * course.rate,
        "its lag grows": after.events - before.events > MOST_LAG_GROWTH_SECONDS * course.rate,
        "the figures are behind": course.end.seconds > MOST_BEHIND_SECONDS,
        "ever farther": after.seconds - before.seconds > MOST_BEHIND_GROWTH_SECONDS,
    }
    return [shortfall for shortfall, holds in is_so.items() if holds]


def _middle(behind: Sequence[Behind]) -> Behind:
    return Behind(*map(median, zip(*behind, strict=True)))
