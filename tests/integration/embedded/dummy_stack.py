"""Runs dummies under the real supervisor: `python -m … DATA_DIR PROCESSES PATIENCE`, both as JSON."""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from embedded.preflight import CannotStart
from embedded.process import Process
from embedded.product import announced
from embedded.respawn import Patience
from embedded.run import run
from embedded.run_folder import AlreadyRunning
from embedded.supervisor import StackFailed
from runtime.options import Options
from runtime.restarts import restart_file

DUMMY = str(Path(__file__).with_name("dummy.py"))


class Lines:
    def progress(self, line: str) -> None:
        print(f"progress: {line}", flush=True)

    def tell(self, line: str) -> None:
        print(f"tell: {line}", flush=True)


def dummy(data_dir: Path, *, name: str, flags: list[str], **how: Any) -> Process:
    ready_file = data_dir / f"{name}.ready"
    turn_file = data_dir / f"{name}.turn" if "--load-for" in flags else None
    return Process(
        name=name,
        command=(sys.executable, "-I", "-S", DUMMY, name, str(data_dir / "journal"), *flags),
        ready=partial(announced, ready_file),
        ready_file=ready_file,
        turn_file=turn_file,
        final_exits=frozenset(how.pop("final_exits", ())),
        restart_file=restart_file(data_dir, name),
        **how,
    )


def main() -> None:
    data_dir = Path(sys.argv[1])
    processes = [dummy(data_dir, **order) for order in json.loads(sys.argv[2])]
    patience = Patience(**json.loads(sys.argv[3]))
    try:
        run(Options(data_dir=data_dir), processes, Lines(), lambda: print("all ready", flush=True), patience)
    except (AlreadyRunning, CannotStart, StackFailed) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
