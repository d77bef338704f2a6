"""A process to supervise, run by path: writes what happens to it into a journal, and when beside it."""

import argparse
import os
import signal
import sys
import time
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("journal", type=Path)
    parser.add_argument("--ready-after", type=float, default=0)
    parser.add_argument("--exit", type=int, help="end with this code once it is ready")
    parser.add_argument("--deaf", action="store_true", help="ignore the request to stop")
    parser.add_argument("--load-for", type=float, help="load for so long, then wait for the turn")
    parser.add_argument("--worker", choices=["in-group", "own-session", "dies-with-parent"])
    order = parser.parse_args()

    def note(what: str) -> None:
        with order.journal.open("a") as journal:
            journal.write(f"{order.name} {what}\n")
        with order.journal.with_suffix(".times").open("a") as times:
            times.write(f"{time.monotonic()} {order.name} {what}\n")

    def stop(*_: object) -> None:
        note("stops")
        if not order.deaf:
            sys.exit(0)

    if order.load_for is not None:
        note("loads")
        time.sleep(order.load_for)
        wait_for_its_turn()
    signal.signal(signal.SIGTERM, stop)
    note("starts")
    if order.worker:
        note(f"worker {fork_worker(order.worker)}")
    time.sleep(order.ready_after)
    print(f"{order.name} says hello", flush=True)
    note("ready")
    Path(os.environ["READY_FILE"]).touch()
    if order.exit is not None:
        sys.exit(order.exit)
    while True:
        time.sleep(60)


def wait_for_its_turn() -> None:
    sys.path.insert(0, str(Path.cwd()))
    from runtime.turn import await_turn

    await_turn()


def fork_worker(kind: str) -> int:
    pid = os.fork()
    if pid:
        return pid
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if kind != "in-group":
        os.setsid()
    if kind == "dies-with-parent":
        sys.path.insert(0, str(Path.cwd()))
        from runtime.parent_death import die_with_parent

        die_with_parent()
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
