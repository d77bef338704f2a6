"""One command brings both stores up to date before a start, as often as it is run."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command

from accounts.models import User
from demo.notes import EMAIL

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_migrates_both_stores_and_makes_one_demo_however_often_it_runs() -> None:
    for _ in range(2):
        said = StringIO()
        call_command("prepare", stdout=said)
        assert "No migrations to apply" in said.getvalue()
        assert "The warehouse is up to date" in said.getvalue()
    assert User.objects.filter(email=EMAIL).count() == 1


def test_mails_in_files_are_for_their_owner_alone(settings: LazySettings, tmp_path: Path) -> None:
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.EMAIL_FILE_PATH.mkdir(mode=0o755)
    call_command("prepare", stdout=StringIO())
    assert settings.EMAIL_FILE_PATH.stat().st_mode & 0o777 == 0o700
