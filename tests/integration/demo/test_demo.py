"""The demo: made once, found again, and enough to speak to every part of the product."""

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from msgspec import structs

from accounts.caller_lookup import caller_of_write_key
from accounts.models import ApiKey, User, Workspace, WriteKey
from campaigns.choices import AD_PLATFORMS
from campaigns.models import Campaign
from demo import info
from demo.management.commands import demo_create as create_command
from demo.notes import FILE, Notes, new_notes, write_notes
from demo.services import demo_create
from runtime.config import configuration
from runtime.processes import birth
from tests.people import client_with, visitor

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 21)
CAMPAIGNS = "/api/v1/campaigns/"


@pytest.fixture
def demo(tmp_path: Path) -> Notes:
    return demo_create(data_dir=tmp_path, today=TODAY)


def sign_in(notes: Notes) -> int:
    body = {"email": notes.email, "password": notes.password}
    return int(visitor().post("/api/v1/auth/login", body, format="json").status_code)


def rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (User, Workspace, ApiKey, WriteKey, Campaign))


def test_the_demo_user_signs_in_and_may_open_the_admin(demo: Notes) -> None:
    assert sign_in(demo) == 200
    assert User.objects.get(email=demo.email).is_staff


def test_the_demo_key_reads_and_writes_campaigns(demo: Notes) -> None:
    client = client_with(demo.api_key)
    listed = client.get(CAMPAIGNS).json()["results"]
    assert {campaign["id"] for campaign in listed} == {campaign.id for campaign in demo.campaigns}
    assert client.post(CAMPAIGNS, {"name": "A", "platform": "other"}, format="json").status_code == 201


def test_the_write_key_belongs_to_the_demo_workspace(demo: Notes) -> None:
    assert str(caller_of_write_key(demo.write_key, None).workspace_id) == demo.workspace_id


def test_campaigns_run_on_every_ad_platform(demo: Notes) -> None:
    platforms = set(Campaign.objects.values_list("platform", flat=True))
    assert platforms == {platform for platform, _ in AD_PLATFORMS}
    assert [campaign.reference for campaign in demo.campaigns][:2] == ["cmp-1", "cmp-2"]


def test_a_second_start_finds_everything_and_makes_nothing(demo: Notes, tmp_path: Path) -> None:
    before = rows()
    assert demo_create(data_dir=tmp_path, today=TODAY) == demo
    assert rows() == before


def test_a_start_that_was_cut_off_after_noting_the_keys_is_finished_by_the_next(tmp_path: Path) -> None:
    noted = new_notes()
    write_notes(tmp_path, noted)
    notes = demo_create(data_dir=tmp_path, today=TODAY)
    assert (notes.api_key, notes.password) == (noted.api_key, noted.password)
    assert sign_in(notes) == 200
    assert client_with(notes.api_key).get(CAMPAIGNS).status_code == 200


def test_when_the_notes_are_lost_the_same_workspace_gets_new_ones(demo: Notes, tmp_path: Path) -> None:
    (tmp_path / FILE).unlink()
    notes = demo_create(data_dir=tmp_path, today=TODAY)
    assert notes.workspace_id == demo.workspace_id
    assert notes.campaigns == demo.campaigns
    assert sign_in(notes) == 200
    assert sign_in(structs.replace(notes, password=demo.password)) == 401
    assert client_with(notes.api_key).get(CAMPAIGNS).status_code == 200


def test_a_key_that_somebody_revoked_stays_revoked(demo: Notes, tmp_path: Path) -> None:
    ApiKey.objects.update(revoked_at="2026-01-01T00:00Z")
    demo_create(data_dir=tmp_path, today=TODAY)
    assert client_with(demo.api_key).get(CAMPAIGNS).status_code == 401


def configured(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    options = structs.replace(configuration(), **changes)
    for module in (create_command, info):
        monkeypatch.setattr(module, "configuration", lambda: options)


def test_there_is_no_demo_in_production(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    configured(monkeypatch, environment="production", data_dir=tmp_path)
    with pytest.raises(CommandError, match="no demo in production"):
        call_command("demo_create")
    assert User.objects.count() == 0


def _running(data_dir: Path) -> None:
    (data_dir / "run").mkdir()
    mine = {"supervisor": os.getpid(), "supervisor_birth": birth(os.getpid())}
    state = mine | {"processes": {"web": 17, "redis_log": 16}}
    (data_dir / "run" / "stack.json").write_text(json.dumps(state))


def test_a_script_is_told_all_that_the_contract_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configured(monkeypatch, data_dir=tmp_path)
    _running(tmp_path)
    call_command("demo_create")
    capsys.readouterr()
    call_command("demo_info", "--json")
    told = json.loads(capsys.readouterr().out)
    contract = {"base_url", "email", "password", "workspace_id", "api_key", "write_key", "campaigns"}
    assert set(told) == contract | {"processes", "warehouse"}
    assert set(told["warehouse"]) == {"host", "port", "database", "user", "password"}
    assert told["warehouse"]["user"] == configuration().clickhouse.reader_user
    assert told["processes"] == {"web": 17, "redis_log": 16}
    assert set(told["campaigns"][0]) == {"id", "reference", "name"}
    assert told["base_url"].startswith("http://127.0.0.1:")


def test_a_person_is_told_the_same_in_lines(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configured(monkeypatch, data_dir=tmp_path)
    _running(tmp_path)
    notes = demo_create(data_dir=tmp_path, today=TODAY)
    call_command("demo_info")
    lines = capsys.readouterr().out.splitlines()
    for fact in (notes.email, notes.password, notes.api_key, "Trail stories", "pid 17"):
        assert any(line.endswith(f"  {fact}") for line in lines)


def test_what_is_missing_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    configured(monkeypatch, data_dir=tmp_path)
    with pytest.raises(CommandError, match="make run"):
        call_command("demo_info")
    _running(tmp_path)
    with pytest.raises(CommandError, match="demo_create"):
        call_command("demo_info")
