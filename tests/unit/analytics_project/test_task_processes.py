"""The start of Celery's processes."""

import pytest

from analytics_project.task_processes import main


@pytest.mark.parametrize("arguments", [[], ["workers"], ["worker", "beat"]])
def test_a_process_that_does_not_exist_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match=r"usage: .* worker\|beat"):
        main(arguments)
