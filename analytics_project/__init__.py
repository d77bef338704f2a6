"""Wires the apps together and holds no business rule."""

import runtime.telemetry  # noqa: F401  # before whatever else imports structlog
from analytics_project.celery import app as celery_app

__all__ = ["celery_app"]
