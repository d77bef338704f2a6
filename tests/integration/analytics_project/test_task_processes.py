"""What the processes without routes load."""

import subprocess
import sys

from runtime.options import REPOSITORY

DEAD_WEIGHT = {"flower", "tornado", "rich", "analytics_project.urls"}
FOR_OTHERS = DEAD_WEIGHT | {"confluent_kafka", "drf_spectacular.extensions", "insights.admin", "unfold.admin"}
SETUP = "import analytics_project.celery, django; django.setup(); "


def printed(code: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


def loaded(imports: str, unwanted: set[str]) -> str:
    return printed(f"{imports}; import sys; print({unwanted} & set(sys.modules))")


def test_celerys_carry_neither_flower_nor_what_only_web_and_the_screen_use() -> None:
    imports = "import analytics_project.task_processes, celery.apps.worker, celery.apps.beat"

    assert loaded(imports, DEAD_WEIGHT) == "set()"


def test_the_consumer_carries_neither_pages_nor_the_log_that_it_does_not_read() -> None:
    assert loaded(f"{SETUP}import ingestion.management.commands.consume_events", FOR_OTHERS) == "set()"


def test_the_check_of_the_admins_pages_finds_them_first() -> None:
    code = f"{SETUP}from django.core.checks import run_checks; from django.contrib import admin"

    assert printed(f"{code}; run_checks(tags=['admin']); print(len(admin.site._registry) > 15)") == "True"
