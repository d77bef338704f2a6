"""The product's settings, with the routes that it is measured against beside its own."""

from analytics_project.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.api_routes"
