"""`make doctor`: memory of every process, versions of the engines, the disk, the ports, and who answers."""

import os
import platform
import subprocess
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from embedded import ports
from embedded.interpreter import remark
from embedded.process import NotReady, Process
from embedded.process_table import family, proportional_memory
from embedded.product import management_command
from embedded.run_folder import RunFolder
from embedded.stack import stack
from embedded.wheels import postgres_program, valkey_server, version
from runtime.options import Options
from runtime.processes import birth

MIB = 1024 * 1024


def print_report(options: Options) -> None:
    console = Console(highlight=False, soft_wrap=True)
    state = RunFolder(options.data_dir).state()
    console.print(_process_table(stack(options), state.get("processes", {}), state.get("supervisor")))
    for line in _facts(options):
        console.print(line)


def memory_of_family(pid: int) -> int:
    """The PSS of a process and all that it started, in bytes."""
    return sum(proportional_memory(member) for member in family(pid))


def bytes_below(folder: Path) -> int:
    """What the folder takes on the disk; what a running stack takes away meanwhile counts as nothing."""
    return sum(
        _blocks(Path(where) / name) * 512
        for where, folders, files in os.walk(folder)
        for name in (*folders, *files)
    )


def _blocks(path: Path) -> int:
    try:
        return path.lstat().st_blocks
    except FileNotFoundError:
        return 0


def answer(process: Process) -> str:
    """How a process answers its readiness check right now."""
    try:
        process.ready()
    except (NotReady, OSError) as error:
        return f"no: {str(error).splitlines()[0]}"
    return "yes"


def _process_table(processes: list[Process], pids: dict[str, int], supervisor: int | None) -> Table:
    table = Table("process", "pid", "memory (PSS)", "address", "answers", box=None)
    total = 0
    for process in (process for process in processes if not process.once):
        pid = _living(pids.get(process.name))
        memory = memory_of_family(pid) if pid else 0
        total += memory
        table.add_row(process.name, _pid(pid), _mib(memory), str(process.address or ""), answer(process))
    pid = _living(supervisor)
    memory = proportional_memory(pid) if pid else 0
    table.add_row("supervisor", _pid(pid), _mib(memory))
    table.add_row("total", "", _mib(total + memory))
    return table


def _pid(pid: int | None) -> str:
    return str(pid) if pid else "-"


def _living(pid: int | None) -> int | None:
    """A killed supervisor leaves its state file behind."""
    return pid if pid and birth(pid) else None


def _facts(options: Options) -> Iterator[str]:
    yield f"Python    {platform.python_version()} on {platform.system()} {platform.machine()}{remark()}"
    yield f"Postgres  {version(postgres_program('postgres'))}"
    yield f"Valkey    {version(valkey_server())}"
    yield f"ClickHouse {_warehouse_status()}"
    yield f"Data      {options.data_dir}: {_mib(bytes_below(options.data_dir))}"
    for process in stack(options):
        if process.address and ports.is_taken(process.address.host, process.address.port):
            holder = ports.holder(process.address.port) or "a process that cannot be seen"
            yield f"Port      {process.address.port} is held by {holder}"


def _warehouse_status() -> str:
    """Asked by command: what speaks to ClickHouse is the product."""
    asked = subprocess.run(
        management_command("warehouse_status"), capture_output=True, text=True, check=False
    )
    return (asked.stdout.strip() or "does not answer").removeprefix("ClickHouse ")


def _mib(count: int) -> str:
    return f"{count / MIB:.0f} MB" if count else "-"
