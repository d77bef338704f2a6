"""Celery's processes as they are, but for a broker that gives back after a second what a dead worker had."""

import sys

from analytics_project.celery import app
from analytics_project.task_processes import main

IMPATIENT = {"visibility_timeout": 1, "unacked_restore_interval": 1, "unacked_restore_throttle": 1}

if __name__ == "__main__":
    app.conf.broker_transport_options = app.conf.broker_transport_options | IMPATIENT
    main(sys.argv[1:])
