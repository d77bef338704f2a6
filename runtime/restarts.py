"""How a process says that only a person can help it, and how it is let start again afterwards."""

from pathlib import Path

# An exit code that no supervisor or manifest answers with a restart (EX_CONFIG).
NEEDS_A_PERSON = 78
CONSUMER = "consumer"


def restart_file(data_dir: Path, process: str) -> Path:
    """Whose existence asks the supervisor of this data folder to start the process again."""
    return data_dir / "run" / f"{process}.again"


def ask_for_restart(data_dir: Path, process: str) -> None:
    """Of a process that ended with NEEDS_A_PERSON. Does nothing where no supervisor runs; may be repeated."""
    path = restart_file(data_dir, process)
    if path.parent.is_dir():
        path.touch()
