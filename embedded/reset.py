"""Deletes a data folder, after asking, and only one that is ours and at rest."""

import os
import shutil
import sys
from pathlib import Path

from embedded.preflight import CannotStart
from embedded.run_folder import MARK, RunFolder


def throw_data_away(data_dir: Path) -> None:
    """Ask on the terminal unless YES=1 is set. Raises CannotStart, or AlreadyRunning while the stack runs."""
    if not data_dir.exists():
        print(f"There is nothing at {data_dir}.")
        return
    folder = RunFolder(data_dir)
    if not folder.is_ours() and any(data_dir.iterdir()):
        raise CannotStart(
            f"{data_dir} is not a data folder of this product (no `{MARK}` in it): left as it is."
        )
    if os.environ.get("YES") != "1" and not _agreed(data_dir):
        sys.exit("Nothing was deleted.")
    with folder.held():
        shutil.rmtree(data_dir)
    print(f"Deleted {data_dir}.")


def _agreed(data_dir: Path) -> bool:
    try:
        return input(f"Delete everything under {data_dir}? Type yes: ").strip().lower() == "yes"
    except EOFError:
        return False
