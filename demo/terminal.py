"""Shows a person how far a load is; a program sees nothing of it."""

import signal
import threading
from collections.abc import Callable
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ingestion.sources.simulated.load import Load

_LOOK_EVERY = 0.2


def shown(load: Load, work: Callable[[], None], stream: TextIO) -> None:
    """Do the work, with a bar if `stream` is a terminal. Ctrl-C asks the load to end, and waits for it."""
    failed: list[BaseException] = []
    thread = threading.Thread(target=_caught, args=(work, failed), name="load")
    # An interrupt anywhere in here would let go of the thread: a join that it ends believes the thread ended.
    before = signal.signal(signal.SIGINT, lambda *_: load.stop.set())
    try:
        thread.start()
        _show_until_ended(load, thread, stream)
    finally:
        signal.signal(signal.SIGINT, before)
    if failed:
        raise failed[0]


def _show_until_ended(load: Load, thread: threading.Thread, stream: TextIO) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=stream), disable=not stream.isatty()) as progress:
        bar = progress.add_task("", total=load.events or None)
        while thread.is_alive():
            thread.join(_LOOK_EVERY)
            progress.update(bar, completed=load.counts["sent"], description=described(load))


def described(load: Load) -> str:
    counts = load.counts
    told = f"{counts['sent']} sent, {counts['acknowledged']} acknowledged, {counts['rejected']} rejected"
    return told + (f", {counts['told unknown']} times unknown" if counts["told unknown"] else "")


def _caught(work: Callable[[], None], failed: list[BaseException]) -> None:
    try:
        work()
    except BaseException as error:  # it is raised where the work was asked for
        failed.append(error)
