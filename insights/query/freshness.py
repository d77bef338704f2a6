"""How fresh and how final an answer is, judged by the time of asking."""

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from insights.query.buckets import Bucket
from insights.sources import EVENTS, TRACKED
from runtime.options import Insights

NEVER, OK, DELAYED = "never", "ok", "delayed"


class Freshness(Struct, frozen=True, kw_only=True):
    """What was found about an answer's sources, before its figures were read.

    Everything logged before `data_through` is in the figures. `last_received` has the sources that ever
    delivered. `unsettled` are the begins of buckets with facts that may not be in the figures yet.
    """

    now: datetime
    data_through: datetime | None
    last_received: dict[str, datetime]
    unsettled: frozenset[int]
    tracked: bool
    rules: Insights

    @property
    def is_delayed(self) -> bool:
        allowed = timedelta(seconds=self.rules.delayed_seconds)
        return self.data_through is None or self.now - self.data_through > allowed

    @property
    def reported(self) -> frozenset[str]:
        """The reports that ever came of these campaigns."""
        return frozenset(self.last_received.keys() - {EVENTS, TRACKED})

    def lacks(self, until: int) -> bool:
        """Whether a question up to then asks for what is not there yet."""
        return self.data_through is None or until > self.data_through.timestamp()

    def knows(self, bucket: Bucket) -> bool:
        """Whether nothing told of a bucket means that nothing happened in it, as far as it has come."""
        if self.data_through is None:
            return False
        through = self.data_through.timestamp()
        return bucket.ends <= through or (bucket.begins < through and not self.is_delayed)

    def state(self, source: str, until: int) -> str:
        """For a question up to then. What was never heard of a source may be among what waits."""
        if source not in self.last_received:
            return DELAYED if self.is_delayed and self.lacks(until) else NEVER
        return DELAYED if self.is_delayed else OK

    def names(self, report: str) -> list[str]:
        """The source of the platform figures, and first-hand tracking once there was any."""
        return [report, TRACKED] if self.tracked else [report]

    def sources(self, report: str, until: int) -> list[dict[str, Any]]:
        """For a question up to then."""
        return [
            {
                "source": name,
                "last_received_at": self.last_received.get(name),
                "state": self.state(name, until),
            }
            for name in self.names(report)
        ]

    def is_final(self, bucket: Bucket, standings: frozenset[str], *, reports: bool) -> bool:
        """Nothing more is expected: the windows of its sources have passed, and all marks are settled.

        `reports`: those of a platform count. Once it has sent any, it may tell of this bucket, too.
        """
        if self.data_through is None or bucket.begins in self.unsettled:
            return False
        reported = standings - {EVENTS, TRACKED} or (reports and self.reported)
        days = self.rules.restatement_days if reported else self.rules.lateness_days
        return bucket.ends + timedelta(days=days).total_seconds() <= self.data_through.timestamp()
