"""`manage.py prepare`: what must be true before the product starts, in one process and in order."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from runtime.config import configuration
from runtime.turn import await_turn


class Command(BaseCommand):
    help = (
        "Migrate Postgres and ClickHouse, and make the demo where there is one. Safe to repeat at any time."
    )
    requires_system_checks = ()  # web makes them when it starts

    def handle(self, *args: Any, **options: Any) -> None:
        await_turn()
        call_command("migrate", verbosity=1, skip_checks=True, stdout=self.stdout)
        call_command("migrate_warehouse", stdout=self.stdout)
        make_private(settings.EMAIL_FILE_PATH)
        if configuration().environment == "development":
            call_command("demo_create", stdout=self.stdout)


def make_private(folder: Path) -> None:
    """Mails that lie in files hold links that open accounts."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
