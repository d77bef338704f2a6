"""Tells Django of the project's own checks."""

from django.apps import AppConfig
from django.core.checks import Tags, register


class AnalyticsProjectConfig(AppConfig):
    name = "analytics_project"

    def ready(self) -> None:
        from analytics_project.checks import CHECKS

        for check in CHECKS:
            register(check, Tags.security)
