"""What the doctor counts."""

import os
from pathlib import Path

import pytest

from embedded.doctor import bytes_below


def test_files_and_folders_count_by_their_blocks(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "file").write_bytes(b"x" * 10_000)
    assert 10_000 <= bytes_below(tmp_path) < 40_000
    assert bytes_below(tmp_path / "nowhere") == 0


def test_what_goes_away_while_it_counts_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "merged").mkdir()
    (tmp_path / "merged" / "part").write_bytes(b"x")
    walk = list(os.walk(tmp_path))
    (tmp_path / "merged" / "part").unlink()
    (tmp_path / "merged").rmdir()
    monkeypatch.setattr(os, "walk", lambda _: iter(walk))
    assert bytes_below(tmp_path) == 0
