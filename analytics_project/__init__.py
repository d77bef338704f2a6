"""Wires the apps together and holds no business rule."""

from analytics_project.celery import app as celery_app

__all__ = ["celery_app"]
