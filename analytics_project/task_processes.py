"""`python -m analytics_project.task_processes worker|beat`: Celery's processes without its command line.

That one loads every extension that is installed (Flower: 31 MB and half a second in both), and makes web's
checks again, which load its routes. For `inspect` and its like there is still `celery -A analytics_project`.
"""

import logging
import os
import sys
from importlib import import_module

from analytics_project.celery import QUEUES, app
from runtime.garbage import search_seldom
from runtime.turn import await_turn


def run_worker() -> None:
    """Works on every queue until it is told to stop, and leaves with Celery's exit code."""
    worker = app.Worker(loglevel=logging.INFO, queues=list(QUEUES), without_gossip=True, without_mingle=True)
    await_turn()
    search_seldom()  # writes to all it looks at: children would come to share nothing with their worker
    worker.start()
    sys.exit(worker.exitcode)


def run_beat() -> None:
    beat = app.Beat(loglevel="INFO")
    beat.init_loader()
    import_module(app.conf.beat_scheduler.partition(":")[0])
    await_turn()
    beat.run()


PROCESSES = {"worker": run_worker, "beat": run_beat}


def main(arguments: list[str]) -> None:
    run = PROCESSES.get(arguments[0]) if len(arguments) == 1 else None
    if not run:
        sys.exit(f"usage: python -m analytics_project.task_processes {'|'.join(PROCESSES)}")
    os.environ["CELERY_SKIP_CHECKS"] = "true"
    run()


if __name__ == "__main__":
    main(sys.argv[1:])
