"""When a process that died is started again, and when that is given up."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """A death is quick if the process had not been ready for `settled` seconds.

    The first quick deaths in a row cost no wait, each further one doubles it, and after the last one nothing
    is tried again: what fails ten times at once is not going to mend itself.
    """

    settled: float = 20.0
    free: int = 3
    first_wait: float = 1.0
    longest_wait: float = 30.0
    most: int = 10

    def quick_deaths(self, before: int, ready_for: float) -> int:
        """The number of quick deaths in a row, this one included; one that comes late starts the row anew."""
        return before + 1 if ready_for < self.settled else 1

    def exhausted(self, quick_deaths: int) -> bool:
        return quick_deaths >= self.most

    def wait(self, quick_deaths: int) -> float:
        if quick_deaths <= self.free:
            return 0.0
        return float(min(self.first_wait * 2 ** (quick_deaths - self.free - 1), self.longest_wait))
