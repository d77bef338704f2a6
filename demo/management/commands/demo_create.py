"""`manage.py demo_create`: run at every start of the embedded stack, works on the first."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from demo.services import demo_create
from runtime.config import configuration


class Command(BaseCommand):
    help = "Make the demo user, workspace, keys and campaigns, unless they are there. Not in production."

    def handle(self, *args: Any, **options: Any) -> None:
        if configuration().environment == "production":
            raise CommandError("There is no demo in production: its password lies readable on the disk.")
        notes = demo_create(data_dir=configuration().data_dir, today=timezone.localdate())
        self.stdout.write(f"The demo is there: {notes.email}, {len(notes.campaigns)} campaigns.")
