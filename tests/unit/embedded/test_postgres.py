"""Who may run the embedded Postgres."""

import os
from pathlib import Path

import pytest

from embedded import postgres
from embedded.wheels import EngineMissing
from runtime.options import Options

NOBODYS = 2**31 - 12_345


def test_a_user_without_a_name_is_told_so_before_postgres_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = postgres.setup(Options(data_dir=tmp_path)).prepare
    assert prepare is not None
    monkeypatch.setattr(os, "getuid", lambda: NOBODYS)
    with pytest.raises(EngineMissing, match=f"user {NOBODYS} has no name on this machine"):
        prepare()
