"""What Celery's processes load."""

import subprocess
import sys

from runtime.options import REPOSITORY

DEAD_WEIGHT = {"flower", "tornado", "rich", "analytics_project.urls"}


def test_they_carry_neither_flower_nor_what_only_web_and_the_screen_use() -> None:
    imports = "import analytics_project.task_processes, celery.apps.worker, celery.apps.beat, sys"
    code = f"{imports}; print({DEAD_WEIGHT} & set(sys.modules))"

    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )

    assert loaded.stdout.strip() == "set()"
