"""Work beside the thread that began it."""

from threading import Event, current_thread

import pytest

from ingestion.pipeline.aside import Aside

PATIENCE = 60.0


def unheard() -> None:
    """A sign of life that nobody looks for."""


def test_it_goes_on_while_its_beginner_does_something_else() -> None:
    go_on = Event()
    begun = Aside().begin(lambda: go_on.wait(PATIENCE) and None)
    assert not begun.is_over()
    go_on.set()
    begun.finish(unheard)
    assert begun.is_over()


def test_whoever_waits_for_it_shows_life_until_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.pipeline.aside.GLANCE", 0.01)
    go_on = Event()
    begun = Aside().begin(lambda: go_on.wait(PATIENCE) and None)
    begun.finish(go_on.set)
    assert go_on.is_set()


def test_what_failed_is_raised_where_it_is_finished_and_then_done_again() -> None:
    threads = []

    def work() -> None:
        threads.append(current_thread())
        if len(threads) < 3:
            raise KeyError(len(threads))

    begun = Aside().begin(work)
    for _ in range(2):
        with pytest.raises(KeyError):
            begun.finish(unheard)
    begun.finish(unheard)
    assert len(threads) == 3
    assert current_thread() not in threads
