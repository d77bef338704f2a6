"""`python -m tests.drill.forgiving run`: the supervisor, which here takes no short life for hopeless."""

import sys
from functools import partial

from embedded import __main__ as embedded
from embedded.respawn import Patience
from embedded.run import run
from tests.running_stack import UP, RealStack


class ForgivingStack(RealStack):
    """Its processes may die every few seconds, and are started again at once."""

    def up(self) -> None:
        self.launch("tests.drill.forgiving", "run", env=self.environment)
        self.wait_for_line(UP)


if __name__ == "__main__":
    embedded.run = partial(run, patience=Patience(settled=0.5))
    embedded.main(sys.argv[1:])
