"""Runs a list of processes as one stack on one data folder, from the first check to the clean stop."""

from collections.abc import Callable, Sequence
from functools import partial

from embedded.adopted import become_reaper
from embedded.log_files import Logs
from embedded.preflight import refuse_what_cannot_work
from embedded.process import Process
from embedded.respawn import Patience
from embedded.room import lack_of_room
from embedded.run_folder import RunFolder
from embedded.stop_requests import StopRequests
from embedded.supervisor import PATIENCE, Observer, Supervisor
from runtime.options import Options


def run(
    options: Options,
    processes: Sequence[Process],
    observer: Observer,
    when_ready: Callable[[], None],
    patience: Patience = PATIENCE,
) -> None:
    """Return after a stop that was asked for. Raises StackFailed, AlreadyRunning, CannotStart, OSError."""
    folder = RunFolder(options.data_dir)
    with folder.held():
        folder.end_leftovers()
        refuse_what_cannot_work(options.data_dir, processes)
        become_reaper()
        _supervise(folder, processes, observer, when_ready, patience)


def _supervise(
    folder: RunFolder,
    processes: Sequence[Process],
    observer: Observer,
    when_ready: Callable[[], None],
    patience: Patience,
) -> None:
    addresses = {process.name: str(process.address) for process in processes if process.address}
    logs = Logs(folder.data_dir / "logs")
    requests = StopRequests()
    supervisor = Supervisor(
        processes,
        logs=logs,
        observer=observer,
        requests=requests,
        on_change=lambda pids: folder.write(pids, addresses),
        patience=patience,
        lack_of_room=partial(lack_of_room, folder.data_dir),
    )
    with requests.listening():
        try:
            if supervisor.start():
                when_ready()
                supervisor.watch()
        finally:
            supervisor.stop()
            logs.close()
            folder.clear()
