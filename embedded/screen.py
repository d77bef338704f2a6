"""What the person at the terminal sees: progress, then one short screen, then only what matters."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from rich.console import Console
from rich.table import Table

from runtime.options import Options


class Screen:
    """On a terminal progress overwrites itself; once everything runs it is not shown at all."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._status = self._console.status("Looking around")
        self._quiet = False

    def __enter__(self) -> "Screen":
        if self._console.is_terminal:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def progress(self, line: str) -> None:
        if self._quiet:
            return
        if self._console.is_terminal:
            self._status.update(line)
        else:
            self.tell(line)

    def tell(self, line: str) -> None:
        """Whoever sent the output to a disk that is full, or closed it, loses lines and no process."""
        with suppress(OSError):
            self._console.print(line, markup=False)

    def running(self, options: Options, demo: Mapping[str, Any]) -> None:
        """The one short screen. From here on progress is not shown."""
        self.quiet()
        self._console.print(overview(options, demo))
        self._console.print("Ctrl-C stops everything. Make the first request: see README.md.", style="dim")

    def quiet(self) -> None:
        self._status.stop()
        self._quiet = True


def overview(options: Options, demo: Mapping[str, Any]) -> Table:
    """Addresses, sign-in, places: a row each."""
    base = str(demo.get("base_url") or f"http://{options.web.host}:{options.web.port}")
    rows = {
        "API docs": f"{base}/api/docs/",
        "Admin": f"{base}/admin/",
        "Flower": f"http://127.0.0.1:{options.flower.port}/" if options.flower.enabled else "",
        "Demo sign-in": f"{demo['email']}  {demo['password']}" if demo.get("email") else "",
        "Data": str(options.data_dir),
        "Logs": str(options.data_dir / "logs" / "stack.log"),
    }
    table = Table(title="Campaign Analytics is running", title_justify="left", box=None, show_header=False)
    for name, value in rows.items():
        if value:
            table.add_row(name, value)
    return table
