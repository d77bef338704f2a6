"""Writes the reference pages: `python -m runtime.reference`, called by `make reference`."""

from collections.abc import Callable
from pathlib import Path

from runtime.configuration_reference import configuration_page, example_file
from runtime.options import REPOSITORY
from runtime.telemetry.metrics_reference import metrics_reference

# Where each generated page lies below the repository, and what makes it.
PAGES: dict[str, Callable[[], str]] = {
    "docs/reference/configuration.md": configuration_page,
    "config/config.example.yaml": example_file,
    "docs/reference/metrics.md": metrics_reference,
}


def stale_pages(root: Path) -> list[str]:
    """The pages below this root that are missing or say something else than the code."""
    return [name for name, make in PAGES.items() if _present_text(root / name) != make()]


def write_pages(root: Path) -> None:
    for name, make in PAGES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make(), encoding="utf-8")


def _present_text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    write_pages(REPOSITORY)
