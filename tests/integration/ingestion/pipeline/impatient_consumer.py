"""`consume_events` as it is, but for a lease and a patience with Postgres that tests can wait for."""

import os
import sys
from functools import partial

import django


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "analytics_project.settings"
    django.setup()
    from django.core.management import execute_from_command_line

    from ingestion.eventlog.opening import open_log
    from ingestion.management.commands import consume_events
    from tests.contract.eventlog.engines import IMPATIENT

    consume_events.LONGEST_ANSWER_SECONDS = IMPATIENT.lease
    consume_events.open_log = partial(open_log, patience=IMPATIENT)
    execute_from_command_line(["manage.py", "consume_events", *sys.argv[1:]])


if __name__ == "__main__":
    main()
