"""The start of Celery's processes."""

import gc
from typing import Any

import pytest

from analytics_project import task_processes
from analytics_project.task_processes import main


@pytest.mark.parametrize("arguments", [[], ["workers"], ["worker", "beat"]])
def test_a_process_that_does_not_exist_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match=r"usage: .* worker\|beat"):
        main(arguments)


def test_what_a_worker_loaded_is_passed_by_in_the_children_that_it_forks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A search writes to all that it looks at, so a child would hold 20 MB of its own after its first one."""
    looked_at: list[bool] = []
    loaded: list[object] = []

    class Worker:
        exitcode = 0

        def __init__(self, **_: Any) -> None:
            loaded.append([])

        def start(self) -> None:
            looked_at.append(any(found is loaded for found in gc.get_objects()))

    threshold = gc.get_threshold()
    monkeypatch.setattr(task_processes.app, "Worker", Worker)
    with pytest.raises(SystemExit):
        task_processes.run_worker()
    gc.set_threshold(*threshold)
    assert looked_at == [False]
